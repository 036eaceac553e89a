/** What looks again once something was decided about a rollout. */
import type { Write } from "../../store/index.ts";
import { sweepFor } from "../compliance/sweep.ts";

/**
 * All devices, since something else may be open to them; the gate, since another ring may open; and the plan, whose work withdraws and
 * resumes the jobs (`plans/plan-work.ts`). In the transaction that decides, so that no crash lies in between.
 */
export const wakes = (planId: string, now: number): Write[] => [
  ...wakesDevices(planId, now),
  { patch: "sweep", where: { name: "gate" }, set: { dueAt: now, leaseUntil: 0 } },
];

/** The same for the gate itself, which is looking. */
export const wakesDevices = (planId: string, now: number): Write[] => [
  sweepFor(now, now),
  { patch: "plan", where: { id: planId }, set: { dueAt: now, leaseUntil: 0 } },
];
