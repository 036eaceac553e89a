/** Plans as one row, which says what becomes of their decisions (`plan-devices.ts`) and jobs (`make-job.ts`). */
import { transaction, type Json, type PlanRow, type Write } from "../../store/index.ts";
import { step } from "../enrollment/job.ts";
import { forEnrollment, withdrawStopped } from "../enrollment/transaction.ts";

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

export interface PlanOnInput {
  readonly planId: string;
  readonly now: number;
}

/** A turn of the work at a plan is done, and more is left. A stop since then has its own time. */
export const planOn = transaction({
  name: "planOn",
  reads: () => ({}),
  decide({ planId, now }: PlanOnInput) {
    const write: Write = { patch: "plan", where: { id: planId, state: "active" }, set: { dueAt: now, leaseUntil: 0 } };
    return { writes: [write], result: null };
  },
});

export interface StopPlanInput {
  readonly planId: string;
  readonly now: number;
}

/** Stopping is one row that every offer consults; the jobs are withdrawn in small asks afterwards. */
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

/** Nothing is left to do for a plan: every decision carried out, or after a stop every job withdrawn. */
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
    if (unit.planStopped && unit.job?.state !== "stopping") {
      withdrawStopped(unit);
      unit.push();
    } else step(unit, { kind: "due" });
    return null;
  },
});
