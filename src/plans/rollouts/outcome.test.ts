import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BLOCKER_CODES } from "../jobs/blocker.ts";
import { DAY, HOUR } from "../jobs/units.ts";
import { member, MOMENT, OPENED } from "./member.suite.ts";
import { FAILURE_SIGNS, HINDRANCES, type MemberFacts, OUTCOMES, type OutcomeKind, outcomeOf } from "./outcome.ts";

type Row = readonly [title: string, facts: Partial<MemberFacts>, now: number, kind: OutcomeKind, since?: number];
const T = OPENED + 2 * HOUR;
const DAYS_7 = 7 * DAY;
const H72 = 72 * HOUR;
const reached = (heard: number): Partial<MemberFacts> => ({ startedAt: T, reachedAt: T, lastSeenAt: T + heard });
const reported = { report: { at: MOMENT + HOUR, namesHindrance: false }, startedAt: MOMENT, momentAt: MOMENT };
const installing = { installingAt: T, startedAt: T, lastSeenAt: T, momentAt: null };
const lastHeard = (at: number): Partial<MemberFacts> => ({ lastSeenAt: at });

/** Each row of R6, with its edges: a millisecond before, at the time, and one after. */
const ROWS: readonly Row[] = [
  ["good: heard 1 h later, less 1 ms", reached(HOUR - 1), T + DAY, "pending", OPENED],
  ["good: heard 1 h later", reached(HOUR), T + DAY, "good", T + HOUR],
  ["good: heard 1 h later and 1 ms", reached(HOUR + 1), T + DAY, "good", T + HOUR],
  ["good: there 1 ms after the opening", { reachedAt: OPENED + 1, startedAt: OPENED + 1 }, T, "pending"],
  ["good: there at the opening", { reachedAt: OPENED }, OPENED, "good", OPENED],
  ["good: there before the opening", { reachedAt: OPENED - DAY, lastSeenAt: OPENED - DAY }, OPENED, "good", OPENED],
  ["good comes before failed", { ...reached(HOUR), jobFailedAt: T, wentBackAt: T }, T + DAY, "good"],
  ["good comes before away", { ...reached(HOUR), excluded: true }, T + DAY, "good"],

  ["failed: a sign once", { startedAt: T, signs: { at: [T], since: null } }, T, "pending"],
  ["failed: a sign twice", { startedAt: T, signs: { at: [T, T + 5], since: null } }, T + 5, "failed", T + 5],
  ["failed: the second sign is ahead", { startedAt: T, signs: { at: [T, T + 5], since: null } }, T + 4, "pending"],
  ["failed: twice before it started", { signs: { at: [T, T + 5], since: null } }, T + 9, "pending"],
  ["failed: started after both", { startedAt: T + 9, signs: { at: [T, T + 5], since: null } }, T + 9, "failed", T + 9],
  ["failed: lasts 24 h, less 1 ms", { startedAt: T, signs: { at: [T], since: T } }, T + DAY - 1, "pending"],
  ["failed: lasts 24 h", { startedAt: T, signs: { at: [T], since: T } }, T + DAY, "failed", T + DAY],
  ["failed: lasts 24 h and 1 ms", { startedAt: T, signs: { at: [T], since: T } }, T + DAY + 1, "failed", T + DAY],
  ["failed: lasts, not started", { lastSeenAt: T + DAY, signs: { at: [T], since: T } }, T + DAY, "pending"],
  [
    "failed: its report, heard 1 ms too early",
    { ...reported, ...lastHeard(MOMENT + DAY - 1) },
    MOMENT + DAY,
    "pending",
  ],
  [
    "failed: its report, heard 24 h later",
    { ...reported, ...lastHeard(MOMENT + DAY) },
    MOMENT + DAY,
    "failed",
    MOMENT + DAY,
  ],
  [
    "failed: its report, heard 1 ms after",
    { ...reported, ...lastHeard(MOMENT + DAY + 1) },
    MOMENT + DAY + 1,
    "failed",
    MOMENT + DAY,
  ],
  [
    "failed: its report names a hindrance",
    { ...reported, ...lastHeard(MOMENT + DAY), report: { at: MOMENT, namesHindrance: true } },
    MOMENT + DAY,
    "pending",
  ],
  [
    "failed: its report, and no longer below",
    { ...reported, ...lastHeard(MOMENT + DAY), reachedAt: MOMENT + DAY },
    MOMENT + DAY,
    "pending",
  ],
  ["failed: a report without a moment", { ...reported, momentAt: null, ...lastHeard(T + DAY) }, T + DAY, "pending"],
  [
    "failed: a late report",
    { ...reported, report: { at: MOMENT + 2 * DAY, namesHindrance: false }, ...lastHeard(MOMENT + 2 * DAY) },
    MOMENT + 2 * DAY,
    "failed",
    MOMENT + 2 * DAY,
  ],
  ["failed: its job failed", { startedAt: T, jobFailedAt: T + 3 }, T + 3, "failed", T + 3],
  ["failed: it went back", { startedAt: T, wentBackAt: T + 3 }, T + 3, "failed", T + 3],
  ["failed: there again after it went back", { ...reached(0), wentBackAt: T - 1 }, T, "pending"],
  ["failed comes before lost", { ...installing, jobFailedAt: T }, T + H72, "failed", T],
  ["failed after it was lost", { ...installing, jobFailedAt: T + 9 * DAY }, T + 9 * DAY, "failed", T + H72],
  ["failed comes before away", { startedAt: T, jobFailedAt: T, excluded: true }, T, "failed", T],

  ["unclear: silent for 1 h, less 1 ms", installing, T + HOUR - 1, "pending"],
  ["unclear: silent for 1 h", installing, T + HOUR, "unclear", T + HOUR],
  ["unclear: silent for 1 h and 1 ms", installing, T + HOUR + 1, "unclear", T + HOUR],
  ["unclear: heard since", { ...installing, ...lastHeard(T + 9) }, T + HOUR + 8, "pending"],
  ["unclear: silent for 72 h, less 1 ms", installing, T + H72 - 1, "unclear", T + HOUR],
  ["lost: silent for 72 h", installing, T + H72, "lost", T + H72],
  ["lost: silent for 72 h and 1 ms", installing, T + H72 + 1, "lost", T + H72],
  ["lost comes before away", { ...installing, excluded: true }, T + DAYS_7, "lost", T + H72],
  ["unclear: heard 1 h before its moment", lastHeard(MOMENT - HOUR), MOMENT, "unclear", MOMENT],
  ["unclear: heard 1 h and 1 ms before", lastHeard(MOMENT - HOUR - 1), MOMENT, "pending"],
  ["unclear: heard 1 ms before", lastHeard(MOMENT - 1), MOMENT - 1 + HOUR, "unclear", MOMENT - 1 + HOUR],
  ["unclear: heard at its moment", { ...lastHeard(MOMENT), startedAt: MOMENT }, MOMENT + HOUR, "pending"],
  ["unclear: silent before its moment for 1 h, less 1 ms", lastHeard(MOMENT - 9), MOMENT - 10 + HOUR, "pending"],
  ["unclear: silent before its moment for 72 h, less 1 ms", lastHeard(MOMENT - 9), MOMENT - 10 + H72, "unclear"],
  ["unclear: silent before its moment for 72 h", lastHeard(MOMENT - 9), MOMENT - 9 + H72, "pending"],
  ["unclear comes before away", { ...lastHeard(MOMENT - 9), excluded: true }, MOMENT + HOUR, "unclear"],

  ["away: over its moment and 72 h, less 1 ms", lastHeard(MOMENT - 9), MOMENT + H72 - 1, "pending"],
  ["away: over its moment and 72 h", lastHeard(MOMENT - 9), MOMENT + H72, "away", MOMENT + H72],
  ["away: over its moment and 72 h and 1 ms", lastHeard(MOMENT - 9), MOMENT + H72 + 1, "away", MOMENT + H72],
  ["away: heard at its moment", { ...lastHeard(MOMENT), startedAt: MOMENT }, MOMENT + H72, "pending"],
  ["away: not heard for 7 days, less 1 ms", { ...lastHeard(T), momentAt: null }, T + DAYS_7 - 1, "pending"],
  ["away: not heard for 7 days", { ...lastHeard(T), momentAt: null }, T + DAYS_7, "away", T + DAYS_7],
  ["away: not heard for 7 days and 1 ms", { ...lastHeard(T), momentAt: null }, T + DAYS_7 + 1, "away", T + DAYS_7],
  ["away: 7 days, but started", { ...lastHeard(T), momentAt: null, startedAt: T }, T + DAYS_7, "pending"],
  ["away: never heard", { lastSeenAt: null }, OPENED, "away", OPENED],
  ["away: excluded", { excluded: true }, OPENED, "away", OPENED],
  ["away comes before hindered", { excluded: true, hindrance: { since: OPENED } }, OPENED, "away"],

  ["hindered before it was given", { hindrance: { since: OPENED - 1 } }, T, "hindered-before", OPENED - 1],
  ["hindered since it was given", { hindrance: { since: OPENED } }, T, "hindered", OPENED],
  ["hindered after it was given", { hindrance: { since: OPENED + 1 } }, T, "hindered", OPENED + 1],
  ["hindered, and not given yet", { hindrance: { since: OPENED + 1 }, givenAt: null }, T, "hindered-before"],
  ["pending", {}, T, "pending", OPENED],
];

describe("targets R6: the outcome of a member", () => {
  const rows = ROWS.map(([title, facts, now, kind, since]) => ({ title, facts, now, kind, since }));
  it.each(rows)("$title", ({ facts, now, kind, since }) => {
    const outcome = outcomeOf(member(facts), now, "normal");
    expect(outcome).toEqual({ kind, since: since ?? outcome.since });
  });

  it("has rows for every outcome", () => {
    expect(new Set(ROWS.map(([, , , kind]) => kind))).toEqual(new Set(OUTCOMES));
  });

  it.each([
    [12 * HOUR - 1, "unclear"],
    [12 * HOUR, "lost"],
    [12 * HOUR + 1, "lost"],
  ] as const)("targets U2: in an urgent run %i ms of silence are %s", (silence, kind) => {
    expect(outcomeOf(member(installing), T + silence, "urgent").kind).toBe(kind);
  });

  it.each([
    [12 * HOUR - 1, "unclear"],
    [12 * HOUR, "pending"],
    [H72 - 9, "pending"],
    [H72, "away"],
  ] as const)("targets U2: silent over its moment in an urgent run for %i ms it is %s", (silence, kind) => {
    expect(
      outcomeOf(member(lastHeard(MOMENT - 9)), MOMENT - 9 + silence + (silence === H72 ? 9 : 0), "urgent").kind,
    ).toBe(kind);
  });

  it("targets R7: a laptop that is closed on Friday evening and opened on Monday morning is not lost", () => {
    const friday = Date.UTC(2026, 7, 21, 18);
    const closed = member({ installingAt: friday, startedAt: friday, lastSeenAt: friday });
    expect(outcomeOf(closed, Date.UTC(2026, 7, 24, 9), "normal").kind).toBe("unclear");
  });

  it("tells what fails from what hinders, among the blockers of jobs", () => {
    expect(FAILURE_SIGNS.filter((code) => HINDRANCES.includes(code))).toEqual([]);
    expect([...FAILURE_SIGNS, ...HINDRANCES].filter((code) => !BLOCKER_CODES.includes(code))).toEqual([]);
  });
});

const time = fc.integer({ min: -200, max: 400 }).map((hours) => OPENED + (hours * HOUR) / 2);
const maybe = fc.option(time, { nil: null });
const someMember: fc.Arbitrary<MemberFacts> = fc.record({
  openedAt: fc.constant(OPENED),
  givenAt: fc.constantFrom(null, OPENED, OPENED + DAY),
  startedAt: maybe,
  lastSeenAt: maybe,
  reachedAt: maybe,
  wentBackAt: maybe,
  installingAt: maybe,
  signs: fc.record({ at: fc.array(time, { maxLength: 3 }).map((at) => at.toSorted((a, b) => a - b)), since: maybe }),
  report: fc.option(fc.record({ at: time, namesHindrance: fc.boolean() }), { nil: null }),
  jobFailedAt: maybe,
  hindrance: fc.option(fc.record({ since: time }), { nil: null }),
  momentAt: maybe,
  excluded: fc.boolean(),
});
/** All that it was told of has happened by then. */
const NOW = OPENED + 200 * HOUR;
const later = fc.integer({ min: 0, max: 400 }).map((hours) => NOW + hours * HOUR);
const run = fc.constantFrom("normal", "urgent");

describe("targets R6, as properties: the outcome of a member", () => {
  it("is the first row that applies in a list of the rows that shares nothing with it", () => {
    fc.assert(
      fc.property(someMember, later, run, (facts, now, kind) => {
        expect(outcomeOf(facts, now, kind).kind).toBe(firstRow(facts, now, kind === "urgent" ? 12 : 72));
      }),
      { numRuns: 3000 },
    );
  });

  it("has come by now, and comes no later when time passes", () => {
    fc.assert(
      fc.property(someMember, later, later, run, (facts, a, b, kind) => {
        const [first, second] = [Math.min(a, b), Math.max(a, b)];
        const [then, now] = [outcomeOf(facts, first, kind), outcomeOf(facts, second, kind)];
        expect(now.since).toBeLessThanOrEqual(second);
        const stays = ["good", "failed"].includes(then.kind);
        expect(stays ? now : then).toEqual(then);
        // One that is lost can fail too, and stays a failure since the same time.
        const counts = then.kind === "lost";
        expect(!counts || ["lost", "failed"].includes(now.kind)).toBe(true);
        expect(counts ? now.since : then.since).toBe(then.since);
        // Time alone makes nobody good, and ends no absence except that of a member that may be lost.
        expect(now.kind === "good").toBe(then.kind === "good");
        expect(then.kind !== "away" || ["away", "failed"].includes(now.kind)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

/** R6 read again, row by row. */
function firstRow(m: MemberFacts, now: number, lostHours: number): OutcomeKind {
  const hours = (from: number | null, to: number | null) =>
    from === null || to === null ? Number.NaN : (to - from) / HOUR;
  const below = m.reachedAt === null;
  const heardInHour = hours(m.lastSeenAt, m.momentAt) <= 1 && hours(m.lastSeenAt, m.momentAt) > 0;
  const silence = hours(m.installingAt === null ? m.lastSeenAt : Math.max(m.installingAt, m.lastSeenAt ?? 0), now);
  const signs = m.signs.at.length >= 2 || hours(m.signs.since, now) >= 24;
  const report = m.report?.namesHindrance === false && hours(m.momentAt, m.lastSeenAt) >= 24 && below;
  const silentOver = m.momentAt !== null && (m.lastSeenAt === null || m.lastSeenAt < m.momentAt);
  const rows: [OutcomeKind, boolean][] = [
    ["good", !below && ((m.reachedAt ?? 0) <= m.openedAt || hours(m.reachedAt, m.lastSeenAt) >= 1)],
    ["failed", (m.startedAt !== null && signs) || report || m.jobFailedAt !== null || (below && m.wentBackAt !== null)],
    ["lost", m.installingAt !== null && silence >= lostHours],
    ["unclear", (m.installingAt !== null || heardInHour) && silence >= 1 && silence < lostHours],
    [
      "away",
      (m.startedAt === null && !(hours(m.lastSeenAt, now) < 24 * 7)) || (silentOver && hours(m.momentAt, now) >= 72),
    ],
    ["away", m.excluded],
    ["hindered-before", m.hindrance !== null && (m.givenAt === null || m.hindrance.since < m.givenAt)],
    ["hindered", m.hindrance !== null],
  ];
  return rows.find(([, applies]) => applies)?.[0] ?? "pending";
}
