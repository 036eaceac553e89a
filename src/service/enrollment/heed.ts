/**
 * What an admin has said of a plan, of all plans or of a device holds in every transaction of a device: the job is brought in line with
 * those rows before anything of it is handed over. The same is done for all jobs afterwards (`plans/plan-work.ts`).
 */
import { isFinal, isPause, type Job, type PauseCause, stopIn } from "../../plans/index.ts";
import { endIn, step, takeBack } from "./job.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/**
 * Withdraws the job of a plan that was stopped, is paused or is halted, and that of an excluded device; resumes one for which nothing of
 * this holds any more. True where that changed it.
 */
export function heedAdmin(unit: UnitOfWork): boolean {
  const { jobRow, withheldBy } = unit;
  // A job that is stopped comes to its end, whatever is said of its plan.
  if (jobRow === undefined || jobRow.state === "stopping" || jobRow.live === 0) return false;
  if (jobRow.state !== "pausing" && jobRow.state !== "paused") {
    if (withheldBy === undefined) return false;
    takeBack(unit, withheldBy);
    return true;
  }
  const before = unit.job;
  const stop = before === undefined ? undefined : stopIn(before);
  // Nobody has said anything since, and the end of an exclusion is still the same.
  if (before === undefined || (stop?.cause === withheldBy && stop?.until === endIn(unit, withheldBy))) return false;
  if (withheldBy !== undefined) takeBack(unit, withheldBy);
  else resume(unit, before);
  return true;
}

const MOVED_BY: Readonly<Record<PauseCause, string>> = {
  "plan-paused": "plan-resumed",
  halted: "halt-ended",
  excluded: "device-excluded",
};

function resume(unit: UnitOfWork, before: Job): void {
  const cause = stopIn(before)?.cause;
  step(unit, { kind: "resume" });
  const { job } = unit;
  if (job === undefined || isFinal(job.state) || !isPause(cause) || job.deadline === before.deadline) return;
  unit.note("deadline-moved", {
    jobId: job.id,
    from: before.deadline ?? null,
    to: job.deadline ?? null,
    cause: MOVED_BY[cause],
    by: unit.resumedBy[cause],
  });
}
