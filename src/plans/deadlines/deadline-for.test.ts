import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Clock } from "./clock.ts";
import type { Days } from "./days.ts";
import { deadlineFor, plannedFor, type Terms } from "./deadline-for.ts";
import { type Given, keep } from "./given.ts";
import { addDays, WEEKDAYS, type Weekday } from "./local.ts";
import { DAYS_OF_CHANGE, dayAfter, firstAt, shownOnceAfter, wallOf, weekday, ZONES } from "./slow-clock.suite.ts";

const BERLIN: Clock = { kind: "known", zone: "Europe/Berlin" };
const HOUR = 3_600_000;
/** A moment by the clock of Berlin in the summer of 2026. */
const at = (local: string): number => Date.parse(`${local}+02:00`);
const terms = (changes: Partial<Terms> = {}): Terms => ({
  due: { base: "2026-08-17", days: 14, at: "17:00" },
  clock: BERLIN,
  rules: { skipWeekdays: [], blackouts: [] },
  noticeHours: 24,
  urgent: false,
  openAt: at("2026-08-18T09:00"),
  slot: 0,
  ...changes,
});
const localOf = (changes: Partial<Terms>): string => {
  const found = deadlineFor(terms(changes));
  return found.kind === "deadline" ? found.local : found.kind;
};

describe("the earliest time of a deadline", () => {
  const due = { base: "2026-08-17", days: 2, at: "17:00" };
  it.each([
    // Notice to the minute: 17:00 of the same day holds from 17:00 of the day before.
    ["the notice ends with the time", { due, openAt: at("2026-08-18T17:00") }, "2026-08-19T17:00"],
    ["one second later", { due, openAt: at("2026-08-18T17:00:01") }, "2026-08-20T17:00"],
    ["without notice, open at the time", { due, noticeHours: 0, openAt: at("2026-08-19T17:00") }, "2026-08-19T17:00"],
    // Urgent: 4 hours, or less where the plan says less.
    ["urgent", { due, urgent: true, openAt: at("2026-08-19T13:00") }, "2026-08-19T17:00"],
    ["urgent, a minute too late", { due, urgent: true, openAt: at("2026-08-19T13:01") }, "2026-08-20T17:00"],
    [
      "urgent with an hour of notice",
      { due, urgent: true, noticeHours: 1, openAt: at("2026-08-19T16:00") },
      "2026-08-19T17:00",
    ],
    // A late joiner has three days, or the days of its ring where those are fewer.
    [
      "joined on the day of the base",
      { due: { ...due, days: 14 }, joinedAt: at("2026-08-17T23:59:59"), openAt: at("2026-08-18T09:00") },
      "2026-08-31T17:00",
    ],
    [
      "joined after the deadline",
      { due: { ...due, days: 14 }, joinedAt: at("2026-09-10T18:00"), openAt: at("2026-08-18T09:00") },
      "2026-09-14T17:00",
    ],
    [
      "joined, with a ring of one day",
      { due: { ...due, days: 1 }, joinedAt: at("2026-08-20T10:00"), openAt: at("2026-08-18T09:00") },
      "2026-08-21T17:00",
    ],
    [
      "joined, for a date that an admin named",
      { due: { local: "2026-08-21T17:00" }, joinedAt: at("2026-08-20T10:00"), openAt: at("2026-08-20T10:00") },
      "2026-08-21T17:00",
    ],
    // A release that was held back for months still has a day.
    ["open months after its date", { due, openAt: at("2026-12-01T12:00") }, "2026-12-02T17:00"],
  ] as [string, Partial<Terms>, string][])("%s", (_case, changes, local) => {
    expect(localOf(changes)).toBe(local);
  });
});

describe("days that are covered", () => {
  const from = (blackouts: Days[], skipWeekdays: Weekday[] = []) =>
    deadlineFor(terms({ rules: { skipWeekdays, blackouts } }));

  it("are searched for 31 days after the date, and no further", () => {
    const hops = (count: number): Days[] =>
      Array.from({ length: count }, (_, n) => ({
        name: `b${n}`,
        from: addDays("2026-09-01", n * 2),
        to: addDays("2026-09-01", n * 2),
      }));
    const odd: Weekday[] = [];
    expect(from(hops(20), odd)).toEqual({ kind: "deadline", local: "2026-08-31T17:00" });
    const even = hops(16).map((days) => ({ ...days, from: addDays(days.from, -1), to: addDays(days.to, -1) }));
    expect(from([...hops(15), ...even])).toEqual({ kind: "deadline", local: "2026-10-01T17:00" });
  });

  it("are passed over for 31 days after the end of the blackouts that cover the date", () => {
    const long = { name: "freeze", from: "2026-08-20", to: "2026-10-31" };
    expect(from([long])).toEqual({ kind: "deadline", local: "2026-11-01T17:00" });
    const more = { name: "more", from: "2026-11-01", to: "2026-11-10" };
    expect(from([more, long])).toEqual({ kind: "deadline", local: "2026-11-11T17:00" });
  });

  it("refuse where no day is left, with what covers the days", () => {
    expect(from([], [...WEEKDAYS])).toEqual({
      kind: "no-day-left",
      from: "2026-08-31",
      to: "2026-10-01",
      covered: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map((day) => ({ by: "weekday", weekday: day })),
    });
    const later = { name: "later", from: "2026-09-02", to: "2026-11-20" };
    const first = { name: "first", from: "2026-08-31", to: "2026-09-01" };
    const other = { name: "other", from: "2026-12-01", to: "2026-12-30" };
    expect(from([other, later, first], ["sat", "sun"])).toEqual({ kind: "deadline", local: "2026-11-23T17:00" });
    const tail = { name: "tail", from: "2026-11-23", to: "2027-01-30" };
    expect(from([other, later, first, tail], ["sat", "sun"])).toMatchObject({
      kind: "no-day-left",
      from: "2026-08-31",
      to: "2026-12-21",
      covered: [
        { by: "blackout", name: "first" },
        { by: "blackout", name: "later" },
        { by: "weekday", weekday: "sat" },
        { by: "weekday", weekday: "sun" },
        { by: "blackout", name: "tail" },
        { by: "blackout", name: "other" },
      ],
    });
  });
});

describe("changes of the clock", () => {
  const on = (base: string, time: string, zone: string, rules: Partial<Terms["rules"]> = {}): string =>
    localOf({
      due: { base, days: 0, at: time },
      clock: { kind: "known", zone },
      openAt: Date.parse(base) - 7 * 24 * HOUR,
      rules: { skipWeekdays: [], blackouts: [], ...rules },
    });

  it.each([
    ["2027-03-28", "02:30", "Europe/Berlin", "2027-03-28T03:00"],
    ["2026-10-25", "02:30", "Europe/Berlin", "2026-10-25T03:00"],
    ["2026-10-04", "02:10", "Australia/Lord_Howe", "2026-10-04T02:30"],
    ["2026-04-05", "01:40", "Australia/Lord_Howe", "2026-04-05T02:00"],
    // The gap, and the hour that comes twice, end at midnight: the next day begins.
    ["2026-03-28", "23:30", "America/Nuuk", "2026-03-29T00:00"],
    ["2026-10-24", "23:30", "America/Nuuk", "2026-10-25T00:00"],
    ["2026-09-06", "00:00", "America/Santiago", "2026-09-06T01:00"],
  ])("%s %s in %s is %s", (base, time, zone, local) => {
    expect(on(base, time, zone)).toBe(local);
  });

  it("never lead into a day that is covered", () => {
    expect(on("2026-03-28", "23:30", "America/Nuuk", { skipWeekdays: ["sun"] })).toBe("2026-03-30T23:30");
  });

  it("leave a device of unknown zone no time before 04:00, on any day", () => {
    for (const named of [[], ["Europe/Berlin", "Asia/Tokyo"]]) {
      const unknown = { clock: { kind: "unknown", named } as const, due: { base: "2026-08-30", days: 0, at: "02:30" } };
      expect(localOf(unknown)).toBe("2026-08-30T04:00");
      expect(localOf({ ...unknown, due: { ...unknown.due, at: "04:00" } })).toBe("2026-08-30T04:00");
    }
  });
});

describe("the spread", () => {
  it("moves forward by five minutes a slot, but not below the notice or onto a covered day", () => {
    expect(localOf({ slot: 1 })).toBe("2026-08-31T16:55");
    expect(localOf({ slot: 95 })).toBe("2026-08-31T09:05");
    expect(localOf({ slot: 95, openAt: at("2026-08-30T12:03:20") })).toBe("2026-08-31T12:04");
    const early = { due: { base: "2026-08-17", days: 14, at: "01:00" }, slot: 24 };
    expect(localOf(early)).toBe("2026-08-30T23:00");
    expect(localOf({ ...early, rules: { skipWeekdays: ["sun"], blackouts: [] } })).toBe("2026-08-31T00:00");
  });

  it("keeps the time of the day where a pass of an hour that comes twice may be too early", () => {
    const clock = { kind: "unknown", named: ["America/Nuuk"] } as const;
    const due = { base: "2026-10-25", days: 0, at: "04:00" };
    const second = Date.parse("2026-10-25T01:15Z");
    const open = { clock, due, slot: 95, rules: { skipWeekdays: [], blackouts: [] } };
    expect(localOf({ ...open, openAt: second - 24 * HOUR })).toBe("2026-10-25T04:00");
    expect(localOf({ ...open, openAt: second - 26 * HOUR })).toBe("2026-10-24T22:15");
  });
});

/** D3 steps 1 to 4 walked day by day, with clocks read by walking through time. */
function slowly({ due, clock, rules, noticeHours, urgent, openAt, joinedAt }: Terms): string {
  const zones =
    clock.kind === "known" ? [clock.zone] : clock.named.length > 0 ? clock.named : ["Pacific/Kiritimati", "Etc/GMT+12"];
  const [base, days, time] =
    "local" in due ? [due.local.slice(0, 10), 0, due.local.slice(11)] : [due.base, due.days, due.at];
  let notice = urgent && noticeHours > 4 ? 4 : noticeHours;
  if (clock.kind === "unknown" && notice < 24) notice = 24;
  let earliest = openAt + notice * HOUR;
  if (joinedAt !== undefined && !("local" in due) && zones.some((zone) => wallOf(joinedAt, zone).slice(0, 10) > base))
    earliest = Math.max(earliest, joinedAt + (days < 3 ? days : 3) * 24 * HOUR);
  let date = base;
  for (let n = 0; n < days; n += 1) date = dayAfter(date);
  const covered = (day: string): boolean =>
    rules.blackouts.some((b) => day >= b.from && day <= b.to) ||
    rules.skipWeekdays.some((name) => name === weekday(day));
  const begins = zones
    .map((zone) => wallOf(Math.ceil(earliest / 60_000) * 60_000, zone).slice(0, 10))
    .toSorted()
    .at(-1);
  while (date < (begins ?? "")) date = dayAfter(date);
  let left = 31;
  for (let inRun = true; left >= 0; date = dayAfter(date)) {
    inRun = inRun && rules.blackouts.some((b) => date >= b.from && date <= b.to);
    let local = `${date}T${time}`;
    if (clock.kind === "known") local = shownOnceAfter(local, clock.zone);
    else if (time < "04:00") local = `${date}T04:00`;
    const shown = Math.min(...zones.map((zone) => firstAt(local, zone)));
    if (!covered(date) && !covered(local.slice(0, 10)) && shown >= earliest) return local;
    const nextInRun = inRun && rules.blackouts.some((b) => dayAfter(date) >= b.from && dayAfter(date) <= b.to);
    if (!nextInRun) left -= 1;
  }
  return "no-day-left";
}

const clocks = fc.oneof(
  fc.constantFrom(...ZONES).map((zone): Clock => ({ kind: "known", zone })),
  fc.uniqueArray(fc.constantFrom(...ZONES), { maxLength: 3 }).map((named): Clock => ({ kind: "unknown", named })),
);
const step = 5 * 60_000;
const drawn: fc.Arbitrary<Terms> = fc
  .record({
    day: fc.constantFrom(...DAYS_OF_CHANGE),
    shift: fc.integer({ min: -3, max: 3 }),
    days: fc.integer({ min: 0, max: 5 }),
    steps: fc.oneof(
      fc.integer({ min: 0, max: 287 }),
      fc.integer({ min: 0, max: 48 }),
      fc.integer({ min: 270, max: 287 }),
    ),
    absolute: fc.boolean(),
    clock: clocks,
    noticeHours: fc.constantFrom(0, 4, 24, 72),
    urgent: fc.boolean(),
    openAfter: fc.integer({ min: -10 * 288, max: 10 * 288 }),
    joinedAfter: fc.option(fc.integer({ min: -288, max: 5 * 288 }), { nil: undefined }),
    slot: fc.constantFrom(0, 0, 1, 12, 95),
    skipWeekdays: fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { maxLength: 7 }),
    blackouts: fc.array(fc.tuple(fc.integer({ min: -3, max: 40 }), fc.integer({ min: 0, max: 20 })), { maxLength: 3 }),
  })
  .map(({ day, shift, days, steps, absolute, openAfter, joinedAfter, skipWeekdays, blackouts, ...rest }) => {
    const base = addDays(day, shift);
    const time = new Date(steps * step).toISOString().slice(11, 16);
    const started = Date.parse(base);
    return {
      ...rest,
      due: absolute ? { local: `${base}T${time}` } : { base, days, at: time },
      openAt: started + openAfter * step,
      ...(joinedAfter === undefined ? {} : { joinedAt: started + joinedAfter * step }),
      rules: {
        skipWeekdays,
        blackouts: blackouts.map(([from, length], n) => ({
          name: `b${n}`,
          from: addDays(base, from),
          to: addDays(base, from + length),
        })),
      },
    };
  });

describe("any deadline", () => {
  it("is the one that is found by walking day by day", () => {
    fc.assert(
      fc.property(drawn, (some) => {
        const found = deadlineFor({ ...some, slot: 0 });
        expect(found.kind === "deadline" ? found.local : found.kind).toBe(slowly(some));
      }),
      { numRuns: 250 },
    );
  });

  it("leaves the notice, lies on no covered day, and is the same when it is computed again", () => {
    fc.assert(
      fc.property(drawn, (some) => {
        const found = deadlineFor(some);
        fc.pre(found.kind === "deadline");
        const { local } = found;
        const { clock, rules } = some;
        expect(local <= slowly(some)).toBe(true);
        const zones = clock.kind === "known" ? [clock.zone] : clock.named;
        const notice = clock.kind === "unknown" ? 24 : some.urgent ? Math.min(some.noticeHours, 4) : some.noticeHours;
        for (const zone of zones) expect(firstAt(local, zone)).toBeGreaterThanOrEqual(some.openAt + notice * HOUR);
        expect(rules.skipWeekdays).not.toContain(weekday(local.slice(0, 10)));
        expect(
          rules.blackouts.filter(({ from, to }) => from <= local.slice(0, 10) && local.slice(0, 10) <= to),
        ).toEqual([]);
        expect(deadlineFor(some)).toEqual(found);
        const { joinedAt: _joined, ...again } = some;
        expect(deadlineFor({ ...again, due: { local }, slot: 0 })).toEqual(found);
      }),
      { numRuns: 150 },
    );
  });

  it("has a planned date that is not later than it, before the spread", () => {
    fc.assert(
      fc.property(drawn, (some) => {
        const [planned, found] = [plannedFor(some), deadlineFor({ ...some, slot: 0 })];
        fc.pre(found.kind === "deadline" && planned.kind === "deadline");
        expect(planned.local <= found.local).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it("never moves later in a history without a cause, however often it is computed again, and wherever the device goes", () => {
    const change = fc.record({
      days: fc.integer({ min: 0, max: 20 }),
      zone: fc.constantFrom(...ZONES),
      noticeHours: fc.constantFrom(0, 24, 72),
      cause: fc.option(fc.constantFrom("plan-edited", "blackout-added"), { nil: undefined }),
    });
    fc.assert(
      fc.property(drawn, fc.array(change, { minLength: 1, maxLength: 6 }), (some, history) => {
        let [kept, openAt, local]: [Given | undefined, number, string] = [undefined, some.openAt, ""];
        for (const { days, zone, noticeHours, cause } of history) {
          openAt += days * 24 * HOUR;
          const found = deadlineFor({ ...some, openAt, noticeHours, clock: { kind: "known", zone } });
          if (found.kind !== "deadline") continue;
          const row = { version: "26.6", planId: "p", ring: 0, local: found.local, givenAt: openAt };
          const { given, moved } = keep(kept, row, cause);
          const wentLater = local !== "" && given.local > local;
          expect(wentLater && cause === undefined).toBe(false);
          expect(moved?.cause).toBe(moved === undefined ? undefined : cause);
          [kept, local] = [given, given.local];
        }
      }),
      { numRuns: 150 },
    );
  });
});
