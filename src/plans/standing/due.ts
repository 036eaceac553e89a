/** The day on which a release is due in a ring of a plan (targets D3 step 1, U2). */
import { urgentDue } from "../rollouts/urgent.ts";
import type { PlanRollout, StandingPlan } from "./plan.ts";

export function dueOf({ spec, rings }: StandingPlan, { base }: PlanRollout, ring: number, urgent: boolean) {
  const { at, days, urgentDays } = spec.standing;
  if (urgent) return { base, at, days: urgentDue({ ring, rings: rings.length, urgentDays: urgentDays ?? days }) };
  return { base, at, days: rings[ring]?.due ?? days };
}
