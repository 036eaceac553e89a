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

export interface PlanTurnInput {
  readonly planId: string;
  /** As it was when the turn began: a stop since then has set when its own work is due. */
  readonly state: PlanRow["state"];
  /** When the next turn is due; null: every decision is carried out, or after a stop every job withdrawn. */
  readonly dueAt: number | null;
}

/** A turn of the work at a plan has ended: others may claim it. */
export const planTurn = transaction({
  name: "planTurn",
  reads: () => ({}),
  decide({ planId, state, dueAt }: PlanTurnInput) {
    const write: Write = { patch: "plan", where: { id: planId, state }, set: { dueAt, leaseUntil: 0 } };
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
    if (withdrawStopped(unit)) unit.push();
    else step(unit, { kind: "due" });
    return null;
  },
});
