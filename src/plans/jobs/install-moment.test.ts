/** When a job by command may order its install: at the edges of windows, of the lead before they close, and of deadlines. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { installFrom, installMoment, mayOrder, type Terms } from "./install-moment.ts";
import type { Job } from "./job.ts";
import { DAY, HOUR, MINUTE, newOne, NOON } from "./one-job.suite.ts";
import { windowAt } from "./window.ts";

const WINDOW = { from: "22:00", to: "05:00" } as const;
const OPENS = NOON + 10 * HOUR;
/** A quarter of an hour before its window ends. */
const LAST = NOON + 17 * HOUR - 15 * MINUTE;

describe("when an install may begin", () => {
  const moment = (now: number, window: Job["window"] = WINDOW) =>
    installMoment(newOne(window === undefined ? {} : { window }), now);
  it.each<[string, number, { open: boolean; opensAt: number; closesAt: number }]>([
    ["before the window", OPENS - 1, { open: false, opensAt: OPENS, closesAt: LAST }],
    ["as it opens", OPENS, { open: true, opensAt: OPENS, closesAt: LAST }],
    ["a moment before the lead", LAST - 1, { open: true, opensAt: OPENS, closesAt: LAST }],
    [
      "in the lead: a device would not be done in time",
      LAST,
      { open: false, opensAt: OPENS + DAY, closesAt: LAST + DAY },
    ],
    ["in its last minute", LAST + 15 * MINUTE - 1, { open: false, opensAt: OPENS + DAY, closesAt: LAST + DAY }],
    ["after it", LAST + 15 * MINUTE, { open: false, opensAt: OPENS + DAY, closesAt: LAST + DAY }],
  ])("%s", (_what, now, expected) => {
    expect(moment(now)).toEqual(expected);
  });

  it("is half of a window that is shorter than two leads", () => {
    expect(moment(OPENS, { from: "22:00", to: "22:20" })).toMatchObject({ open: true, closesAt: OPENS + 10 * MINUTE });
  });

  it("is at once in the next window where the clock skips the end of the one before", () => {
    // 4 October 2026 at Lord Howe: from 02:00 to 02:30. The window that ends at 02:10 ends at 02:40, and the next opens at 02:30.
    const terms = newOne({ window: { from: "02:30", to: "02:10" }, zone: "Australia/Lord_Howe" });
    const opens = Date.UTC(2026, 9, 3, 15, 30);
    expect(installMoment(terms, opens - 5 * MINUTE)).toMatchObject({ open: false, opensAt: opens });
    expect(installMoment(terms, opens + 5 * MINUTE)).toMatchObject({ open: true, opensAt: opens });
  });

  it("is any time without a window", () => {
    expect(installMoment(newOne(), NOON)).toEqual({ open: true, opensAt: NOON, closesAt: Number.MAX_SAFE_INTEGER });
  });
});

describe("a blackout", () => {
  const FAIR = { name: "fair", from: "2026-08-26", to: "2026-08-27" };
  /** Midnight of the 26th and of the 28th, UTC. */
  const [BEGINS, ENDS] = [NOON + 12 * HOUR, NOON + 60 * HOUR];
  const terms = (more: Partial<Terms> = {}): Terms => ({ ...newOne(), blackouts: [FAIR], ...more });

  it.each<[string, Partial<Terms>, number, { open: boolean; opensAt: number }]>([
    ["not before its first day", {}, BEGINS - MINUTE, { open: true, opensAt: BEGINS - MINUTE }],
    ["on its first day", {}, BEGINS, { open: false, opensAt: ENDS }],
    ["on its last", {}, ENDS - 1, { open: false, opensAt: ENDS }],
    ["not after it", {}, ENDS, { open: true, opensAt: ENDS }],
    [
      "with a window of the day after it",
      { window: { from: "09:00", to: "10:00" } },
      BEGINS,
      { open: false, opensAt: ENDS + 9 * HOUR },
    ],
    ["with a window that is open as it ends", { window: WINDOW }, BEGINS, { open: false, opensAt: ENDS }],
    [
      "with a window that opens in it next",
      { window: { from: "01:00", to: "02:00" } },
      NOON,
      { open: false, opensAt: ENDS + HOUR },
    ],
    [
      "followed by another",
      { blackouts: [FAIR, { ...FAIR, name: "next", from: "2026-08-28", to: "2026-08-28" }] },
      BEGINS,
      { open: false, opensAt: ENDS + DAY },
    ],
    ["with a deadline in it that has not moved", { deadlineAt: BEGINS + HOUR }, NOON, { open: false, opensAt: ENDS }],
    [
      "on the days of the device's zone",
      { zone: "Asia/Tokyo" },
      BEGINS - 9 * HOUR,
      { open: false, opensAt: ENDS - 9 * HOUR },
    ],
    ["only where something is installed", { goal: "downloaded" }, BEGINS, { open: true, opensAt: BEGINS }],
  ])("holds installs back %s", (_what, more, now, expected) => {
    const found = installMoment(terms(more), now);
    expect(found).toMatchObject(expected);
    expect(found.closesAt).toBeGreaterThan(found.opensAt);
  });

  it("holds back what was queued before it", () => {
    expect([BEGINS - 1, BEGINS, ENDS - 1, ENDS].map((now) => mayOrder(terms({ window: WINDOW }), now))).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });
});

describe("a moment of a job's own", () => {
  const terms = (more: Partial<Terms> = {}): Terms => ({ ...newOne(), deadlineAt: NOON, ...more });

  it("counts, and not the deadline", () => {
    const moment = "2026-08-27T12:00";
    expect(installFrom(terms({ moment }))).toBe(NOON + 2 * DAY);
    expect(installMoment(terms({ moment }), NOON + DAY)).toMatchObject({ open: false, opensAt: NOON + 2 * DAY });
    expect([2 * DAY - 1, 2 * DAY].map((after) => mayOrder(terms({ moment }), NOON + after))).toEqual([false, true]);
    // The last clock comes to it twelve hours after UTC.
    expect(installFrom(terms({ moment, zoneKnown: false }))).toBe(NOON + 2 * DAY + 12 * HOUR);
  });

  it("is none while it is taken back", () => {
    const back = terms({ recalled: "not-fetched" });
    expect([installMoment(back, NOON + DAY).open, mayOrder(back, NOON + DAY)]).toEqual([false, false]);
  });
});

describe("a deadline", () => {
  const terms = (deadlineAt: number, more: Partial<Terms> = {}): Terms => ({ ...newOne(), deadlineAt, ...more });
  const DUE = NOON + 3 * DAY;

  it("is the moment from which an install is ordered, without a window", () => {
    expect(installFrom(terms(DUE))).toBe(DUE);
    const at = (now: number) => installMoment(terms(DUE), now);
    const closesAt = Number.MAX_SAFE_INTEGER;
    expect([at(NOON), at(DUE - 1), at(DUE), at(DUE + DAY)]).toEqual([
      { open: false, opensAt: DUE, closesAt },
      { open: false, opensAt: DUE, closesAt },
      { open: true, opensAt: DUE, closesAt },
      { open: true, opensAt: DUE, closesAt },
    ]);
  });

  it("means nothing to a plan that installs nothing, and a plan without one installs at once", () => {
    expect(installFrom(terms(DUE, { goal: "downloaded" }))).toBeUndefined();
    expect(installFrom(terms(DUE, { goal: "notified" }))).toBeUndefined();
    expect(installFrom(newOne({ window: WINDOW }))).toBeUndefined();
  });

  // Of the three days, the third night: OPENS + 2 * DAY is the last opening before DUE.
  it.each([
    ["outside of the window: its last opening before", DUE, OPENS + 2 * DAY],
    ["as the window opens", OPENS, OPENS],
    ["a moment before it opens: the night before", OPENS - 1, OPENS - DAY],
    ["in the window", LAST - 1, LAST - 1],
    ["in the lead before it closes: its opening", LAST, OPENS],
    ["as it closes", LAST + 15 * MINUTE, OPENS],
  ])("%s", (_case, deadlineAt, from) => {
    expect(installFrom(terms(deadlineAt, { window: WINDOW }))).toBe(from);
  });

  it("lets the install be ordered in the window from then on, also after the deadline", () => {
    const at = (now: number, deadlineAt: number) => installMoment(terms(deadlineAt, { window: WINDOW }), now);
    expect(at(OPENS, DUE)).toEqual({ open: false, opensAt: OPENS + 2 * DAY, closesAt: LAST + 2 * DAY });
    expect(at(OPENS + 2 * DAY, DUE)).toMatchObject({ open: true, opensAt: OPENS + 2 * DAY });
    expect(at(DUE, DUE)).toMatchObject({ open: false, opensAt: OPENS + 3 * DAY });
    expect(at(OPENS + 5 * DAY, DUE)).toMatchObject({ open: true, opensAt: OPENS + 5 * DAY });
    // A deadline inside the night: not from the opening of that night.
    const inside = OPENS + HOUR;
    expect(at(OPENS, inside)).toEqual({ open: false, opensAt: inside, closesAt: LAST });
    expect(at(inside, inside)).toEqual({ open: true, opensAt: inside, closesAt: LAST });
    // The plan was made after the last opening before its deadline: the next one is late, and a window is kept.
    expect(at(NOON, NOON + HOUR)).toMatchObject({ open: false, opensAt: OPENS });
  });

  it("finds the last opening before a night whose short window the clock skips", () => {
    const window = { from: "02:10", to: "02:50" };
    const zone = "America/New_York";
    const after = Date.UTC(2026, 2, 8, 12);
    const skipped = installFrom(terms(after, { window, zone })) ?? 0;
    expect([skipped <= after, after - skipped <= DAY]).toEqual([true, true]);
    expect(windowAt(window, zone, skipped)).toMatchObject({ open: true, opensAt: skipped });
  });

  it("is never passed over, and never ordered outside of the window, in any zone", () => {
    const minute = fc
      .integer({ min: 0, max: 24 * 12 - 1 })
      .map((n) => new Date(n * 5 * MINUTE).toISOString().slice(11, 16));
    const drawn = fc.record({
      from: minute,
      to: minute,
      zone: fc.constantFrom(
        "Europe/Berlin",
        "Australia/Lord_Howe",
        "Pacific/Kiritimati",
        "Etc/GMT+12",
        "America/New_York",
      ),
      due: fc.integer({ min: 0, max: 365 * 288 }),
      after: fc.integer({ min: -3 * 288, max: 3 * 288 }),
    });
    fc.assert(
      fc.property(drawn, ({ from, to, zone, due, after }) => {
        fc.pre(from !== to);
        const deadlineAt = NOON + due * 5 * MINUTE;
        const some = terms(deadlineAt, { window: { from, to }, zone });
        const earliest = installFrom(some) ?? 0;
        // Not later than the deadline, and not a window too early: none opens between the two.
        expect(earliest).toBeLessThanOrEqual(deadlineAt);
        for (let at = earliest + 5 * MINUTE; at <= deadlineAt; at += 5 * MINUTE)
          expect(windowAt({ from, to }, zone, at).opensAt === at).toBe(false);
        const now = deadlineAt + after * 5 * MINUTE;
        const moment = installMoment(some, now);
        expect(moment.opensAt).toBeGreaterThanOrEqual(earliest);
        expect(moment.open).toBe(moment.opensAt <= now);
        expect(moment.closesAt).toBeGreaterThan(Math.max(now, moment.opensAt));
        const begins = Math.max(now, moment.opensAt);
        expect(windowAt({ from, to }, zone, begins).open).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});

describe("a deadline of a device whose zone is unknown", () => {
  const DUE = NOON + 3 * DAY + 5 * HOUR;
  const terms = (more: Partial<Terms> = {}): Terms => ({ ...newOne(), deadlineAt: DUE, zoneKnown: false, ...more });

  it("has come when every time zone has reached it, and nothing is installed before", () => {
    expect(installFrom(terms())).toBe(DUE + 12 * HOUR);
    const at = (now: number) => installMoment(terms(), now).open;
    expect([at(DUE), at(DUE + 12 * HOUR - 1), at(DUE + 12 * HOUR)]).toEqual([false, false, true]);
    // The same local time, whatever zone is assumed: 17:00 in Berlin is 15:00 UTC.
    expect(installFrom(terms({ zone: "Europe/Berlin", deadlineAt: DUE - 2 * HOUR }))).toBe(DUE + 12 * HOUR);
  });

  it("is judged in the zone that an admin named, and in the device's own", () => {
    expect(installFrom(terms({ zoneNamed: true }))).toBe(DUE);
    expect(installFrom(terms({ zoneKnown: true }))).toBe(DUE);
    expect(installFrom(terms({ zoneNamed: true, window: WINDOW }))).toBe(OPENS + 2 * DAY);
  });

  it("keeps the windows of the assumed zone, from the moment on", () => {
    // The last opening before the deadline is 22:00 on Thursday, which comes last at 10:00 UTC on Friday.
    const opened = OPENS + 2 * DAY;
    expect(installFrom(terms({ window: WINDOW }))).toBe(opened + 12 * HOUR);
    const at = (now: number) => installMoment(terms({ window: WINDOW }), now);
    expect(at(opened)).toEqual({ open: false, opensAt: opened + DAY, closesAt: LAST + 3 * DAY });
    expect(at(opened + DAY)).toMatchObject({ open: true, opensAt: opened + DAY });
  });

  it("is on no clock before it, whatever zone is assumed", () => {
    const zones = ["Europe/Berlin", "Australia/Lord_Howe", "Pacific/Kiritimati", "Etc/GMT+12", "Asia/Kathmandu", "UTC"];
    const drawn = fc.record({
      zone: fc.constantFrom(...zones),
      own: fc.constantFrom(...zones),
      due: fc.integer({ min: 0, max: 365 * 1440 }),
    });
    fc.assert(
      fc.property(drawn, ({ zone, own, due }) => {
        const deadlineAt = NOON + due * MINUTE;
        const from = installFrom(terms({ zone, deadlineAt })) ?? 0;
        const shown = (at: number, timeZone: string) =>
          new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short", timeZone }).format(at);
        expect(shown(from, own) >= shown(deadlineAt, zone)).toBe(true);
        expect(shown(from, "Etc/GMT+12")).toBe(shown(deadlineAt, zone));
      }),
      { seed: 11, numRuns: 300 },
    );
  });
});
