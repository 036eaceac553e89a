import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Clock,
  dateAt,
  firstShown,
  hasPassed,
  lastShown,
  localOf,
  mayHavePassed,
  noticeOf,
  notBefore,
  shownAt,
  tellable,
} from "./clock.ts";
import { addDays } from "./local.ts";
import { DAYS_OF_CHANGE, firstAt, lastAt, shownOnceAfter, ZONES } from "./slow-clock.suite.ts";

const known = (zone: string): Clock => ({ kind: "known", zone });
const unknown = (...named: string[]): Clock => ({ kind: "unknown", named });
const utc = (text: string): number => Date.parse(`${text}Z`);
const HOUR = 3_600_000;

describe("a time on a device's clock", () => {
  it.each([
    [known("Asia/Tokyo"), "2026-08-31T08:00", "2026-08-31T08:00"],
    // Named: the easternmost and the westernmost of them, whatever their order.
    [unknown("America/New_York", "Asia/Tokyo", "Europe/Berlin"), "2026-08-31T08:00", "2026-08-31T21:00"],
    [unknown("Europe/Berlin"), "2026-08-31T15:00", "2026-08-31T15:00"],
    // None named: every clock that there is.
    [unknown(), "2026-08-31T03:00", "2026-09-01T05:00"],
  ])("of %j first comes at %s and last at %s UTC", (clock, first, last) => {
    expect([firstShown("2026-08-31T17:00", clock), lastShown("2026-08-31T17:00", clock)]).toEqual([
      utc(first),
      utc(last),
    ]);
  });

  it("is kept or moved on to what the clock shows, however far ahead the clock is", () => {
    const clocks = [...ZONES.map(known), unknown(), unknown("Asia/Tokyo", "America/New_York")];
    fc.assert(
      fc.property(
        fc.constantFrom(...clocks),
        fc.integer({ min: utc("2026-08-01T00:00"), max: utc("2026-12-01T00:00") }),
        // Around the hours by which clocks are ahead, and the minute to which a moment is rounded up.
        fc.integer({ min: -40 * 60, max: 40 * 60 }),
        (clock, at, minutes) => {
          const local = new Date(at + minutes * 60_000).toISOString().slice(0, 16);
          const shown = shownAt(at, clock);
          expect(notBefore(local, at, clock)).toBe(shown > local ? shown : local);
        },
      ),
    );
  });

  it("that comes twice has two moments, and a skipped one the end of the gap", () => {
    const berlin = known("Europe/Berlin");
    expect([firstShown("2026-10-25T02:30", berlin), lastShown("2026-10-25T02:30", berlin)]).toEqual([
      utc("2026-10-25T00:30"),
      utc("2026-10-25T01:30"),
    ]);
    const gap = utc("2027-03-28T01:00");
    expect([firstShown("2027-03-28T02:30", berlin), lastShown("2027-03-28T02:30", berlin)]).toEqual([gap, gap]);
  });

  it("has passed for a notice on the first clock and for a lateness on the last, a millisecond after it", () => {
    const clock = unknown("America/New_York", "Asia/Tokyo");
    const local = "2026-08-31T17:00";
    const judged = (now: number): boolean[] => [mayHavePassed(local, clock, now), hasPassed(local, clock, now)];
    expect(judged(utc("2026-08-31T08:00") - 1)).toEqual([false, false]);
    expect(judged(utc("2026-08-31T08:00"))).toEqual([true, false]);
    expect(judged(utc("2026-08-31T21:00"))).toEqual([true, false]);
    expect(judged(utc("2026-08-31T21:00") + 1)).toEqual([true, true]);
  });

  it("agrees with a clock that is read by walking through time", () => {
    const zones = fc.uniqueArray(fc.constantFrom(...ZONES), { minLength: 1, maxLength: 3 });
    const days = fc.tuple(fc.constantFrom(...DAYS_OF_CHANGE), fc.integer({ min: -1, max: 1 }));
    fc.assert(
      fc.property(zones, days, fc.integer({ min: 0, max: 287 }), (named, [day, shift], step) => {
        const local = `${addDays(day, shift)}T${new Date(step * 300_000).toISOString().slice(11, 16)}`;
        const clock = unknown(...named);
        expect(firstShown(local, clock)).toBe(Math.min(...named.map((zone) => firstAt(local, zone))));
        expect(lastShown(local, clock)).toBe(Math.max(...named.map((zone) => lastAt(local, zone))));
        for (const zone of named) expect(tellable(local, known(zone))).toBe(shownOnceAfter(local, zone));
      }),
      { numRuns: 150 },
    );
  });

  it("is read up to the minute, and its date as it is; the latest of the possible ones", () => {
    const at = utc("2026-08-31T21:59:00.001");
    expect([shownAt(at, known("Europe/Berlin")), dateAt(at, known("Europe/Berlin"))]).toEqual([
      "2026-09-01T00:00",
      "2026-08-31",
    ]);
    expect(shownAt(utc("2026-08-31T21:59"), known("Europe/Berlin"))).toBe("2026-08-31T23:59");
    expect([shownAt(at, unknown()), dateAt(at, unknown("UTC", "Asia/Tokyo"))]).toEqual([
      "2026-09-01T12:00",
      "2026-09-01",
    ]);
  });
});

describe("targets D10: what a device of unknown zone is told", () => {
  it.each([
    ["2026-08-31T00:00", "2026-08-31T04:00"],
    ["2026-08-31T03:59", "2026-08-31T04:00"],
    ["2026-08-31T04:00", "2026-08-31T04:00"],
    ["2026-08-31T23:59", "2026-08-31T23:59"],
  ])("%s is %s", (local, told) => {
    expect([tellable(local, unknown()), tellable(local, unknown("Asia/Tokyo"))]).toEqual([told, told]);
    expect(tellable(local, known("Asia/Tokyo"))).toBe(local);
  });

  it("leaves 24 hours of notice, also where it is urgent", () => {
    const hours = (wanted: number, clock: Clock, urgent: boolean): number => noticeOf(wanted, clock, urgent) / HOUR;
    const given = [0, 3, 4, 24, 72].map((wanted) => [
      hours(wanted, known("UTC"), false),
      hours(wanted, known("UTC"), true),
      hours(wanted, unknown("UTC"), false),
      hours(wanted, unknown(), true),
    ]);
    expect(given).toEqual([
      [0, 0, 24, 24],
      [3, 3, 24, 24],
      [4, 4, 24, 24],
      [24, 4, 24, 24],
      [72, 4, 72, 24],
    ]);
  });
});

describe("a deadline as it is written", () => {
  it.each([
    ["2026-12-04T17:00", known("Asia/Tokyo"), "2026-12-04T17:00"],
    ["2027-03-28T02:30", known("Europe/Berlin"), "2027-03-28T03:00"],
    ["2026-12-04T17:00Z", known("Europe/Berlin"), "2026-12-04T18:00"],
    // Never earlier than asked for, wherever the device is of the zones named.
    ["2026-12-04T17:00Z", unknown("Europe/Berlin", "America/New_York"), "2026-12-04T18:00"],
    ["2026-12-04T17:00+01:00", unknown("Asia/Tokyo", "Europe/Berlin"), "2026-12-05T04:00"],
    ["2026-12-04 17:00", unknown(), "2026-12-04T17:00"],
    ["2026-12-04T01:00", unknown(), "2026-12-04T04:00"],
    ["2026-12-04T17:00+01:00", unknown(), undefined],
  ] as const)("%s on %j is %s", (text, clock, local) => {
    expect(localOf(text, clock)).toBe(local);
  });

  it("is refused where it is no date and time", () => {
    expect(() => localOf("friday", unknown())).toThrow(expect.objectContaining({ code: "deadline-invalid" }));
  });
});
