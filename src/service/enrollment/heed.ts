/**
 * What was decided about a plan, a rollout, all plans or a device holds in every transaction of a device: the job is brought in line with
 * those rows before anything of it is handed over. The same is done for all jobs afterwards (`plans/plan-work.ts`).
 */
import { isFinal, isPause, type Job, type PauseCause, stopIn } from "../../plans/index.ts";
import { endIn, step, takeBack } from "./job.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/**
 * Withdraws the job of a plan that was stopped or of a rollout that was aborted, one that is paused or halted, and that of an excluded
 * device; resumes one for which nothing of this holds any more. One that waits for a rollout that never continues ends. True where that
 * changed it.
 */
export function heedAdmin(unit: UnitOfWork): boolean {
  const { jobRow } = unit;
  // A job that is stopped comes to its end, whatever is said of its plan.
  if (jobRow === undefined || jobRow.state === "stopping" || jobRow.live === 0) return false;
  if (jobRow.state !== "pausing" && jobRow.state !== "paused") {
    if (unit.withheldBy === undefined) return false;
    takeBack(unit, unit.withheldBy);
    return true;
  }
  const before = unit.job;
  const stop = before === undefined ? undefined : stopIn(before);
  const withheldBy = stop?.cause === "rollout-paused" && unit.isSuperseded ? "rollout-superseded" : unit.withheldBy;
  // Nobody has said anything since, and the end of an exclusion is still the same.
  if (before === undefined || (stop?.cause === withheldBy && stop?.until === endIn(unit, withheldBy))) return false;
  if (withheldBy !== undefined) takeBack(unit, withheldBy);
  else resume(unit, before);
  return true;
}

const MOVED_BY = {
  "plan-paused": "plan-resumed",
  "rollout-paused": "rollout-resumed",
  halted: "halt-ended",
  excluded: "device-excluded",
} as const satisfies Record<PauseCause, string>;

function resume(unit: UnitOfWork, before: Job): void {
  const was = stopIn(before)?.cause;
  step(unit, { kind: "resume" });
  const { job } = unit;
  if (job === undefined || isFinal(job.state) || !isPause(was) || job.deadline === before.deadline) return;
  const cause = MOVED_BY[was];
  unit.note("deadline-moved", {
    jobId: job.id,
    from: before.deadline ?? null,
    to: job.deadline ?? null,
    cause,
    by: unit.resumedBy[was],
  });
}
