/** The one place where a job is made. */
import { type ByCommand, type ByDeclaration, type Job, JOB_VERSION, type JobSeed, type LiveJob } from "./job.ts";
import { DAY } from "./units.ts";

/** Days a job may take before it ends as failed; from its deadline, where that is later. */
const LIFE = 30 * DAY;

/** The moment after which a job that begins, or continues, `now` ends as failed. */
export const lifeOf = (now: number, deadlineAt: number | undefined): number => Math.max(now, deadlineAt ?? now) + LIFE;

/** A job at its very beginning, of a device last heard at `heardAt`; `step(job, { kind: "begin" }, now)` sets it going. */
export function newJob(
  { mechanism, enforcement, unreported, otherwise, ...frozen }: JobSeed,
  ids: Pick<Job, "id" | "planId" | "earlier">,
  now: number,
  heardAt: number = now,
): LiveJob {
  const way: ByCommand | ByDeclaration =
    mechanism === undefined
      ? { mechanism: "command" }
      : {
          mechanism,
          declared: {
            ...(enforcement === undefined ? {} : { enforcement }),
            ...(unreported === undefined ? {} : { unreported }),
            ...(otherwise === undefined ? {} : { otherwise }),
          },
        };
  return {
    v: JOB_VERSION,
    ...frozen,
    ...ids,
    ...way,
    expiresAt: lifeOf(now, frozen.deadlineAt),
    state: "asking",
    reason: "begun",
    params: {},
    since: now,
    next: { action: "push-again", at: now },
    out: {},
    orders: { installs: 0 },
    known: {},
    tries: { unheard: 0, hindered: 0, looks: 0, downloads: 0, scans: 0 },
    createdAt: now,
    heardAt,
  };
}
