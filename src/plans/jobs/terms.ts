/** What days and clocks mean for a job's device: where `plans/deadlines` meets a job. */
import type { DayRules } from "../deadlines/days.ts";
import type { LocalDateTime } from "../deadlines/local.ts";
import { momentBy } from "../deadlines/moment.ts";
import { clockOf } from "./clock-of.ts";
import { declaredOf, type Job } from "./job.ts";

/** The days on which nothing of the job may lie. */
export const rulesOf = ({ skipWeekdays = [], blackouts = [] }: Pick<Job, "skipWeekdays" | "blackouts">): DayRules => ({
  skipWeekdays,
  blackouts,
});

/**
 * The local time from which the device is told to install: what its declaration says, or from when its order leaves. Undefined by
 * command without a deadline: then at once, or in each window.
 */
export function momentOf(job: Job): LocalDateTime | undefined {
  if (job.mechanism === "declaration") return declaredOf(job).enforcement?.local.slice(0, 16);
  return job.moment ?? plannedMoment(job);
}

/** By command: what follows from the deadline and the window alone. */
export function plannedMoment(job: Job): LocalDateTime | undefined {
  const { deadline, window } = job;
  if (deadline === undefined) return undefined;
  return momentBy(deadline, { ...(window === undefined ? {} : { window }), clock: clockOf(job), rules: rulesOf(job) });
}
