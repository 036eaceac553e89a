/** Plans: accepted as one row with frozen decisions; jobs are made in small asks, so polls never wait for a big plan. */
import {
  type Decision,
  dueAtOf,
  type Ended,
  isFinal,
  type Job,
  type JobSeed,
  type JobTarget,
  knownBy,
  newJob,
  type Over,
  readJob,
  shownState,
  stillOrdered,
  takeOver,
} from "../../plans/index.ts";
import { transaction, type JobRow, type Json, type PlanRow, type Write } from "../../store/index.ts";
import { begin, step } from "../enrollment/job.ts";
import { forEnrollment, withdrawStopped } from "../enrollment/transaction.ts";
import type { UnitOfWork } from "../enrollment/unit-of-work.ts";

export interface AddChunkInput {
  readonly planId: string;
  readonly n: number;
  readonly decisions: readonly Decision[];
  readonly now: number;
}

/** Frozen decisions of a plan that is not there yet. */
export const addChunk = transaction({
  name: "addChunk",
  reads: () => ({}),
  decide({ planId, n, decisions, now }: AddChunkInput) {
    const row = { planId, n, decisions: decisions as unknown as Json, addedAt: now, madeAt: null };
    return { writes: [{ insert: "planChunk", row }] satisfies Write[], result: null };
  },
});

/** Nothing came of the plan: its decisions go. */
export const dropChunks = transaction({
  name: "dropChunks",
  reads: () => ({}),
  decide({ planId }: { readonly planId: string }) {
    return { writes: [{ drop: "planChunk", where: { planId } }] satisfies Write[], result: null };
  },
});

export interface CreatePlanInput {
  readonly id: string;
  readonly name: string;
  readonly spec: Json;
  /** How many decisions its chunks hold. */
  readonly devices: number;
  /** Who makes it. */
  readonly by: string;
  readonly now: number;
}

export const createPlan = transaction({
  name: "createPlan",
  reads: () => ({}),
  changes: ({ id }) => ({ id }),
  decide({ id, name, spec, devices, by, now }: CreatePlanInput) {
    const row: PlanRow = {
      id,
      name,
      state: "active",
      createdAt: now,
      stoppedAt: null,
      spec,
      devices,
      dueAt: now,
      leaseUntil: 0,
      createdBy: by,
    };
    return { writes: [{ insert: "plan", row }] satisfies Write[], result: null };
  },
});

export interface MakeJobInput {
  readonly planId: string;
  readonly decision: Decision;
  /** Id of the job, should one be made. */
  readonly jobId: string;
  readonly firstId: string;
  readonly now: number;
}

/**
 * Turns one decision into a job. Coming twice (the process died between two asks) makes one job; a device that got a
 * live job since the decision is refused as busy, unless the plan replaces it.
 */
export const makeJob = forEnrollment({
  name: "makeJob",
  reads: (input: MakeJobInput) => ({
    enrollment: { from: "enrollment", where: { id: input.decision.enrollmentId } },
    own: { from: "plan", where: { id: input.planId } },
    made: { from: "job", where: { enrollmentId: input.decision.enrollmentId, planId: input.planId } },
    past: { from: "job", where: { enrollmentId: input.decision.enrollmentId, live: 0 } },
  }),
  none: null,
  apply(unit, input, rows) {
    const [plan] = rows.own;
    if (plan === undefined || rows.made.length > 0 || plan.state === "stopped") return null;
    const { planId, decision } = input;
    // It has left, or was removed, since the plan was decided.
    if (decision.kind === "job" && unit.enrollment.state !== "enrolled") {
      close(unit, closedJob(input, "refused", "not-enrolled", {}));
      unit.note("job-refused", { planId, reason: "not-enrolled", params: {} });
    } else if (decision.kind === "job") {
      take(unit, input, decision.job, {
        replace: (plan.spec as { replace?: boolean }).replace === true,
        past: rows.past.map(({ doc }) => readJob(doc)),
      });
    } else {
      const compliant = decision.kind === "compliant";
      const { reason, params } = decision;
      const wanted = compliant ? decision.wanted : undefined;
      close(unit, closedJob(input, compliant ? "done" : "refused", reason, params, wanted));
      unit.note(compliant ? "job-compliant" : "job-refused", { planId, reason, params: params as Json });
    }
    return null;
  },
});

/** A job that is over before it begins is no job of the unit: nothing follows from it. */
const close = (unit: UnitOfWork, row: JobRow): void => unit.also({ insert: "job", row });

interface Standing {
  readonly replace: boolean;
  /** The device's jobs that have ended, by age. */
  readonly past: readonly Ended[];
}

/** The device gets the job, instead of the one it has where the plan replaces that. */
function take(unit: UnitOfWork, input: MakeJobInput, seed: JobSeed, { replace, past }: Standing): void {
  const before = replace ? unit.job : undefined;
  if (replace) step(unit, { kind: "withdraw", cause: "replaced" });
  const left = unit.job;
  if (left !== undefined && !isFinal(left.state)) {
    close(unit, closedJob(input, "refused", "busy", { plan: left.planId }));
    unit.note("job-refused", { planId: input.planId, reason: "busy", params: { plan: left.planId } });
    return;
  }
  const heard = Math.min(input.now, unit.enrollment.lastSeenAt ?? input.now);
  const earlier = stillOrdered([...past, ...(left === undefined ? [] : [left])], seed.target);
  const ids = { id: input.jobId, planId: input.planId, ...(earlier === undefined ? {} : { earlier }) };
  const fresh = newJob(seed, ids, input.now, heard);
  const job = before === undefined ? fresh : takeOver(before, fresh);
  begin(unit, rowOf(job, input.now));
  if (before !== undefined) step(unit, { kind: "known", events: knownBy(before, job) });
}

function rowOf(job: Job, now: number): JobRow {
  return {
    id: job.id,
    planId: job.planId,
    enrollmentId: job.enrollmentId,
    live: 1,
    begun: 1,
    state: shownState(job.state),
    reason: job.reason,
    dueAt: dueAtOf(job),
    doc: job as unknown as Json,
    createdAt: now,
    finishedAt: null,
    leaseUntil: 0,
  };
}

/** A job that is over before it begins: refused, or there already. It keeps only what its verdict needs. */
function closedJob(
  input: MakeJobInput,
  state: "done" | "refused",
  reason: string,
  params: Readonly<Record<string, string | number>>,
  wanted?: JobTarget,
): JobRow {
  const { planId, jobId, now } = input;
  const { enrollmentId } = input.decision;
  const doc: Over & Record<string, unknown> = {
    id: jobId,
    planId,
    enrollmentId,
    state,
    reason,
    params,
    since: now,
    next: null,
    createdAt: now,
    finishedAt: now,
    // What a device that was there must not be seen below.
    ...(wanted === undefined ? {} : { wanted }),
  };
  return {
    id: jobId,
    planId,
    enrollmentId,
    live: 0,
    begun: 0,
    state,
    reason,
    dueAt: null,
    doc: doc as unknown as Json,
    createdAt: now,
    finishedAt: now,
    leaseUntil: 0,
  };
}

export interface ChunkMadeInput {
  readonly planId: string;
  readonly n: number;
  readonly now: number;
}

/** A chunk that has become jobs is needed no more; and to find the next one, rows of this one's size would be read. */
export const chunkMade = transaction({
  name: "chunkMade",
  reads: () => ({}),
  decide(input: ChunkMadeInput) {
    const writes: Write[] = [
      { patch: "planChunk", where: { planId: input.planId, n: input.n }, set: { madeAt: input.now, decisions: [] } },
      // A stop since then has its own time.
      { patch: "plan", where: { id: input.planId, state: "active" }, set: { dueAt: input.now, leaseUntil: 0 } },
    ];
    return { writes, result: null };
  },
});

export interface StopPlanInput {
  readonly planId: string;
  readonly now: number;
}

/** Stopping is one row that every offer consults; the jobs are withdrawn in chunks afterwards. */
export const stopPlan = transaction({
  name: "stopPlan",
  changes: ({ planId }) => ({ id: planId }),
  reads: (input: StopPlanInput) => ({ plan: { from: "plan", where: { id: input.planId } } }),
  decide(input: StopPlanInput, seen): { writes: Write[]; result: { stopped: boolean } } {
    const plan = seen.plan[0];
    if (plan === undefined) return { writes: [], result: { stopped: false } };
    if (plan.state === "stopped") return { writes: [], result: { stopped: true } };
    const set = { state: "stopped", stoppedAt: input.now, dueAt: input.now, leaseUntil: 0 } as const;
    return { writes: [{ patch: "plan", where: { id: input.planId }, set }], result: { stopped: true } };
  },
});

export interface PlanSettledInput {
  readonly planId: string;
  /** As it was when the work was begun: a stop since then is another turn's work. */
  readonly state: PlanRow["state"];
}

/** Nothing is left to do for a plan: every chunk made, or after a stop every job withdrawn. */
export const planSettled = transaction({
  name: "planSettled",
  reads: () => ({}),
  decide({ planId, state }: PlanSettledInput) {
    const write: Write = { patch: "plan", where: { id: planId, state }, set: { dueAt: null, leaseUntil: 0 } };
    return { writes: [write], result: null };
  },
});

export interface JobDueInput {
  readonly enrollmentId: string;
  readonly jobId: string;
  readonly firstId: string;
  readonly now: number;
}

/** A job's next action is due, or its plan was stopped. */
export const jobDue = forEnrollment({
  name: "jobDue",
  reads: (input: JobDueInput) => ({ enrollment: { from: "enrollment", where: { id: input.enrollmentId } } }),
  none: null,
  apply(unit, { jobId }) {
    if (unit.jobId !== jobId) return null;
    if (unit.planStopped && !unit.isStopping) {
      withdrawStopped(unit);
      unit.push();
    } else step(unit, { kind: "due" });
    return null;
  },
});
