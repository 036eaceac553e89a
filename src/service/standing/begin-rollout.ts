/** A release that a standing plan means for some device begins its way through the plan's rings (targets D2, R1). */
import type { PlanRow, RolloutRow, Write } from "../../store/index.ts";
import { transaction } from "../../store/index.ts";
import { gateDue, missingRuns } from "./runs.ts";

export interface BeginRolloutInput {
  readonly id: string;
  readonly planId: string;
  readonly release: Pick<RolloutRow, "platform" | "version" | "extra" | "blockId">;
  readonly base: string;
  readonly knownAt: number;
  readonly urgent: { readonly below: string; readonly at: number } | null;
  readonly now: number;
}

/** Beginning it twice begins it once. */
export const beginRollout = transaction({
  name: "beginRollout",
  reads: ({ planId, release }: BeginRolloutInput) => ({
    plan: { from: "plan", where: { id: planId } },
    same: { from: "rollout", where: { planId, ...release } },
  }),
  decide(
    { id, planId, release, base, knownAt, urgent, now }: BeginRolloutInput,
    seen,
  ): { writes: Write[]; result: null } {
    const [plan] = seen.plan;
    if (plan === undefined || plan.state === "stopped" || seen.same.length > 0) return { writes: [], result: null };
    const row: RolloutRow = {
      id,
      planId,
      ...release,
      base,
      knownAt,
      beganAt: now,
      urgentBelow: urgent?.below ?? null,
      urgentAt: urgent?.at ?? null,
      blackoutLifted: 0,
      instead: null,
      state: "running",
      reason: "began",
      stateBy: "system",
      since: now,
    };
    return { writes: begun(row, plan, now), result: null };
  },
});

/** A rollout with its runs, all of which wait. */
export const begun = (row: RolloutRow, plan: Pick<PlanRow, "spec">, now: number): Write[] => [
  { insert: "rollout", row },
  ...missingRuns(row, plan, [], now).map((run): Write => ({ insert: "ringRun", row: run })),
  gateDue(now),
];
