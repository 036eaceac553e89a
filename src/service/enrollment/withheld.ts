/** Why nothing of a job may leave: by the rows of its plan, of its rollout and of the halt, and by an exclusion of its device. */
import type { PauseCause, StopCause } from "../../plans/index.ts";
import type { EnrollmentRows } from "./rows.ts";

export type Withheld = PauseCause | Extract<StopCause, "plan-stopped" | "rollout-aborted" | "rollout-superseded">;

interface Facts {
  readonly plan: EnrollmentRows["plan"][number] | undefined;
  readonly rollout: EnrollmentRows["jobRollout"][number] | undefined;
  readonly halt: EnrollmentRows["halt"][number] | undefined;
  readonly isExcluded: boolean;
}

/**
 * What ends a job comes before what pauses it. A pause of its rollout comes before the others: it says that the release itself is in
 * doubt, which must not be forgotten when they end. An exclusion goes before a pause of the plan and a halt: their end looks at all that
 * they hold back, and does not have to look at what is excluded. A rollout that is held or superseded leaves the jobs alone that it has.
 */
export function withheldBy({ plan, rollout, halt, isExcluded }: Facts): Withheld | undefined {
  if (plan?.state === "stopped") return "plan-stopped";
  if (rollout?.state === "aborted") return "rollout-aborted";
  if (rollout?.state === "paused") return "rollout-paused";
  if (isExcluded) return "excluded";
  if (plan?.state === "paused") return "plan-paused";
  return halt?.active === 1 ? "halted" : undefined;
}
