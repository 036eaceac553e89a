/** A device that satisfies the target when the plan is decided. */
import { asOf, type Catalog, type Choice, type Observation } from "../../catalog/index.ts";
import { sameTarget } from "./brought.ts";
import type { Decision, PlannedDevice } from "./decision.ts";
import { pickParams } from "./pick-params.ts";
import type { PlanTarget } from "./spec.ts";
import type { JobTarget } from "../jobs/job.ts";
import { seenText } from "../jobs/satisfy.ts";

/** `seen`: what the device runs. */
export function compliant(
  { enrollmentId, brought }: PlannedDevice,
  target: PlanTarget,
  choice: Extract<Choice, { kind: "already" }>,
  seen: Observation,
  list: { readonly catalog: Catalog; readonly now: number },
): Decision {
  const { wanted, position } = choice;
  const floor = target.kind === "other-updates" ? undefined : target.floor;
  const settled = settledBy(target, choice);
  const ours = settled === "already-there" && brought !== undefined && sameTarget(brought.target, wanted);
  const goal: JobTarget = { ...wanted, major: false };
  return {
    kind: "compliant",
    enrollmentId,
    wanted: goal,
    reason: position === "newer-beta" ? "on-newer-beta" : ours ? "brought-before" : settled,
    params: {
      version: seenText(goal, seen),
      ...(ours ? { plan: brought.plan } : {}),
      ...(target.kind === "exact" ? {} : asOf(list)),
      ...(settled === "at-floor" && floor !== undefined ? { floor } : {}),
      ...pickParams(choice, floor),
    },
  };
}

function settledBy({ kind }: PlanTarget, { floor, position }: Extract<Choice, { kind: "already" }>) {
  if (floor === true) return "at-floor";
  if (kind !== "exact") return "nothing-newer";
  return position === "newer" ? "already-newer" : "already-there";
}
