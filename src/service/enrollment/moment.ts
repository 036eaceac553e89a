/** The moment of a job in the transactions of its device (targets D6): taken back in time, and given again at the next contact. */
import { type Job, momentOf } from "../../plans/index.ts";
import { step } from "./job.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/**
 * The device is here: a job whose moment was taken back, or leaves less than the notice, gets a new one before anything of it is
 * handed over. What is needed for that stands in the job, so nothing is looked up. `heardAt`: when the device was heard before.
 */
export function heedMoment(unit: UnitOfWork, heardAt: number | null): void {
  const before = unit.jobRow === undefined ? undefined : unit.job;
  // Most plans promise no notice.
  if (before?.noticeMs === undefined) return;
  step(unit, { kind: "contact", heardAt });
  noteMoment(unit, before, before.recalled ?? "late");
}

/** Something of the job is due: first of all, its moment may have passed. */
export function jobIsDue(unit: UnitOfWork): void {
  const before = unit.job;
  step(unit, { kind: "due", heardAt: unit.enrollment.lastSeenAt });
  const why = unit.job?.end === undefined ? unit.job?.recalled : undefined;
  if (before === undefined || before.recalled !== undefined || why === undefined) return;
  unit.note("moment-recalled", { jobId: before.id, moment: momentOf(before) ?? null, why });
  unit.push();
}

/** Tells the timeline that the device is told another moment. */
export function noteMoment(unit: UnitOfWork, before: Job, why: string): void {
  const { job } = unit;
  if (job === undefined || job.end !== undefined) return;
  const [from, to] = [momentOf(before), momentOf(job)];
  if (from === undefined || to === undefined || from === to) return;
  unit.note("moment-moved", { jobId: job.id, from, to, why });
}
