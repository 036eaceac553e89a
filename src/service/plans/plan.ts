/** Plans as one row, which says what becomes of their decisions (`plan-devices.ts`) and jobs (`make-job.ts`). */
import { type Change, type Decision, transaction, type Json, type PlanRow, type Write } from "../../store/index.ts";
import { sweepFor } from "../compliance/sweep.ts";
import { jobIsDue } from "../enrollment/moment.ts";
import { heedAdmin } from "../enrollment/heed.ts";
import { forEnrollment } from "../enrollment/transaction.ts";
import { gateDue } from "../standing/runs.ts";
import { planPicture } from "./plan-picture.ts";

export interface CreatePlanInput {
  readonly id: string;
  readonly name: string;
  readonly spec: Json;
  /** For how many it has decided. */
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
      kind: "once",
      place: null,
      revision: 1,
      state: "active",
      createdAt: now,
      stoppedAt: null,
      pausedAt: null,
      pauseReason: null,
      pauseBy: null,
      resumedAt: null,
      spec,
      devices,
      dueAt: now,
      leaseUntil: 0,
      createdBy: by,
    };
    const change = { before: null, after: planPicture(row) };
    return { writes: [{ insert: "plan", row }, gateDue(now)] satisfies Write[], change, result: null };
  },
});

const changeOf = (plan: PlanRow, set: Partial<PlanRow>): Change => ({
  before: planPicture(plan),
  after: planPicture({ ...plan, ...set }),
});

/** What a standing plan means for devices is worked out again for all of them. */
const resolvesAgain = ({ kind }: PlanRow, now: number): Write[] => (kind === "standing" ? [sweepFor(now, now)] : []);

export interface StopPlanInput {
  readonly planId: string;
  readonly now: number;
}

/** Stopping is one row that every offer consults; the jobs are withdrawn in small asks afterwards. */
export const stopPlan = transaction({
  name: "stopPlan",
  changes: ({ planId }) => ({ id: planId }),
  reads: (input: StopPlanInput) => ({ plan: { from: "plan", where: { id: input.planId } } }),
  decide(input: StopPlanInput, seen): Decision<{ stopped: boolean }> {
    const plan = seen.plan[0];
    if (plan === undefined) return { writes: [], result: { stopped: false } };
    if (plan.state === "stopped") return { writes: [], result: { stopped: true } };
    const due = { dueAt: input.now, leaseUntil: 0 };
    const set = { state: "stopped", stoppedAt: input.now, pausedAt: null, pauseReason: null, ...due } as const;
    return {
      writes: [{ patch: "plan", where: { id: input.planId }, set }, ...resolvesAgain(plan, input.now)],
      change: changeOf(plan, set),
      result: { stopped: true },
    };
  },
});

export interface PausePlanInput {
  readonly planId: string;
  readonly reason: string;
  readonly by: string;
  /** As the gate has read it: what a person has resumed since is not paused by older numbers. */
  readonly resumedAt?: number | null;
  readonly now: number;
}

/** The plan's state after a request to pause or resume it; undefined: there is no such plan. */
export type PauseResult = { readonly state: PlanRow["state"] | undefined };

/** As a stop: one row that every offer consults, and then the same work. */
export const pausePlan = transaction({
  name: "pausePlan",
  changes: ({ planId, reason }) => ({ id: planId, detail: reason }),
  reads: (input: PausePlanInput) => ({ plan: { from: "plan", where: { id: input.planId } } }),
  decide(input: PausePlanInput, seen): Decision<PauseResult & { readonly paused: boolean }> {
    const { planId, reason, by, resumedAt, now } = input;
    const [plan] = seen.plan;
    if (plan?.state !== "active" || (resumedAt !== undefined && resumedAt !== plan.resumedAt))
      return { writes: [], result: { state: plan?.state, paused: false } };
    const paused = { state: "paused", pausedAt: now, pauseReason: reason, pauseBy: by } as const;
    const set = { ...paused, dueAt: now, leaseUntil: 0 };
    return {
      writes: [{ patch: "plan", where: { id: planId }, set }, ...resolvesAgain(plan, now)],
      change: changeOf(plan, set),
      result: { state: "paused", paused: true },
    };
  },
});

export type ResumePlanInput = Omit<PausePlanInput, "reason" | "resumedAt">;

export const resumePlan = transaction({
  name: "resumePlan",
  changes: ({ planId }) => ({ id: planId }),
  reads: (input: ResumePlanInput) => ({ plan: { from: "plan", where: { id: input.planId } } }),
  decide({ planId, by, now }: ResumePlanInput, seen): Decision<PauseResult> {
    const [plan] = seen.plan;
    if (plan?.state !== "paused") return { writes: [], result: { state: plan?.state } };
    const active = { state: "active", pausedAt: null, pauseReason: null, pauseBy: by, resumedAt: now } as const;
    const set = { ...active, dueAt: now, leaseUntil: 0 };
    return {
      writes: [{ patch: "plan", where: { id: planId }, set }, ...resolvesAgain(plan, now), gateDue(now)],
      change: changeOf(plan, set),
      result: { state: "active" },
    };
  },
});

export interface PlanTurnInput {
  readonly planId: string;
  /** As the turn claimed it: what an admin has said since has taken the lease away, and set when its own work is due. */
  readonly leaseUntil: number;
  /** When the next turn is due; null: every decision is carried out, or every job withdrawn or resumed. */
  readonly dueAt: number | null;
}

/** A turn of the work at a plan has ended: others may claim it. */
export const planTurn = transaction({
  name: "planTurn",
  reads: () => ({}),
  decide({ planId, leaseUntil, dueAt }: PlanTurnInput) {
    const write: Write = { patch: "plan", where: { id: planId, leaseUntil }, set: { dueAt, leaseUntil: 0 } };
    return { writes: [write], result: null };
  },
});

export interface JobDueInput {
  readonly enrollmentId: string;
  readonly jobId: string;
  readonly firstId: string;
  readonly now: number;
}

/** A job's next action is due, or an admin has said something of its plan or of all plans. */
export const jobDue = forEnrollment({
  name: "jobDue",
  patient: true,
  reads: (input: JobDueInput) => ({ enrollment: { from: "enrollment", where: { id: input.enrollmentId } } }),
  none: null,
  apply(unit, { jobId }) {
    if (unit.jobId !== jobId) return null;
    if (heedAdmin(unit)) unit.push();
    else jobIsDue(unit);
    return null;
  },
});
