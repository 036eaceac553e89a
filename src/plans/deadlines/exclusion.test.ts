import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Clock } from "./clock.ts";
import { deadlineAfterExclusion, exclusionEndsAt } from "./exclusion.ts";
import { addDays } from "./local.ts";
import { lastAt, ZONES } from "./slow-clock.suite.ts";

const BERLIN: Clock = { kind: "known", zone: "Europe/Berlin" };

describe("an exclusion (targets S5)", () => {
  it("ends at 00:00 of its day on the device's clock, on the last one where that is unknown", () => {
    const ends = (clock: Clock): string => new Date(exclusionEndsAt("2026-09-06", clock)).toISOString().slice(0, 16);
    expect([
      ends(BERLIN),
      // That day begins at 01:00 there.
      ends({ kind: "known", zone: "America/Santiago" }),
      ends({ kind: "unknown", named: ["Asia/Tokyo", "Europe/Berlin"] }),
      ends({ kind: "unknown", named: [] }),
    ]).toEqual(["2026-09-05T22:00", "2026-09-06T04:00", "2026-09-05T22:00", "2026-09-06T12:00"]);
  });

  it("ends as a clock does that is read by walking, in every zone", () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), fc.integer({ min: 0, max: 800 }), (zone, n) => {
        const date = addDays("2026-01-01", n);
        expect(exclusionEndsAt(date, { kind: "known", zone })).toBe(lastAt(`${date}T00:00`, zone));
      }),
      { numRuns: 150 },
    );
  });

  it("leaves the notice after its end, and a later deadline as it is", () => {
    const after = (deadline: string, notice: number) =>
      deadlineAfterExclusion(
        { deadline, notice, clock: BERLIN, rules: { skipWeekdays: [], blackouts: [] } },
        "2026-09-06",
      );
    expect(after("2026-08-31T17:00", 86_400_000)).toEqual({ kind: "deadline", local: "2026-09-07T17:00" });
    expect(after("2026-08-31T17:00", 0)).toEqual({ kind: "deadline", local: "2026-09-06T17:00" });
    expect(after("2026-09-20T17:00", 86_400_000)).toEqual({ kind: "deadline", local: "2026-09-20T17:00" });
  });
});
