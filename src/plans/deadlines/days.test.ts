import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { coveredBy, type Days, lastDayCovered, tooLong } from "./days.ts";
import { addDays } from "./local.ts";

const days = (name: string, from: string, to: string): Days => ({ name, from, to });

describe("a blackout", () => {
  it("covers its first and its last day, and is named before a weekday", () => {
    const rules = { skipWeekdays: ["mon"] as const, blackouts: [days("x", "2026-08-31", "2026-09-01")] };
    expect(
      ["2026-08-30", "2026-08-31", "2026-09-01", "2026-09-02", "2026-09-07"].map((d) => coveredBy(d, rules)),
    ).toEqual([
      undefined,
      { by: "blackout", name: "x" },
      { by: "blackout", name: "x" },
      undefined,
      { by: "weekday", weekday: "mon" },
    ]);
  });

  it("ends with those that follow it in a row", () => {
    const some = [
      days("b", "2026-09-05", "2026-09-09"),
      days("a", "2026-09-01", "2026-09-04"),
      days("c", "2026-09-11", "2026-09-12"),
    ];
    expect(lastDayCovered("2026-09-02", some)).toBe("2026-09-09");
    expect(lastDayCovered("2026-09-10", some)).toBeUndefined();
    expect(lastDayCovered("2026-09-12", some)).toBe("2026-09-12");
  });
});

describe("blackouts in a row", () => {
  const from = "2026-09-01";
  it("are refused when they cover more than 90 days together", () => {
    expect(tooLong([days("a", from, addDays(from, 89))])).toBeUndefined();
    expect(tooLong([days("a", from, addDays(from, 90))])).toEqual({
      from,
      to: addDays(from, 90),
      days: 91,
      names: ["a"],
    });
    const halves = (gap: number): Days[] => [
      days("second", addDays(from, 45 + gap), addDays(from, 90 + gap)),
      days("first", from, addDays(from, 44)),
    ];
    expect(tooLong(halves(0))).toMatchObject({ days: 91, names: ["first", "second"] });
    expect(tooLong(halves(1))).toBeUndefined();
    // They overlap: each day is counted once.
    expect(tooLong(halves(-1))).toBeUndefined();
    expect(
      tooLong([days("inner", addDays(from, 5), addDays(from, 6)), days("outer", from, addDays(from, 89))]),
    ).toBeUndefined();
  });

  it("are counted day by day", () => {
    const ranges = fc.array(fc.tuple(fc.integer({ min: 0, max: 250 }), fc.integer({ min: 0, max: 60 })), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(ranges, (some) => {
        const blackouts = some.map(([start, length], n) =>
          days(`${n}`, addDays(from, start), addDays(from, start + length)),
        );
        let [run, longest] = [0, 0];
        for (let n = -1; n < 320; n += 1) {
          const day = addDays(from, n);
          run = blackouts.some((b) => b.from <= day && day <= b.to) ? run + 1 : 0;
          longest = Math.max(longest, run);
        }
        expect(tooLong(blackouts) !== undefined).toBe(longest > 90);
      }),
      { numRuns: 200 },
    );
  });
});
