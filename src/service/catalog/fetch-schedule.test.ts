import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isPlanned, minuteOf, retryAt, windowAfter } from "./fetch-schedule.ts";

const HOUR = 3_600_000;
const at = (day: number, hour: number, minute = 0): number => Date.UTC(2026, 7, day, hour, minute);

describe("the daily fetch", () => {
  it.each([
    ["before the window: in today's", at(25, 12), 0, at(25, 18)],
    ["its last minute", at(25, 12), 179, at(25, 20, 59)],
    ["a second before it opens: not within an hour", at(25, 18) - 1000, 0, at(25, 19) - 1000],
    ["as it opens: tomorrow's", at(25, 18), 0, at(26, 18)],
    ["in it", at(25, 19, 30), 179, at(26, 20, 59)],
    ["after it", at(25, 23, 59), 30, at(26, 18, 30)],
    ["at the end of a year", Date.UTC(2026, 11, 31, 22), 5, Date.UTC(2027, 0, 1, 18, 5)],
  ])("%s", (_when, now, minute, expected) => expect(windowAfter(now, minute)).toBe(expected));

  it("targets C1: lies between 18:00 and 21:00 UTC, an hour to 27 hours away", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), fc.uint8Array({ minLength: 2, maxLength: 2 }), (now, random) => {
        const next = windowAfter(now, minuteOf(random));
        const hours = (next % (24 * HOUR)) / HOUR;
        expect(hours >= 18 && hours < 21).toBe(true);
        expect(next - now >= HOUR && isPlanned(next, now)).toBe(true);
      }),
    );
  });

  it("may be at each minute of the window", () => {
    const minutes = Array.from({ length: 65_536 }, (_, n) => minuteOf(new Uint8Array([n >> 8, n & 255])));
    expect(new Set(minutes)).toEqual(new Set(Array.from({ length: 180 }, (_, n) => n)));
  });

  it.each([
    [1, 1],
    [2, 2],
    [3, 4],
    [4, 8],
    [5, 8],
    [1000, 8],
  ])("is tried again after failure %d in %d hours", (count, hours) => {
    expect(retryAt(count, at(25, 3), 0)).toBe(at(25, 3 + hours));
  });

  it("is tried again in the next window in any case, and never within an hour", () => {
    expect(retryAt(9, at(25, 15), 10)).toBe(at(25, 18, 10));
    expect(retryAt(9, at(25, 17, 30), 10)).toBe(at(25, 18, 30));
    expect(retryAt(1, at(25, 20, 59), 0)).toBe(at(25, 21, 59));
  });

  it.each([
    [null, false],
    [at(25, 12) - 9 * HOUR, true],
    [at(25, 12), true],
    [at(25, 12) + 27 * HOUR, true],
    [at(25, 12) + 27 * HOUR + 1, false],
  ])("is planned for a moment that a plan can be for: %s, %s", (next, planned) =>
    expect(isPlanned(next, at(25, 12))).toBe(planned),
  );
});
