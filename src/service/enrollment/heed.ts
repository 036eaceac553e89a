/**
 * What an admin has said of a plan, or of all plans, holds in every transaction of a device: the job is brought in line with
 * those rows before anything of it is handed over. The same is done for all jobs afterwards (`plans/plan-work.ts`).
 */
import { isFinal, isPause, type Job, stopIn } from "../../plans/index.ts";
import { step } from "./job.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/** Withdraws the job of a plan that was stopped, or that is paused or halted; resumes one that no longer is. True where that changed it. */
export function heedAdmin(unit: UnitOfWork): boolean {
  const { jobRow, withheldBy } = unit;
  // A job that is stopped comes to its end, whatever is said of its plan.
  if (jobRow === undefined || jobRow.state === "stopping" || jobRow.live === 0) return false;
  if (jobRow.state !== "pausing" && jobRow.state !== "paused") {
    if (withheldBy === undefined) return false;
    step(unit, { kind: "withdraw", cause: withheldBy });
    return true;
  }
  const before = unit.job;
  const cause = before === undefined ? undefined : stopIn(before)?.cause;
  if (before === undefined || cause === withheldBy) return false;
  if (withheldBy !== undefined) step(unit, { kind: "withdraw", cause: withheldBy });
  else resume(unit, before);
  return true;
}

function resume(unit: UnitOfWork, before: Job): void {
  const cause = stopIn(before)?.cause;
  step(unit, { kind: "resume" });
  const { job } = unit;
  if (job === undefined || isFinal(job.state) || !isPause(cause) || job.deadline === before.deadline) return;
  unit.note("deadline-moved", {
    jobId: job.id,
    from: before.deadline ?? null,
    to: job.deadline ?? null,
    cause: cause === "halted" ? "halt-ended" : "plan-resumed",
    by: unit.resumedBy[cause],
  });
}
