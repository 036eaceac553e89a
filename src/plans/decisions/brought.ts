/** Whose order brought a device to a version: "there already" is never said of what a plan has brought about. */
import { letterOf } from "../../catalog/index.ts";
import { compareVersions } from "../../protocol/index.ts";
import type { Ended } from "../jobs/ended.ts";
import type { Job, JobTarget } from "../jobs/job.ts";
import type { State } from "../jobs/state.ts";

/** Its report that the declaration is in force may have been lost; one that it could not apply did nothing. */
function declares(job: Job): boolean {
  if (job.mechanism !== "declaration") return false;
  const { inForceAt, takenAt } = job.declared;
  const refused = job.end === undefined && job.block?.by === "device";
  return inForceAt !== undefined || (takenAt !== undefined && !refused);
}

/** An order that was answered with "no update available" did nothing. */
const orders = ({ orders: { installs, noUpdate } }: Job): boolean => installs > 0 && noUpdate === undefined;

/** Whether an install that this job ordered leads to `version`. No order leads beyond its target. */
export function leadsTo(job: Job, version: string): boolean {
  return (orders(job) || declares(job)) && compareVersions(version, job.target.version) === 0;
}

/** An update that a plan has brought about on a device. */
export interface Brought {
  readonly plan: string;
  readonly target: Pick<JobTarget, "version" | "supplemental">;
}

/** What was brought about, by a job that ended so; which plan ordered it. */
export function broughtBy({ planId, earlier, end, target }: Job): Brought {
  return { plan: end?.by === "earlier" ? (earlier ?? planId) : planId, target };
}

/** The same version, with the same improvement or none. */
export const sameTarget = (a: Brought["target"], b: Brought["target"]): boolean =>
  compareVersions(a.version, b.version) === 0 && letterOf(a.supplemental?.extra) === letterOf(b.supplemental?.extra);

/** Ends after which an order that has left may still be carried out. One that enrolls again was erased, or has left. */
const MAY_STILL: ReadonlySet<State> = new Set(["stopped", "failed"]);

/** The plan whose order may still bring the device to `target`, of its jobs that have ended (oldest first). */
export function stillOrdered(past: readonly Ended[], target: JobTarget): string | undefined {
  return past.findLast(
    (job): job is Job =>
      job.target !== undefined &&
      job.target.others !== true &&
      MAY_STILL.has(job.state) &&
      sameTarget(job.target, target) &&
      leadsTo(job, target.version),
  )?.planId;
}
