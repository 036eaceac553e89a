/**
 * The fail rule over plans that are decided once (targets R8, P2). Such a plan is one ring, which opened when the plan was made. A pause by the
 * gate is a person's pause in all but its actor, and a person resumes the plan: from then on earlier failures count no longer.
 */
import { countsOf, failRule, type FailVerdict } from "../../plans/index.ts";
import type { PlanRow } from "../../store/index.ts";
import { failedOnceWords } from "../../words/index.ts";
import { pausePlan } from "../plans/plan.ts";
import type { Ports } from "../ports.ts";
import { memberOf } from "./members.ts";
import { GATE, maxFailurePercentOf } from "./rows.ts";

export interface OncePlans {
  /** One look at all of them. Says when the next one is due (ms UTC); null: none has live jobs, or will have. */
  look(): Promise<number | null>;
}

/** `every`: ms between two looks. */
export function createOncePlans(ports: Ports, every: number): OncePlans {
  const { admin, devices, log } = ports;

  async function judge(plan: PlanRow, percent: number): Promise<FailVerdict> {
    const now = ports.now();
    const ring = { openedAt: plan.createdAt, urgent: 0 } as const;
    const members = await admin.keptMembers(plan.id);
    // A block withdraws the job, and what was seen before it still counts.
    const counted = members.map((row) => memberOf(row, ring, now));
    return failRule(countsOf(counted, plan.resumedAt ?? plan.createdAt, now), percent);
  }

  async function lookAt(plan: PlanRow): Promise<void> {
    const maxFailurePercent = maxFailurePercentOf(plan);
    const { pause, started, failures } = await judge(plan, maxFailurePercent);
    if (!pause) return;
    const reason = failedOnceWords({ started, failures, maxFailurePercent });
    const { id: planId, resumedAt } = plan;
    const { paused } = await devices.run(pausePlan, { planId, reason, by: GATE, resumedAt, now: ports.now() });
    if (paused) log.warn("plan-paused", { plan: planId, started, failures, maxFailurePercent });
  }

  return {
    async look() {
      const plans = await admin.oncePlansUnderWay();
      for (const plan of plans)
        try {
          await lookAt(plan);
        } catch (error) {
          log.error("due-work-failed", { what: "gate", plan: plan.id, error: String(error) });
        }
      return plans.length === 0 ? null : ports.now() + every;
    },
  };
}
