import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Clock } from "./clock.ts";
import { addDays, minutesBefore, WEEKDAYS } from "./local.ts";
import { momentBy, momentFor, type MomentTerms, recallOf, type Told } from "./moment.ts";
import { DAYS_OF_CHANGE, dayAfter, firstAt, shownOnceAfter, wallOf, weekday, ZONES } from "./slow-clock.suite.ts";

const BERLIN: Clock = { kind: "known", zone: "Europe/Berlin" };
const UNKNOWN: Clock = { kind: "unknown", named: [] };
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A moment by the clock of Berlin in summer. */
const at = (local: string): number => Date.parse(`${local}+02:00`);
const NIGHT = { from: "22:00", to: "05:00" };
const OFFICE = { from: "09:00", to: "18:00" };
const terms = (changes: Partial<MomentTerms> = {}): MomentTerms => ({
  deadline: "2026-08-31T17:00",
  clock: BERLIN,
  rules: { skipWeekdays: [], blackouts: [] },
  notice: DAY,
  ...changes,
});
const blackouts = (from: string, to: string) => ({ skipWeekdays: [], blackouts: [{ name: "freeze", from, to }] });

describe("the moment of a deadline", () => {
  it.each([
    ["without a window", {}, "2026-08-31T17:00"],
    ["in the window", { window: OFFICE }, "2026-08-31T17:00"],
    ["at the window's opening", { window: { from: "17:00", to: "18:00" } }, "2026-08-31T17:00"],
    ["at the window's end", { window: { from: "09:00", to: "17:00" } }, "2026-08-31T09:00"],
    ["before today's window", { window: NIGHT }, "2026-08-30T22:00"],
    ["after today's window", { window: { from: "08:00", to: "12:00" } }, "2026-08-31T08:00"],
    ["in a window over midnight", { window: NIGHT, deadline: "2026-08-31T03:00" }, "2026-08-31T03:00"],
    // The clock skips the opening, or all of the window.
    [
      "an opening that is skipped",
      { window: { from: "02:30", to: "04:00" }, deadline: "2027-03-28T17:00" },
      "2027-03-28T03:00",
    ],
    [
      "a window that is skipped",
      { window: { from: "02:10", to: "02:50" }, deadline: "2027-03-28T17:00" },
      "2027-03-27T02:10",
    ],
    ["of unknown zone, over 04:00", { window: { from: "01:00", to: "05:00" }, clock: UNKNOWN }, "2026-08-31T04:00"],
    [
      "of unknown zone, in a window before 04:00",
      { window: { from: "01:00", to: "03:00" }, clock: UNKNOWN },
      "2026-08-31T01:00",
    ],
    // A blackout covers the opening: its end, if the window is open there.
    [
      "after a blackout in the night",
      { window: NIGHT, rules: blackouts("2026-08-29", "2026-08-30") },
      "2026-08-31T00:00",
    ],
    [
      "the same of unknown zone",
      { window: NIGHT, clock: UNKNOWN, rules: blackouts("2026-08-29", "2026-08-30") },
      "2026-08-31T04:00",
    ],
    [
      "no window between blackout and deadline",
      { window: { from: "20:00", to: "23:00" }, rules: blackouts("2026-08-29", "2026-08-30") },
      undefined,
    ],
    ["a deadline in a blackout", { rules: blackouts("2026-08-31", "2026-08-31") }, undefined],
  ] as [string, Partial<MomentTerms>, string | undefined][])("%s", (_case, changes, local) => {
    const some = terms(changes);
    expect(momentBy(some.deadline, some)).toBe(local);
  });
});

describe("the moment of a device that is told", () => {
  const told = (contact: string, changes: Partial<MomentTerms> = {}) => momentFor(terms(changes), at(contact));

  it("is the deadline's while the notice remains, to the millisecond", () => {
    expect(told("2026-08-30T17:00")).toEqual({ kind: "moment", local: "2026-08-31T17:00", late: false });
    expect(momentFor(terms(), at("2026-08-30T17:00") + 1)).toEqual({
      kind: "moment",
      local: "2026-09-01T17:00",
      late: true,
    });
    expect(told("2026-08-31T12:59", { notice: 4 * HOUR })).toMatchObject({ local: "2026-08-31T17:00", late: false });
    expect(told("2026-08-31T13:01", { notice: 4 * HOUR })).toMatchObject({ local: "2026-09-01T17:00", late: true });
  });

  it("is a new one in the window, the first that is not below the notice", () => {
    // The opening of the night before is too near; that of the next day is not.
    expect(told("2026-08-30T10:00", { window: NIGHT })).toMatchObject({ local: "2026-08-31T22:00", late: true });
    expect(told("2026-08-29T22:00", { window: NIGHT })).toMatchObject({ local: "2026-08-30T22:00", late: false });
    expect(told("2026-09-03T22:01", { window: NIGHT })).toMatchObject({ local: "2026-09-05T22:00", late: true });
  });

  it("lies in no blackout and on no skipped weekday", () => {
    expect(told("2026-09-03T09:10", { rules: blackouts("2026-09-04", "2026-09-06") })).toMatchObject({
      local: "2026-09-07T17:00",
    });
    expect(told("2026-09-03T09:10", { rules: { skipWeekdays: ["fri", "sat"], blackouts: [] } })).toMatchObject({
      local: "2026-09-06T17:00",
    });
    const night = { window: { from: "20:00", to: "23:00" }, rules: blackouts("2026-09-04", "2026-09-06") };
    // The last opening before Monday 17:00 lies in the blackout: Monday's own is the one of Tuesday.
    expect(told("2026-09-03T09:10", night)).toMatchObject({ local: "2026-09-07T20:00" });
    expect(
      momentFor(terms({ rules: { skipWeekdays: [...WEEKDAYS], blackouts: [] } }), at("2026-09-03T09:10")),
    ).toMatchObject({
      kind: "no-day-left",
    });
  });

  it("of unknown zone leaves the notice on the first clock of those named", () => {
    const clock: Clock = { kind: "unknown", named: ["America/New_York", "Asia/Tokyo"] };
    const tokyo = Date.parse("2026-08-30T17:00+09:00");
    expect(momentFor(terms({ clock }), tokyo)).toMatchObject({ local: "2026-08-31T17:00", late: false });
    expect(momentFor(terms({ clock }), tokyo + 60_000)).toMatchObject({ local: "2026-09-01T17:00", late: true });
  });
});

describe("a moment is taken back", () => {
  const MOMENT = "2026-08-31T17:00";
  const moment = at(MOMENT);
  const state = (changes: Partial<Told> = {}): Told => ({
    moment: MOMENT,
    mechanism: "declaration",
    heardAt: moment - 30 * DAY,
    begun: false,
    ...changes,
  });
  const recalled = (changes: Partial<Told>, now: number, clock: Clock = BERLIN, deadline = MOMENT) =>
    recallOf(state(changes), deadline, clock, now);

  it("when it passes and nothing was fetched", () => {
    expect([recalled({}, moment - 1), recalled({}, moment)]).toEqual([undefined, "not-fetched"]);
    expect(recalled({ begun: true }, moment + 30 * DAY)).toBeUndefined();
    // Told again after the deadline: the new moment counts.
    expect(recalled({}, moment - 1, BERLIN, "2026-08-20T17:00")).toBeUndefined();
  });

  it("with a window, for a declaration at its moment, for an order at the deadline", () => {
    const deadline = "2026-09-01T17:00";
    expect([
      recalled({}, moment, BERLIN, deadline),
      recalled({ mechanism: "command" }, moment, BERLIN, deadline),
    ]).toEqual(["not-fetched", undefined]);
    expect(recalled({ mechanism: "command" }, moment + DAY, BERLIN, deadline)).toBe("not-fetched");
  });

  it("when it was fetched, and the device is silent from before it until 72 hours after it", () => {
    const silent = { fetchedAt: moment - 2 * DAY, heardAt: moment - 1 };
    expect([recalled(silent, moment + 3 * DAY - 1), recalled(silent, moment + 3 * DAY)]).toEqual([undefined, "silent"]);
    expect(recalled({ ...silent, heardAt: moment }, moment + 30 * DAY)).toBeUndefined();
    expect(recalled({ ...silent, begun: true }, moment + 30 * DAY)).toBeUndefined();
  });

  it("on the first clock that a device of unknown zone may have", () => {
    const first = Date.parse(`${MOMENT}+14:00`);
    expect([recalled({}, first - 1, UNKNOWN), recalled({}, first, UNKNOWN)]).toEqual([undefined, "not-fetched"]);
  });
});

/** Zones without changes of the clock: there a window is found by walking back through local time. */
const STEADY = ["Asia/Kolkata", "Pacific/Kiritimati", "Etc/GMT+12", "UTC"];
const time = fc.integer({ min: 0, max: 287 }).map((n) => new Date(n * 300_000).toISOString().slice(11, 16));
const drawn = (zones: readonly string[]): fc.Arbitrary<{ some: MomentTerms; contact: number; zone: string }> =>
  fc
    .record({
      day: fc.constantFrom(...DAYS_OF_CHANGE),
      shift: fc.integer({ min: -1, max: 1 }),
      zone: fc.constantFrom(...zones),
      at: time,
      window: fc.option(fc.tuple(time, time), { nil: undefined }),
      notice: fc.constantFrom(0, 4 * HOUR, DAY),
      contactAfter: fc.integer({ min: -3 * 288, max: 6 * 288 }),
      skipWeekdays: fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { maxLength: 3 }),
      blackout: fc.option(fc.tuple(fc.integer({ min: -2, max: 4 }), fc.integer({ min: 0, max: 6 })), {
        nil: undefined,
      }),
    })
    .map(({ day, shift, zone, at: hour, window, notice, contactAfter, skipWeekdays, blackout }) => {
      const date = addDays(day, shift);
      const [from, to] = window ?? ["", ""];
      const covered =
        blackout === undefined
          ? []
          : [{ name: "b", from: addDays(date, blackout[0]), to: addDays(date, blackout[0] + blackout[1]) }];
      return {
        zone,
        contact: Date.parse(date) + contactAfter * 300_000,
        some: {
          deadline: shownOnceAfter(`${date}T${hour}`, zone),
          ...(window === undefined || from === to ? {} : { window: { from, to } }),
          clock: { kind: "known", zone },
          rules: { skipWeekdays, blackouts: covered },
          notice,
        },
      };
    });

const open = (local: string, { window }: MomentTerms): boolean => {
  if (window === undefined) return true;
  const { from, to } = window;
  const clock = local.slice(11);
  return from < to ? clock >= from && clock < to : clock >= from || clock < to;
};
const black = (local: string, { rules }: MomentTerms): boolean =>
  rules.blackouts.some(({ from, to }) => from <= local.slice(0, 10) && local.slice(0, 10) <= to);

/** The first minute of the newest opening at or before `local`, walked back in local time; a blackout counts as closed. */
function walkedBack(local: string, some: MomentTerms): string | undefined {
  if (open(local, some)) return black(local, some) ? undefined : local;
  let at = local;
  while (!open(at, some)) at = minutesBefore(at, 5);
  const before = minutesBefore(at, 24 * 60);
  let first: string | undefined;
  for (; open(at, some) && at > before; at = minutesBefore(at, 5)) if (!black(at, some)) first = at;
  return first;
}

describe("any moment", () => {
  it("is the one that is found by walking, where no clock changes", () => {
    fc.assert(
      fc.property(drawn(STEADY), ({ some, contact, zone }) => {
        const earliest = contact + some.notice;
        const fits = (local: string | undefined): local is string =>
          local !== undefined && firstAt(local, zone) >= earliest;
        let expected = walkedBack(some.deadline, some);
        const late = !fits(expected);
        let day = [some.deadline.slice(0, 10), wallOf(earliest, zone).slice(0, 10)].toSorted()[1] ?? "";
        for (; !fits(expected); day = dayAfter(day)) {
          const covered = black(day, some) || some.rules.skipWeekdays.some((name) => name === weekday(day));
          expected = covered ? undefined : walkedBack(`${day}T${some.deadline.slice(11)}`, some);
        }
        expect(momentFor(some, contact)).toEqual({ kind: "moment", local: expected, late });
      }),
      { numRuns: 200 },
    );
  });

  it("leaves the notice, lies in the window and in no blackout, and is a time that the clock shows once", () => {
    fc.assert(
      fc.property(drawn(ZONES), ({ some, contact, zone }) => {
        const found = momentFor(some, contact);
        fc.pre(found.kind === "moment");
        const { local, late } = found;
        expect(firstAt(local, zone)).toBeGreaterThanOrEqual(contact + some.notice);
        expect(black(local, some)).toBe(false);
        expect(open(local, some)).toBe(true);
        expect(shownOnceAfter(local, zone)).toBe(local);
        expect(late || local <= some.deadline).toBe(true);
        // Told again at the same contact, it is the same.
        expect(momentFor(some, contact)).toEqual(found);
      }),
      { numRuns: 200 },
    );
  });

  it("leaves the notice on each clock that a device of unknown zone may have, and avoids the early morning", () => {
    const named = fc.uniqueArray(fc.constantFrom(...ZONES), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(drawn(["UTC"]), named, ({ some, contact }, zones) => {
        const terms: MomentTerms = { ...some, clock: { kind: "unknown", named: zones } };
        const found = momentFor(terms, contact);
        fc.pre(found.kind === "moment");
        const { local } = found;
        for (const zone of zones) expect(firstAt(local, zone)).toBeGreaterThanOrEqual(contact + terms.notice);
        expect([black(local, terms), open(local, terms)]).toEqual([false, true]);
        // 00:00 to 03:59 only where the deadline is such a time, or the window is over by 04:00.
        const early = local.slice(11) < "04:00";
        const allowed = open(`${local.slice(0, 10)}T04:00`, terms) && terms.deadline.slice(11) >= "04:00";
        expect(early && allowed).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});
