/** When a device was told to fetch its declarations, and when it may be told again. */
import type { DeclaredJob } from "../job.ts";
import { type Arrival, next, PUSH_DELAYS } from "../pace.ts";
import { HOUR } from "../units.ts";

/** From telling a device to fetch its declarations to telling it again. */
export const AGAIN = PUSH_DELAYS[0] ?? HOUR;

/** The job as it tells its device to sync. */
export const tells = (job: DeclaredJob, now: number): DeclaredJob => ({
  ...job,
  declared: { ...job.declared, toldAt: now },
});

/**
 * The device says that it has not fetched what it was told to fetch a moment ago: it waits. One that reports at each sync and
 * does not fetch would be told again with each report, without end. Undefined: it may be told now.
 */
export function toldLately(job: DeclaredJob, now: number): Arrival | undefined {
  const { toldAt } = job.declared;
  if (toldAt === undefined || toldAt + AGAIN <= now) return undefined;
  return { job: next(job, "push-again", toldAt + AGAIN), effects: [] };
}
