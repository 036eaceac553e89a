/** A year of releases through three rings, of which a fifth of the devices is hindered without end. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays } from "../deadlines/local.ts";
import { DAY, HOUR } from "../jobs/units.ts";
import type { RunSince } from "./context.ts";
import { NO_COUNTS, type RingCounts } from "./counts.ts";
import {
  at,
  deadlineOf as ringDeadline,
  decideAll,
  type Gate,
  keyOf,
  PLAN,
  rollout,
  runOf,
  type World,
} from "./gate.suite.ts";
import type { Rollout } from "./rollout.ts";
import { runAfter } from "./run-state.ts";
import { runNext } from "./tables.ts";

const FIRST_DAY = "2026-01-05";
const DAYS = 365;
const DUE = [2, 9, 17];
const SIZES = [50, 200, 750];

interface Year {
  /** Days on which a release is posted, from the first day of the year. */
  readonly days: readonly number[];
  /** The day on which a fifth of each ring becomes hindered, without end; "each": with each release again, after it was given. */
  readonly hindered: number | "each";
  /** When a person promotes what asks; null: nobody does. */
  readonly answersAt: string | null;
}

/** When each release opened in each ring. */
interface Opened {
  readonly release: number;
  readonly ring: number;
  readonly at: number;
}

function live({ days, hindered, answersAt }: Year): readonly Opened[] {
  const gate: Gate = { plan: PLAN, rollouts: [], runs: [], asked: new Map() };
  const deadlines = new Map<string, number>();
  const deadlineOf = (run: RunSince, of: Rollout): number => {
    const known = deadlines.get(keyOf(run));
    if (known !== undefined) return known;
    // Nothing is asked of a ring that has not opened.
    if (run.openedAt === null) return Number.POSITIVE_INFINITY;
    const deadline = at(ringDeadline(of.base, DUE[run.ring] ?? 0, run.openedAt));
    deadlines.set(keyOf(run), deadline);
    return deadline;
  };
  const hinderedAt = hindered === "each" ? null : at(`${addDays(FIRST_DAY, hindered)}T12:00`);
  let now = 0;
  const world: World = {
    deadlineOf,
    knownAt: (of) => at(`${of.base}T20:00`),
    countsOf: (run, of) => {
      const size = SIZES[run.ring] ?? 0;
      const deadline = deadlineOf(run, of);
      const since = now - deadline;
      if (hinderedAt === null) return ringOf(size, "since", since);
      if (run.openedAt !== null && run.openedAt > hinderedAt) return ringOf(size, "before", since);
      return ringOf(size, deadline > hinderedAt ? "since" : "none", since);
    },
  };
  const opened: Opened[] = [];
  const decide = (local: string): void => {
    now = at(local);
    for (const { what, of, run } of decideAll(gate, world, now))
      if (what === "open" && run !== undefined) opened.push({ release: releaseOf(of), ring: run.ring, at: now });
  };
  for (let day = 0; day < DAYS; day += 1) {
    const date = addDays(FIRST_DAY, day);
    decide(`${date}T09:00`);
    if (answersAt !== null && answersAt < "17:00") promoteAll(gate, at(`${date}T${answersAt}`));
    decide(`${date}T17:00`);
    if (answersAt !== null && answersAt > "17:00") promoteAll(gate, at(`${date}T${answersAt}`));
    const release = days.indexOf(day);
    if (release < 0) continue;
    const of = rollout(`26.${release}`, { base: date, since: at(`${date}T20:00`) });
    // Those before have been decided long ago, and would only cost time.
    gate.rollouts = [...gate.rollouts.slice(-7), of];
    const kept = gate.runs.filter((run) => gate.rollouts.some(({ id }) => id === run.rolloutId));
    gate.runs = [...kept, ...SIZES.map((_, ring) => runOf(of, ring, { since: of.since }))];
  }
  return opened;
}

const releaseOf = ({ version }: Rollout): number => Number(version.split(".")[1]);

/** All start at the deadline and are good, or four of five: the others are in the way of nothing but their own update. */
function ringOf(members: number, hindered: "none" | "before" | "since", sinceDeadline: number): RingCounts {
  const waits = hindered === "none" ? 0 : Math.ceil(members / 5);
  const started = sinceDeadline >= 0 ? members - waits : 0;
  const good = sinceDeadline >= 3 * HOUR ? started : 0;
  const settled = sinceDeadline >= 48 * HOUR ? good : 0;
  const pending = members - waits - good;
  const counts = { ...NO_COUNTS, members, good, settled, startedSince: started, pending };
  return hindered === "before" ? { ...counts, hinderedBefore: waits } : { ...counts, hindered: waits };
}

function promoteAll(gate: Gate, now: number): void {
  gate.runs = gate.runs.map((run) => {
    const to = runNext(run, "promote");
    return to === undefined ? run : runAfter(run, to, now);
  });
}

/** For each ring and release: how many days after its planned day the ring was given it or a newer one. */
function waits({ days }: Year, opened: readonly Opened[]): readonly number[] {
  return days.flatMap((day, release) =>
    PLAN.rings.map(({ opens }, ring) => {
      const times = opened.filter((one) => one.ring === ring && one.release >= release).map((one) => one.at);
      const planned = at(`${addDays(FIRST_DAY, day + opens)}T09:00`);
      // What is planned near the end of the year opens in the next one.
      return day + opens + 30 > DAYS ? 0 : (Math.min(...times) - planned) / DAY;
    }),
  );
}

const every = (interval: number): number[] =>
  Array.from({ length: Math.floor((DAYS - 1) / interval) }, (_, i) => 1 + i * interval);
const years: readonly (readonly [string, Year, number])[] = [
  ["weekly, hindered from the start", { days: every(7), hindered: -1, answersAt: null }, 3],
  ["weekly, hindered from some day on", { days: every(7), hindered: 100, answersAt: null }, 14],
  ["monthly, hindered from the start", { days: every(30), hindered: -1, answersAt: null }, 4],
  ["monthly, hindered from some day on", { days: every(30), hindered: 92, answersAt: null }, 31],
  [
    "weekly, hindered in each again, answered in the evening",
    { days: every(7), hindered: "each", answersAt: "20:00" },
    10,
  ],
  [
    "monthly, hindered in each again, answered on the next day",
    { days: every(30), hindered: "each", answersAt: "11:00" },
    10,
  ],
];

describe("targets R11: with 20 percent hindered without end every ring receives each release or a newer one", () => {
  it.each(years)("%s", (_title, year, days) => {
    expect(Math.max(...waits(year, live(year)))).toBeLessThanOrEqual(days);
  });

  it("as a property, for releases at any intervals", () => {
    const intervals = fc.array(fc.integer({ min: 2, max: 45 }), { minLength: 5, maxLength: 30 });
    fc.assert(
      fc.property(intervals, fc.integer({ min: -1, max: 200 }), (gaps, hindered) => {
        let day = 0;
        const days = gaps.map((gap) => (day += gap)).filter((one) => one < DAYS);
        const year = { days, hindered, answersAt: null };
        expect(Math.max(...waits(year, live(year)))).toBeLessThanOrEqual(45 + 10);
      }),
      { numRuns: 6 },
    );
  });

  it("nobody who answers: the first ring receives each release, and the next one nothing", () => {
    const year = { days: every(30), hindered: "each", answersAt: null } as const;
    const rings = new Set(live(year).map(({ ring }) => ring));
    expect([...rings]).toEqual([0]);
    expect(live(year)).toHaveLength(year.days.length);
  });
});
