/** A job and its device over many moments, for what must hold within each of them. */
import { NOON } from "./one-job.suite.ts";
import type { Input } from "./input.ts";
import type { Job } from "./job.ts";

export const MOMENTS = 16;

/**
 * Lets a job live its moments with a device that changes its ways once, at the moment `changeAt`; its plan is stopped at `stopAt`.
 * `exchange`: all that passes between them at a time, undefined where that has no end. Gives where it had none.
 */
export function restless<Way>(
  from: Job,
  [before, after]: readonly [Way, Way],
  { changeAt, stopAt }: { readonly changeAt: number; readonly stopAt: number },
  exchange: (job: Job, way: Way, first: Input, now: number) => Job | undefined,
): string[] {
  let [job, now] = [from, NOON];
  let first: Input = { kind: "begin" };
  for (let moment = 0; moment < MOMENTS; moment += 1) {
    if (moment === stopAt) first = { kind: "withdraw", cause: "plan-stopped", held: true };
    const { state } = job;
    const rested = exchange(job, moment < changeAt ? before : after, first, now);
    if (rested === undefined) return [`${state}, at moment ${moment}, after ${first.kind}`];
    job = rested;
    if (job.next === null) return [];
    now = moment + 1 === stopAt ? now + 1 : Math.max(now, job.next.at);
    first = { kind: "due" };
  }
  return [];
}
