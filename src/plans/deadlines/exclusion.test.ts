import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY } from "../jobs/units.ts";
import type { Clock } from "./clock.ts";
import { deadlineAfterExclusion, exclusionEndsAt, lastExclusionDay } from "./exclusion.ts";
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

describe("the last day of an exclusion", () => {
  const MIDNIGHT = Date.UTC(2026, 10, 23, 23);
  it.each<[string, number, Clock, string]>([
    ["at which one begins 90 days ahead", MIDNIGHT - 90 * DAY, BERLIN, "2026-11-24"],
    ["at which one begins 90 days and 1 ms ahead", MIDNIGHT - 90 * DAY - 1, BERLIN, "2026-11-23"],
    ["where the zone may be any", Date.UTC(2026, 7, 25, 12), { kind: "unknown", named: [] }, "2026-11-23"],
    [
      "where the zone may be any, 1 ms earlier",
      Date.UTC(2026, 7, 25, 12) - 1,
      { kind: "unknown", named: [] },
      "2026-11-22",
    ],
  ])("is at most 90 days ahead: %s", (_what, now, clock, expected) =>
    expect(lastExclusionDay(now, clock)).toBe(expected),
  );

  it("is the last that is, in every zone", () => {
    const now = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2028, 0, 1) });
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), now, (zone, at) => {
        const clock: Clock = { kind: "known", zone };
        const day = lastExclusionDay(at, clock);
        expect(exclusionEndsAt(day, clock)).toBeLessThanOrEqual(at + 90 * DAY);
        expect(exclusionEndsAt(addDays(day, 1), clock)).toBeGreaterThan(at + 90 * DAY);
      }),
      { numRuns: 150 },
    );
  });
});
