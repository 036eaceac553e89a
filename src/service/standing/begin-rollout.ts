/** A release that a standing plan means for some device begins its way through the plan's rings (targets D2, R1). */
import type { RingRunRow, RolloutRow, Write } from "../../store/index.ts";
import { transaction } from "../../store/index.ts";
import { standingSpec } from "../rollouts/rows.ts";
import { ringsIn } from "../../plans/index.ts";

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
    const { standing } = standingSpec(plan);
    const kinds = standing.urgentDays !== null && urgent !== null ? ([0, 1] as const) : ([0] as const);
    const runs = ringsIn(standing).flatMap((_ring, ring) => kinds.map((kind) => waiting(id, ring, kind, now)));
    return {
      writes: [
        { insert: "rollout", row },
        ...runs.map((run): Write => ({ insert: "ringRun", row: run })),
        gateDue(now),
      ],
      result: null,
    };
  },
});

export const waiting = (rolloutId: string, ring: number, urgent: 0 | 1, now: number): RingRunRow => ({
  rolloutId,
  ring,
  urgent,
  state: "waiting",
  openedAt: null,
  countFrom: null,
  since: now,
  asked: null,
  askedAt: null,
  decisions: 0,
});

/** The gate looks at all rings at once. */
export const gateDue = (now: number): Write => ({
  patch: "sweep",
  where: { name: "gate" },
  set: { dueAt: now, leaseUntil: 0 },
});
