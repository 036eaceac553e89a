import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays, daysBetween, minutesBefore, weekdayOf } from "./local.ts";
import { dayAfter, weekday } from "./slow-clock.suite.ts";

describe("local days", () => {
  it("follow each other over months, leap days and years", () => {
    expect([addDays("2028-02-28", 1), addDays("2027-12-31", 1), addDays("2026-03-01", -1)]).toEqual([
      "2028-02-29",
      "2028-01-01",
      "2026-02-28",
    ]);
    expect([daysBetween("2026-08-31", "2026-09-02"), daysBetween("2026-09-02", "2026-08-31")]).toEqual([2, -2]);
    expect([weekdayOf("1969-12-28"), weekdayOf("1970-01-01"), weekdayOf("2026-11-28")]).toEqual(["sun", "thu", "sat"]);
    expect([minutesBefore("2026-08-31T17:00", 475), minutesBefore("2026-09-01T00:10", 15)]).toEqual([
      "2026-08-31T09:05",
      "2026-08-31T23:55",
    ]);
  });

  it("are named as by a calendar", () => {
    fc.assert(
      fc.property(fc.integer({ min: -20_000, max: 40_000 }), (n) => {
        const date = addDays("1970-01-01", n);
        expect([weekdayOf(date), addDays(date, 1)]).toEqual([weekday(date), dayAfter(date)]);
      }),
    );
  });
});
