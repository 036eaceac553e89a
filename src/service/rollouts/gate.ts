/**
 * What the gate decides, as one transaction for each decision (targets R11): it is written only if all that it rests on is still as it was
 * read, so that of two processes, or of the gate and a person, one decides. That is the plan, the release's own rings, the other releases of
 * the same major with theirs, and the blackouts.
 */
import { type Numbers, runAfter, type RunState, type RolloutState } from "../../plans/index.ts";
import { majorOf } from "../../protocol/index.ts";
import {
  type BlackoutRow,
  type GateDecisionRow,
  type Lookup,
  type PlanRow,
  type RingRunRow,
  type RolloutRow,
  transaction,
  type Write,
} from "../../store/index.ts";
import { keyOf } from "../plans/blackouts-in-force.ts";
import { GATE, runOf } from "./rows.ts";
import { wakesDevices } from "./wakes.ts";

/** What a decision rests on. */
export interface Read {
  readonly plan: Pick<PlanRow, "id" | "state" | "revision">;
  /** Those on the way of the release: see `onWayOf`. */
  readonly rollouts: readonly RolloutRow[];
  /** All runs of these. */
  readonly runs: readonly RingRunRow[];
  /** Those that hold for all devices: see `forAll`. */
  readonly blackouts: readonly BlackoutRow[];
}

export interface GateInput {
  readonly read: Read;
  /** Which run is decided about. */
  readonly rolloutId: string;
  readonly ring: number;
  readonly urgent: 0 | 1;
  readonly what: GateDecisionRow["what"];
  readonly reason: string;
  readonly numbers: Numbers;
  /** The run's next state; for a decision about the whole rollout that of the rollout. */
  readonly to: { readonly run: RunState } | { readonly rollout: RolloutState };
  /** When a run opens: the opening itself, not the moment of this look. */
  readonly openedAt: number | null;
  readonly now: number;
}

const SAME = ["id", "state", "revision"] as const;

/** The rollouts that can stand in each other's way: of one plan, platform and major. Once begun a rollout stays on its way. */
export const onWayOf = (
  { planId, platform, version }: RolloutRow,
  rollouts: readonly RolloutRow[],
): readonly RolloutRow[] =>
  rollouts.filter(
    (one) => one.planId === planId && one.platform === platform && majorOf(one.version) === majorOf(version),
  );

/** The rings of a plan heed blackouts that hold for all devices. */
export const forAll = (blackouts: readonly BlackoutRow[]): readonly BlackoutRow[] =>
  blackouts.filter(({ rule, live }) => rule === "all" && live === 1);

export const gateDecides = transaction({
  name: "gateDecides",
  reads: ({ read: { plan, rollouts } }: GateInput) => ({
    plan: { from: "plan", where: { id: plan.id }, columns: SAME },
    rollouts: { from: "rollout", where: { planId: plan.id } },
    blackouts: { from: "blackout", where: { live: 1 } },
    // The store finds rows that equal a value: the runs of each rollout are a lookup.
    ...runLookups(rollouts),
  }),
  /** False: something was decided meanwhile, and the gate looks again. */
  decide(input: GateInput, { plan: [plan], rollouts, blackouts, ...others }): { writes: Write[]; result: boolean } {
    const { rolloutId, ring, urgent, what, reason, numbers, to, now } = input;
    const rollout = rollouts.find(({ id }) => id === rolloutId);
    const runs = Object.values<readonly RingRunRow[]>(others).flat();
    const run = runs.find((one) => one.rolloutId === rolloutId && one.ring === ring && one.urgent === urgent);
    if (plan === undefined || rollout === undefined || run === undefined) return { writes: [], result: false };
    const seen = { plan, rollouts: onWayOf(rollout, rollouts), runs, blackouts: forAll(blackouts) };
    if (!isAsRead(input.read, seen)) return { writes: [], result: false };
    const key = { rolloutId, ring, urgent };
    const decision: GateDecisionRow = { ...key, n: run.decisions, what, by: GATE, at: now, reason, numbers };
    const asks = what === "ask" ? { asked: reason, askedAt: now } : { asked: null, askedAt: null };
    const moved = "run" in to ? runMoved(run, to.run, input) : {};
    return {
      writes: [
        { insert: "gateDecision", row: decision },
        { patch: "ringRun", where: key, set: { ...moved, ...("run" in to ? asks : {}), decisions: run.decisions + 1 } },
        ...("rollout" in to ? [rolloutMoved(rollout, to.rollout, reason, now)] : []),
        ...wakesDevices(plan.id, now),
      ],
      result: true,
    };
  },
});

const runLookups = (rollouts: readonly RolloutRow[]): { readonly [run: `runs ${number}`]: Lookup<"ringRun"> } =>
  Object.fromEntries(rollouts.map(({ id }, i) => [`runs ${i}`, { from: "ringRun", where: { rolloutId: id } }]));

const isAsRead = (read: Read, seen: Read): boolean =>
  read.plan.state === seen.plan.state &&
  read.plan.revision === seen.plan.revision &&
  sameRows(read.rollouts, seen.rollouts, rolloutText) &&
  sameRows(read.runs, seen.runs, runText) &&
  sameRows(read.blackouts, seen.blackouts, keyOf);

/** In any order. */
function sameRows<R>(some: readonly R[], others: readonly R[], textOf: (row: R) => string): boolean {
  const texts = (rows: readonly R[]): string => rows.map(textOf).toSorted().join("\n");
  return texts(some) === texts(others);
}

/** What of a rollout can change, and what was decided hangs on. */
const rolloutText = ({ id, state, since, instead, blackoutLifted, urgentBelow, urgentAt }: RolloutRow): string =>
  JSON.stringify([id, state, since, instead, blackoutLifted, urgentBelow, urgentAt]);

/** The number of its decisions grows with each; a question that is only told again decides nothing. */
const runText = ({ rolloutId, ring, urgent, state, since, openedAt, countFrom, asked, decisions }: RingRunRow) =>
  JSON.stringify([rolloutId, ring, urgent, state, since, openedAt, countFrom, asked, decisions]);

/** Its numbers count from the opening, and what follows it from the moment of the decision. */
function runMoved(run: RingRunRow, to: RunState, { openedAt, now }: GateInput): Partial<RingRunRow> {
  const after = runAfter(runOf(run), to, now);
  const opens = run.openedAt === null && after.openedAt !== null;
  const at = opens ? (openedAt ?? now) : null;
  const { state, since } = after;
  return { state, since: at ?? since, openedAt: at ?? after.openedAt, countFrom: at ?? after.countFrom };
}

const rolloutMoved = ({ id }: RolloutRow, state: RolloutState, reason: string, now: number): Write => ({
  patch: "rollout",
  where: { id },
  set: { state, reason, stateBy: GATE, since: now, instead: null },
});

export interface AskedAgainInput {
  readonly rolloutId: string;
  readonly ring: number;
  readonly urgent: 0 | 1;
  readonly askedAt: number;
  readonly now: number;
}

/** A question that nobody has answered is told again; of two processes one does. */
export const askedAgain = transaction({
  name: "askedAgain",
  reads: ({ rolloutId, ring, urgent }: AskedAgainInput) => ({
    run: { from: "ringRun", where: { rolloutId, ring, urgent } },
  }),
  decide(
    { rolloutId, ring, urgent, askedAt, now }: AskedAgainInput,
    { run: [run] },
  ): { writes: Write[]; result: boolean } {
    if (run === undefined || run.asked === null || run.askedAt !== askedAt) return { writes: [], result: false };
    return { writes: [{ patch: "ringRun", where: { rolloutId, ring, urgent }, set: { askedAt: now } }], result: true };
  },
});

/** A look of the gate has ended; another cause has made it due again, where the lease is another's. */
export const gateTurn = transaction({
  name: "gateTurn",
  reads: () => ({}),
  decide({ leaseUntil, dueAt }: { readonly leaseUntil: number; readonly dueAt: number | null }) {
    const write: Write = { patch: "sweep", where: { name: "gate", leaseUntil }, set: { dueAt, leaseUntil: 0 } };
    return { writes: [write], result: null };
  },
});
