/** What is in a device's way and says nothing against the release (targets R6), as far as its job or its own words show it. */
import { neededFor } from "../jobs/by-declaration/person.ts";
import type { LiveJob } from "../jobs/job.ts";

/** Characters of a failure's text that are looked at. It is free text of the device. */
const LOOKED_AT = 1000;
const CAUSES =
  /\b(?:network|internet|wi-?fi|offline|power|battery|charg(?:e|er|ing)|plugged|disk|storage|space|download\w*)\b/i;

/** Whether a device's own failure report names network, power, space or the download, or asks for its passcode. */
export const namesHindrance = (detail: string): boolean =>
  neededFor(detail) !== undefined || CAUSES.test(detail.slice(0, LOOKED_AT));

/**
 * Whether the device waits for its user now. By command what blocks it comes as an event, and is no state that lasts; by
 * declaration the device tries again automatically, and its state is all that there is.
 */
export function isHinderedNow(job: LiveJob, now: number): boolean {
  // Its user has put the install off.
  if (job.mechanism === "command") return job.state === "installing" && (job.known.deferrals?.nextInstallAt ?? 0) > now;
  const { failures, enforcement } = job.declared;
  if (job.block?.by === "failure") return job.block.needs !== undefined || namesHindrance(failures?.detail ?? "");
  // It has the update and does not begin.
  return job.state === "ready" && enforcement !== undefined && now >= enforcement.latestAt;
}
