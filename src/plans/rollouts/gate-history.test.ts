/** The gate over random histories: releases, what their rings show, and what persons do. */
import { Temporal } from "temporal-polyfill";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { random } from "../../../simulator/random.ts";
import { HOUR } from "../jobs/units.ts";
import type { RunSince } from "./context.ts";
import { NO_COUNTS, type RingCounts } from "./counts.ts";
import { at, decideAll, type Gate, keyOf, type Made, PLAN, rollout, runOf, type World, ZONE } from "./gate.suite.ts";
import { dateIn } from "./opening.ts";
import { runsAfterResume } from "./rollout-state.ts";
import { runAfter } from "./run-state.ts";
import { type RolloutEvent, rolloutNext, type RunEvent, runNext } from "./tables.ts";

const VERBS = ["hold", "pause", "resume", "resume", "resume", "abort"] as const;
type Act =
  | { readonly kind: "wait"; readonly hours: number }
  | { readonly kind: "release"; readonly version: number; readonly urgent: boolean }
  | { readonly kind: "rollout"; readonly pick: number; readonly verb: RolloutEvent }
  | { readonly kind: "run"; readonly pick: number; readonly verb: RunEvent };

const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ kind: fc.constant("wait" as const), hours: fc.integer({ min: 1, max: 40 }) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("release" as const),
        version: fc.integer({ min: 1, max: 9 }),
        urgent: fc.boolean(),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("rollout" as const),
        pick: fc.nat(9),
        verb: fc.constantFrom(...VERBS),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("run" as const),
        pick: fc.nat(60),
        verb: fc.constantFrom("promote" as const, "wait" as const),
      }),
    },
  ),
  { minLength: 60, maxLength: 120 },
);

/** What a ring shows at random, changing every 20 hours: mostly well. */
function shown(run: RunSince, now: number): RingCounts {
  const { integer, next } = random(`${keyOf(run)}/${Math.floor(now / (20 * HOUR))}`);
  const members = [0, 3, 9, 12, 60, 300][integer(0, 5)] ?? 0;
  const away = next() < 0.1 ? members : integer(0, Math.floor(members / 6));
  const failures = next() < 0.8 ? 0 : integer(0, Math.min(6, members - away));
  const unclear = next() < 0.7 ? 0 : integer(0, Math.min(3, members - away - failures));
  const good = integer(0, 2) === 0 ? 0 : members - away - failures - unclear;
  const since = { startedSince: good + failures + unclear, failuresSince: failures, unclearSince: unclear };
  return { ...NO_COUNTS, members, away, failed: failures, unclear, good, settled: good, ...since };
}

const START = at("2026-02-02T12:00");
const world: World & { now: number } = {
  now: START,
  countsOf: (run) => shown(run, world.now),
  deadlineOf: (run, of) => (run.openedAt ?? of.since) + 40 * HOUR,
  knownAt: (of) => of.since,
};

function act(gate: Gate, one: Act): void {
  const { now } = world;
  if (one.kind === "release") {
    const version = `26.${one.version}`;
    if (gate.rollouts.some((of) => of.version === version)) return;
    const of = rollout(version, { base: dateIn(now, ZONE), since: now });
    const kinds = one.urgent ? [false, true] : [false];
    gate.rollouts = [...gate.rollouts, of];
    gate.runs = [
      ...gate.runs,
      ...kinds.flatMap((urgent) => PLAN.rings.map((_, ring) => runOf(of, ring, { urgent, since: now }))),
    ];
  }
  if (one.kind === "rollout") {
    const of = gate.rollouts[one.pick % Math.max(1, gate.rollouts.length)];
    const state = of === undefined ? undefined : rolloutNext(of.state, one.verb);
    if (of === undefined || state === undefined) return;
    gate.rollouts = gate.rollouts.map((it) => (it === of ? { ...of, state, since: now } : it));
    const own = gate.runs.filter(({ rolloutId }) => rolloutId === of.id);
    if (one.verb === "resume")
      gate.runs = [...gate.runs.filter(({ rolloutId }) => rolloutId !== of.id), ...runsAfterResume(own, now)];
  }
  if (one.kind === "run") {
    const run = gate.runs[one.pick % Math.max(1, gate.runs.length)];
    const to = run === undefined ? undefined : runNext(run, one.verb);
    if (run === undefined || to === undefined) return;
    gate.asked.delete(keyOf(run));
    gate.runs = gate.runs.map((it) => (it === run ? runAfter(run, to, now) : it));
  }
}

/** Lets a history happen, and checks each decision after it was made. Gives how many there were. */
function live(history: readonly Act[], check: (gate: Gate, made: Made) => void): number {
  const gate: Gate = { plan: PLAN, rollouts: [], runs: [], asked: new Map() };
  world.now = START;
  let count = 0;
  for (const one of history) {
    for (let hour = 0; hour < (one.kind === "wait" ? one.hours : 1); hour += 1) {
      if (hour === 0) act(gate, one);
      const made = decideAll(gate, world, world.now);
      count += made.length;
      for (const decision of made) check(gate, decision);
      // A second process that looks at the same time finds nothing left to decide.
      expect(decideAll(gate, world, world.now)).toEqual([]);
      if (one.kind === "wait") world.now += HOUR;
    }
  }
  return count;
}

describe("the gate over random histories", () => {
  it("targets 13.4, 13.7 and 13.11: opens no ring early, passes none with too many failures, and decides once", () => {
    const kinds = new Map<string, number>();
    fc.assert(
      fc.property(acts, (history) => {
        live(history, (gate, { what, run, of, numbers, at: when }) => {
          kinds.set(what, (kinds.get(what) ?? 0) + 1);
          const local = Temporal.Instant.fromEpochMilliseconds(when).toZonedDateTimeISO(ZONE);
          const normal = run?.urgent === false;
          const before = gate.runs.find(
            (one) => one.rolloutId === of.id && run !== undefined && one.ring === run.ring - 1 && !one.urgent,
          );
          const opens = what === "open";
          expect(!opens || of.state === "running").toBe(true);
          expect(!opens || !normal || before === undefined || before.state === "passed").toBe(true);
          expect(!opens || !normal || (local.hour === 9 && local.dayOfWeek <= 5)).toBe(true);
          expect(!opens || local.hour >= 9).toBe(true);
          const last = run?.ring === PLAN.rings.length - 1;
          const bad = Number(numbers["failures"]) + Number(numbers["unclear"]);
          expect(what !== "pass" || last || numbers["members"] === 0 || bad <= Number(numbers["allowed"])).toBe(true);
          expect(what !== "pass" || of.state === "running" || of.state === "held").toBe(true);
        });
      }),
      { numRuns: 10 },
    );
    // The histories have some of everything.
    expect([...kinds.keys()].toSorted()).toEqual(["ask", "open", "pass", "pause", "supersede"]);
  });
});
