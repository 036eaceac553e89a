/** What a pause, a stop or a halt does to a device whose job is under way: told before it is done. */
import type { Job } from "./job.ts";

/**
 * `waiting`: nothing of the update has reached it. `underWay`: it downloads, has downloaded or has its declaration, and does not install.
 * `beyondRecall`: the install command was delivered, it installs, or its moment has passed.
 */
export type Fate = "waiting" | "underWay" | "beyondRecall";

export function fateOf(job: Job, now: number): Fate {
  if (job.mechanism === "declaration") {
    const { takenAt, enforcement } = job.declared;
    if (takenAt === undefined) return "waiting";
    return job.state === "installing" || (enforcement !== undefined && now >= enforcement.at)
      ? "beyondRecall"
      : "underWay";
  }
  if (job.orders.installs > 0) return "beyondRecall";
  return job.orders.downloadAt !== undefined || job.known.progress !== undefined ? "underWay" : "waiting";
}
