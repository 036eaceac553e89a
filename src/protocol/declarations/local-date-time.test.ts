import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseLocalDateTime, sameLocalDateTime } from "../index.ts";

const SENT = "2026-12-04T19:00:00";

describe("a local date and time", () => {
  it.each(["2026-12-04T19:00:00", "2028-02-29T23:59:59", "0100-01-01T00:00:00"])("is %s", (text) => {
    expect(parseLocalDateTime(text)).toBeTypeOf("number");
  });

  it.each([
    "",
    "2026-12-04",
    "2026-12-04 19:00:00",
    "2026-12-04T19:00",
    "2026-12-04T19:00:00Z",
    "2026-12-04T19:00:60",
    "2026-13-04T19:00:00",
    "2026-02-30T19:00:00",
    "2027-02-29T19:00:00",
    "2026-12-04T24:00:00",
    "2026-12-04T19:00:00\n",
    "+02026-12-04T19:00:00",
    "0026-12-04T19:00:00",
  ])("is not %j", (text) => {
    expect(parseLocalDateTime(text)).toBeUndefined();
  });
});

describe("a reported target time", () => {
  it.each<[string, string, number | undefined, boolean]>([
    ["as sent", SENT, undefined, true],
    ["as sent, where the zone is known", SENT, 60, true],
    ["as sent, with a fraction", "2026-12-04T19:00:00.000", 60, true],
    ["as sent, called UTC", "2026-12-04T19:00:00Z", 60, true],
    ["in UTC", "2026-12-04T18:00:00", 60, true],
    ["in UTC, and says so", "2026-12-04T18:00:00Z", 60, true],
    ["in another zone, and says so", "2026-12-04T20:00:00+02:00", 60, true],
    ["in another zone, without the colon", "2026-12-04T13:00:00-0500", 60, true],
    ["by the wrong offset", "2026-12-04T18:00:00", 120, false],
    ["by the offset turned round", "2026-12-04T20:00:00", 60, false],
    ["in UTC the day before, at +14:00", "2026-12-04T05:00:00", undefined, true],
    ["in UTC the day after, at −12:00", "2026-12-05T07:00:00", undefined, true],
    ["beyond +14:00", "2026-12-04T04:45:00", undefined, false],
    ["beyond −12:00", "2026-12-05T07:15:00", undefined, false],
    ["in Kathmandu", "2026-12-04T13:15:00", undefined, true],
    ["off by a minute", "2026-12-04T18:59:00", undefined, false],
    ["off by a second", "2026-12-04T18:59:59", 0, false],
    ["as no time", "soon", undefined, false],
    ["as nothing", "", undefined, false],
  ])("means the same or not: %s", (_how, reported, offset, same) => {
    expect(sameLocalDateTime(reported, SENT, offset)).toBe(same);
  });

  it("means the same in local time and in UTC for every zone, and never for another minute", () => {
    const zone = fc.integer({ min: -48, max: 56 }).map((quarters) => quarters * 15);
    const at = fc.integer({ min: 0, max: 4_102_444_800 });
    const text = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 19);
    fc.assert(
      fc.property(at, zone, fc.integer({ min: 1, max: 14 }), (seconds, offset, minutes) => {
        const utc = seconds - offset * 60;
        for (const known of [offset, undefined]) {
          expect(sameLocalDateTime(text(seconds), text(seconds), known)).toBe(true);
          expect(sameLocalDateTime(text(utc), text(seconds), known)).toBe(true);
          expect(sameLocalDateTime(text(utc + minutes * 60), text(seconds), known)).toBe(false);
        }
      }),
    );
  });
});
