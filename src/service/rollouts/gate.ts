/**
 * What the gate decides, as one transaction for each decision (targets R11): it is written only if plan, rollout and run are still as they were
 * read, so that of two processes, or of the gate and a person, one decides.
 */
import { type Numbers, runAfter, type RunState, type RolloutState } from "../../plans/index.ts";
import {
  type GateDecisionRow,
  type PlanRow,
  type RingRunRow,
  type RolloutRow,
  transaction,
  type Write,
} from "../../store/index.ts";
import { GATE, runOf } from "./rows.ts";
import { wakesDevices } from "./wakes.ts";

/** What a decision rests on. */
interface Read {
  readonly plan: Pick<PlanRow, "id" | "state" | "revision">;
  readonly rollout: Pick<RolloutRow, "id" | "state" | "since">;
  readonly run: Pick<RingRunRow, "ring" | "urgent" | "state" | "since" | "countFrom" | "decisions">;
}

export interface GateInput {
  readonly read: Read;
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

export const gateDecides = transaction({
  name: "gateDecides",
  reads: ({ read: { plan, rollout, run } }: GateInput) => ({
    plan: { from: "plan", where: { id: plan.id }, columns: SAME },
    rollout: { from: "rollout", where: { id: rollout.id } },
    run: { from: "ringRun", where: { rolloutId: rollout.id, ring: run.ring, urgent: run.urgent } },
  }),
  /** False: something was decided meanwhile, and the gate looks again. */
  decide(input: GateInput, { plan: [plan], rollout: [rollout], run: [run] }): { writes: Write[]; result: boolean } {
    if (plan === undefined || rollout === undefined || run === undefined) return { writes: [], result: false };
    if (!isAsRead(input.read, { plan, rollout, run })) return { writes: [], result: false };
    const { what, reason, numbers, to, now } = input;
    const key = { rolloutId: rollout.id, ring: run.ring, urgent: run.urgent };
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

function isAsRead(read: Read, { plan, rollout, run }: Read): boolean {
  return (
    plan.state === read.plan.state &&
    plan.revision === read.plan.revision &&
    rollout.state === read.rollout.state &&
    rollout.since === read.rollout.since &&
    run.state === read.run.state &&
    run.since === read.run.since &&
    run.countFrom === read.run.countFrom &&
    run.decisions === read.run.decisions
  );
}

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
