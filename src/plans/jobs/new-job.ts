/** The one place where a job is made. */
import { type Job, JOB_VERSION, type JobSeed } from "./job.ts";

/** Days a job may take before it ends as failed; from its deadline, where that is later. */
const LIFE = 30 * 24 * 3_600_000;

/** A job at its very beginning, of a device last heard at `heardAt`; `step(job, { kind: "begin" }, now)` sets it going. */
export function newJob(
  seed: JobSeed,
  ids: Pick<Job, "id" | "planId" | "earlier">,
  now: number,
  heardAt: number = now,
): Job {
  return {
    v: JOB_VERSION,
    ...seed,
    ...ids,
    expiresAt: Math.max(now, seed.deadlineAt ?? now) + LIFE,
    state: "asking",
    reason: "begun",
    params: {},
    since: now,
    next: { action: "push-again", at: now },
    out: {},
    installs: 0,
    tries: { unheard: 0, hindered: 0, looks: 0, downloads: 0, scans: 0 },
    createdAt: now,
    heardAt,
  };
}
