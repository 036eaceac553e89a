/** Rollouts and their runs as the gate knows them, from their rows. */
import type { Actor, GatePlan, Rollout, RunSince, StandingSpec } from "../../plans/index.ts";
import { type PlanSpec, ringsIn, STANDING_DEFAULTS, type StandingTerms } from "../../plans/index.ts";
import type { Platform } from "../../protocol/index.ts";
import type { PlanRow, RingRunRow, RolloutRow } from "../../store/index.ts";

export const rolloutOf = (row: RolloutRow): Rollout => ({
  id: row.id,
  planId: row.planId,
  platform: row.platform as Platform,
  version: row.version,
  extra: row.extra === "" ? null : row.extra,
  base: row.base,
  urgentBelow: row.urgentBelow,
  blockId: row.blockId === "" ? null : row.blockId,
  blackoutLifted: row.blackoutLifted === 1,
  instead: row.instead,
  state: row.state,
  reason: row.reason,
  since: row.since,
  beganAt: row.beganAt,
});

export const runOf = ({ rolloutId, ring, urgent, state, openedAt, countFrom, since }: RingRunRow): RunSince => ({
  rolloutId,
  ring,
  urgent: urgent === 1,
  state,
  openedAt,
  countFrom,
  since,
});

/** The spec of a plan whose kind is "standing". */
export const standingSpec = ({ spec }: Pick<PlanRow, "spec">): StandingSpec => spec as unknown as StandingSpec;

export function gatePlanOf(plan: Pick<PlanRow, "kind" | "spec">): GatePlan {
  const { standing, zone } = standingSpec(plan);
  const { maxFailurePercent, urgentDays } = standing;
  return { kind: plan.kind, zone, rings: ringsIn(standing), maxFailurePercent, urgentDays };
}

/** Percent of the plan's devices that may fail; also of a plan that is decided once. */
export function maxFailurePercentOf(plan: Pick<PlanRow, "spec">): number {
  const { standing, maxFailurePercent } = plan.spec as unknown as PlanSpec & { readonly standing?: StandingTerms };
  return standing?.maxFailurePercent ?? maxFailurePercent ?? STANDING_DEFAULTS.maxFailurePercent;
}

/** Who decides, as rows name it. */
export const GATE: Actor = "gate";
