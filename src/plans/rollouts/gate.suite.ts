/** A plan in Berlin with three rings and its gate in memory: for tests what the gate's loop is for the server. */
import { Temporal } from "temporal-polyfill";
import { deadlineFor } from "../deadlines/deadline-for.ts";
import type { LocalDate, LocalDateTime } from "../deadlines/local.ts";
import type { GateContext, GatePlan, RunSince } from "./context.ts";
import { NO_COUNTS, type RingCounts } from "./counts.ts";
import { PRESET } from "./preset.ts";
import { nextOfRollout } from "./rollout-state.ts";
import { hasOpened, isOlder, type Numbers, type Rollout } from "./rollout.ts";
import { nextOf, runAfter } from "./run-state.ts";

export const ZONE = "Europe/Berlin";
export const at = (local: string): number => Temporal.PlainDateTime.from(local).toZonedDateTime(ZONE).epochMilliseconds;

export const PLAN: GatePlan = {
  kind: "standing",
  zone: ZONE,
  rings: [
    { opens: 0, approval: "gate" },
    { opens: 8, approval: "gate" },
    { opens: 15, approval: "gate" },
  ],
  maxFailurePercent: 5,
  urgentDays: 3,
};

/** The deadline of a ring that is due `days` days after `base` and was opened at `openAt`, by the preset. */
export function deadlineOf(base: LocalDate, days: number, openAt: number): LocalDateTime {
  const found = deadlineFor({
    due: { base, days, at: "17:00" },
    clock: { kind: "known", zone: ZONE },
    rules: { skipWeekdays: PRESET.skipWeekdays, blackouts: [] },
    noticeHours: PRESET.noticeHours,
    urgent: false,
    openAt,
    slot: 0,
  });
  return found.kind === "deadline" ? found.local : found.kind;
}

/** Of a release that the server saw on Monday 17 August 2026 at 20:10. */
export const KNOWN = at("2026-08-17T20:10");
export const rollout = (version: string, values: Partial<Rollout> = {}): Rollout => ({
  id: `${version}${values.extra ?? ""}${values.blockId ?? ""}`,
  planId: "plan",
  platform: "macOS",
  version,
  extra: null,
  base: "2026-08-17",
  urgentBelow: null,
  blockId: null,
  blackoutLifted: false,
  instead: null,
  state: "running",
  reason: "",
  since: KNOWN,
  beganAt: KNOWN,
  ...values,
});

export const runOf = (of: Rollout, ring: number, values: Partial<RunSince> = {}): RunSince => {
  const { since = KNOWN } = values;
  const opened = values.state !== undefined && values.state !== "waiting" ? since : null;
  return {
    rolloutId: of.id,
    ring,
    urgent: false,
    state: "waiting",
    openedAt: opened,
    countFrom: opened,
    since,
    ...values,
  };
};

/** What a test says of a run; `counts`: all members pending where it says nothing. */
export const context = (values: Partial<GateContext>): GateContext => ({
  plan: PLAN,
  rollouts: [],
  runs: [],
  knownAt: KNOWN,
  counts: { ...NO_COUNTS, members: 100, pending: 100 },
  deadlineAt: at("2026-08-19T17:00"),
  asked: null,
  inBlackout: false,
  ...values,
});

export interface Gate {
  readonly plan: GatePlan;
  rollouts: readonly Rollout[];
  runs: readonly RunSince[];
  /** Questions that nobody has answered, by run. */
  readonly asked: Map<string, string>;
}

export interface World {
  readonly countsOf: (run: RunSince, of: Rollout) => RingCounts;
  readonly deadlineOf: (run: RunSince, of: Rollout) => number;
  readonly knownAt: (of: Rollout) => number;
  readonly inBlackout?: boolean;
}

export interface Made {
  readonly of: Rollout;
  /** Absent: about the whole rollout. */
  readonly run?: RunSince;
  readonly what: string;
  readonly reason: string;
  readonly numbers: Numbers;
  readonly at: number;
}

export const keyOf = ({ rolloutId, ring, urgent }: RunSince): string => `${rolloutId}/${ring}/${urgent}`;

/** Decides until nothing changes any more at `now`: rollouts first, then runs, from the oldest release to the newest. */
export function decideAll(gate: Gate, world: World, now: number): readonly Made[] {
  const made: Made[] = [];
  for (;;) {
    const count = made.length;
    for (const id of oldestFirst(gate.rollouts)) made.push(...decideRollout(gate, world, id, now));
    for (const id of oldestFirst(gate.rollouts)) made.push(...decideRuns(gate, world, id, now));
    if (made.length === count) return made;
    if (made.length > 1000) throw new Error(`The gate has no end: ${JSON.stringify(made.slice(-3))}`);
  }
}

const oldestFirst = (rollouts: readonly Rollout[]): readonly string[] =>
  rollouts.toSorted((a, b) => (isOlder(a, b) ? -1 : isOlder(b, a) ? 1 : 0)).map(({ id }) => id);

function decideRollout(gate: Gate, world: World, id: string, now: number): readonly Made[] {
  return gate.rollouts.flatMap((of) => {
    if (of.id !== id) return [];
    const own = gate.runs.filter((run) => run.rolloutId === id && hasOpened(run));
    const counted = own.map((run) => ({ run, counts: world.countsOf(run, of) }));
    const next = nextOfRollout(of, { ...gate, counted });
    if (next === null) return [];
    const after = { ...of, state: next.to, reason: next.reason, since: now };
    gate.rollouts = gate.rollouts.map((one) => (one.id === id ? after : one));
    return [{ of, what: next.what, reason: next.reason, numbers: next.numbers, at: now }];
  });
}

function decideRuns(gate: Gate, world: World, id: string, now: number): readonly Made[] {
  const made: Made[] = [];
  for (const { ring, urgent } of gate.runs.filter((run) => run.rolloutId === id)) {
    const is = (one: RunSince): boolean => one.rolloutId === id && one.ring === ring && one.urgent === urgent;
    const run = gate.runs.find(is);
    const of = gate.rollouts.find((one) => one.id === id);
    if (run === undefined || of === undefined) continue;
    // Nothing leads out of these states.
    if (run.state === "passed" || run.state === "superseded") continue;
    const before = gate.runs.find((one) => one.rolloutId === id && one.ring === ring - 1 && one.urgent === urgent);
    const next = nextOf(
      run,
      of,
      {
        plan: gate.plan,
        rollouts: gate.rollouts,
        runs: gate.runs,
        knownAt: world.knownAt(of),
        counts: world.countsOf(run, of),
        ...(before === undefined ? {} : { before: world.countsOf(before, of) }),
        deadlineAt: world.deadlineOf(run, of),
        asked: gate.asked.get(keyOf(run)) ?? null,
        inBlackout: world.inBlackout ?? false,
      },
      now,
    );
    if (next === null) continue;
    if (next.what === "ask") gate.asked.set(keyOf(run), next.reason);
    gate.runs = gate.runs.map((one) => (is(one) ? runAfter(one, next.to, now) : one));
    made.push({ of, run, what: next.what, reason: next.reason, numbers: next.numbers, at: now });
  }
  return made;
}
