/** Plans: accepted as one row with frozen decisions; jobs are made in small asks, so polls never wait for a big plan. */
import { type Decision, isFinal, type Job, newJob } from "../../plans/index.ts";
import { exchange, type JobRow, type Json, type PlanRow, type Write } from "../../store/index.ts";
import { deviceLookups, Scene } from "./scene.ts";

/** Decisions per chunk: one row of about this many. */
export const CHUNK = 1000;

export interface CreatePlanAsk {
  readonly id: string;
  readonly name: string;
  readonly spec: Json;
  readonly decisions: readonly Decision[];
  readonly now: number;
}

export const createPlan = exchange({
  name: "createPlan",
  lane: (ask: CreatePlanAsk) => ask.id,
  reads: () => ({}),
  decide(ask: CreatePlanAsk) {
    const writes: Write[] = [];
    for (let n = 0; n * CHUNK < ask.decisions.length; n += 1) {
      const decisions = ask.decisions.slice(n * CHUNK, (n + 1) * CHUNK) as unknown as Json;
      writes.push({ insert: "planChunk", row: { planId: ask.id, n, decisions, madeAt: null } });
    }
    const row: PlanRow = {
      id: ask.id,
      name: ask.name,
      state: "active",
      createdAt: ask.now,
      stoppedAt: null,
      spec: ask.spec,
      devices: ask.decisions.length,
      dueAt: ask.now,
      leaseUntil: 0,
    };
    writes.push({ insert: "plan", row });
    return { writes, said: null };
  },
});

export interface MakeJobAsk {
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
export const makeJob = exchange({
  name: "makeJob",
  lane: (ask: MakeJobAsk) => ask.decision.enrollmentId,
  reads: (ask: MakeJobAsk) => ({
    enrollment: { from: "enrollment", where: { id: ask.decision.enrollmentId } },
    ...deviceLookups,
    own: { from: "plan", where: { id: ask.planId } },
    made: { from: "job", where: { enrollmentId: ask.decision.enrollmentId, planId: ask.planId } },
  }),
  decide(ask: MakeJobAsk, seen): { writes: Write[]; said: null } {
    const enrollment = seen.enrollment[0];
    const plan = seen.own[0];
    if (enrollment === undefined || plan === undefined || seen.made.length > 0 || plan.state === "stopped")
      return { writes: [], said: null };
    const scene = new Scene(enrollment, seen, ask.firstId, ask.now);
    const { decision } = ask;
    if (decision.kind !== "job") {
      const state = decision.kind === "compliant" ? "done" : "refused";
      scene.writes.push({ insert: "job", row: closedJob(ask, state, decision.reason, decision.params) });
      scene.note(decision.kind === "compliant" ? "job-compliant" : "job-refused", {
        planId: ask.planId,
        reason: decision.reason,
        params: decision.params as Json,
      });
      return { writes: scene.writes, said: null };
    }
    const live = scene.job;
    if (live !== undefined) {
      if ((plan.spec as { replace?: boolean }).replace === true) scene.step({ kind: "withdraw", cause: "replaced" });
      const left = scene.job;
      if (left !== undefined && !isFinal(left.state)) {
        scene.writes.push({ insert: "job", row: closedJob(ask, "refused", "busy", { plan: left.planId }) });
        scene.note("job-refused", { planId: ask.planId, reason: "busy", params: { plan: left.planId } });
        return { writes: scene.writes, said: null };
      }
    }
    const job = newJob(
      decision.job,
      { id: ask.jobId, planId: ask.planId },
      ask.now,
      Math.min(ask.now, enrollment.lastSeenAt ?? ask.now),
    );
    scene.begin(rowOf(job, ask.now));
    return { writes: scene.writes, said: null };
  },
});

function rowOf(job: Job, now: number): JobRow {
  return {
    id: job.id,
    planId: job.planId,
    enrollmentId: job.enrollmentId,
    live: 1,
    state: job.state,
    reason: job.reason,
    dueAt: job.next?.at ?? null,
    doc: job as unknown as Json,
    createdAt: now,
    finishedAt: null,
    leaseUntil: 0,
  };
}

/** A job that is over before it begins: refused, or there already. It keeps only what its verdict needs. */
function closedJob(
  ask: MakeJobAsk,
  state: "done" | "refused",
  reason: string,
  params: Readonly<Record<string, string | number>>,
): JobRow {
  const { planId, jobId, now } = ask;
  const { enrollmentId } = ask.decision;
  const doc = {
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
  };
  return {
    id: jobId,
    planId,
    enrollmentId,
    live: 0,
    state,
    reason,
    dueAt: null,
    doc: doc as Json,
    createdAt: now,
    finishedAt: now,
    leaseUntil: 0,
  };
}

export interface ChunkMadeAsk {
  readonly planId: string;
  readonly n: number;
  /** When the plan's next chunk is due; null after the last. */
  readonly next: number | null;
  readonly now: number;
}

export const chunkMade = exchange({
  name: "chunkMade",
  lane: (ask: ChunkMadeAsk) => ask.planId,
  reads: () => ({}),
  decide(ask: ChunkMadeAsk) {
    const writes: Write[] = [
      { patch: "planChunk", where: { planId: ask.planId, n: ask.n }, set: { madeAt: ask.now } },
      // A stop since then has its own time.
      { patch: "plan", where: { id: ask.planId, state: "active" }, set: { dueAt: ask.next, leaseUntil: 0 } },
    ];
    return { writes, said: null };
  },
});

export interface StopPlanAsk {
  readonly planId: string;
  readonly now: number;
}

/** Stopping is one row that every offer consults; the jobs are withdrawn in chunks afterwards. */
export const stopPlan = exchange({
  name: "stopPlan",
  lane: (ask: StopPlanAsk) => ask.planId,
  reads: (ask: StopPlanAsk) => ({ plan: { from: "plan", where: { id: ask.planId } } }),
  decide(ask: StopPlanAsk, seen): { writes: Write[]; said: { stopped: boolean } } {
    const plan = seen.plan[0];
    if (plan === undefined) return { writes: [], said: { stopped: false } };
    if (plan.state === "stopped") return { writes: [], said: { stopped: true } };
    const set = { state: "stopped", stoppedAt: ask.now, dueAt: ask.now, leaseUntil: 0 } as const;
    return { writes: [{ patch: "plan", where: { id: ask.planId }, set }], said: { stopped: true } };
  },
});

export interface PlanSettledAsk {
  readonly planId: string;
  /** As it was when the work was begun: a stop since then is another turn's work. */
  readonly state: PlanRow["state"];
}

/** Nothing is left to do for a plan: every chunk made, or after a stop every job withdrawn. */
export const planSettled = exchange({
  name: "planSettled",
  lane: (ask: PlanSettledAsk) => ask.planId,
  reads: () => ({}),
  decide({ planId, state }: PlanSettledAsk) {
    const write: Write = { patch: "plan", where: { id: planId, state }, set: { dueAt: null, leaseUntil: 0 } };
    return { writes: [write], said: null };
  },
});

export interface JobDueAsk {
  readonly enrollmentId: string;
  readonly jobId: string;
  readonly firstId: string;
  readonly now: number;
}

/** A job's next action is due, or its plan was stopped. */
export const jobDue = exchange({
  name: "jobDue",
  lane: (ask: JobDueAsk) => ask.enrollmentId,
  reads: (ask: JobDueAsk) => ({
    enrollment: { from: "enrollment", where: { id: ask.enrollmentId } },
    ...deviceLookups,
  }),
  decide(ask: JobDueAsk, seen): { writes: Write[]; said: null } {
    const enrollment = seen.enrollment[0];
    if (enrollment === undefined || seen.job[0]?.id !== ask.jobId) return { writes: [], said: null };
    const scene = new Scene(enrollment, seen, ask.firstId, ask.now);
    if (scene.planStopped && scene.job?.state !== "stopping") {
      scene.step({ kind: "withdraw", cause: "plan-stopped" });
      scene.push();
    } else scene.step({ kind: "due" });
    return { writes: scene.writes, said: null };
  },
});
