/** What a job, live or over, is for the compliance of its device. */
import { needsUserOf } from "../decisions/authorise.ts";
import { classOf } from "../jobs/blocker.ts";
import { FAILING } from "../jobs/by-declaration/person.ts";
import type { Ended } from "../jobs/ended.ts";
import type { Job } from "../jobs/job.ts";
import { isFinal, isStopping } from "../jobs/state.ts";
import type { Progress } from "./compliance.ts";

/** Reasons by which a job waits for its user, or for somebody who looks at the device. */
const BY_REASON: ReadonlySet<string> = new Set([...Object.values(FAILING), "waiting-for-user", "past-prepared"]);

export function progressOf(job: Ended): Progress {
  const person = personFor(job);
  return {
    kind: "job",
    reason: job.reason,
    over: isFinal(job.state),
    ...(person === undefined ? {} : { person }),
  };
}

/** What only a person can change, as a reason's code; undefined: nothing of the kind. */
function personFor(job: Ended): string | undefined {
  const { state, reason } = job;
  // The plan ends here; the install is up to the user.
  if (state === "downloaded" || state === "notified") return reason;
  if (isFinal(state) || isStopping(state)) return undefined;
  if (state === "blocked" && classOf(reason) === "needs-user") return reason;
  if (BY_REASON.has(reason)) return reason;
  return state === "ready" || state === "blocked" ? needsUserOf(job as Job) : undefined;
}
