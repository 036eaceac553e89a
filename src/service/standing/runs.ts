/** The runs that a rollout has: one for each ring, and one more for devices that are in a hurry. */
import { ringsIn } from "../../plans/index.ts";
import type { PlanRow, RingRunRow, RolloutRow, Write } from "../../store/index.ts";
import { standingSpec } from "../rollouts/rows.ts";

/** The runs that a rollout must have by its plan, and does not have. */
export function missingRuns(
  { id, urgentBelow }: Pick<RolloutRow, "id" | "urgentBelow">,
  plan: Pick<PlanRow, "spec">,
  has: readonly Pick<RingRunRow, "ring" | "urgent">[],
  now: number,
): RingRunRow[] {
  const { standing } = standingSpec(plan);
  const kinds = standing.urgentDays !== null && urgentBelow !== null ? ([0, 1] as const) : ([0] as const);
  return ringsIn(standing).flatMap((_ring, ring) =>
    kinds
      .filter((urgent) => !has.some((run) => run.ring === ring && run.urgent === urgent))
      .map((urgent) => waiting(id, ring, urgent, now)),
  );
}

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
