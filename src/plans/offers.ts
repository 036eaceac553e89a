/**
 * When an install that a device took and did not carry out may be ordered again: each order may ask its user anew, so it comes
 * at growing distances, and three times in a day at most.
 */
import type { Job } from "./job.ts";
import { DAY, HOUR } from "./pace.ts";

/** From the newest order to the next, by how many have been given within the last day. */
const AGAIN: readonly number[] = [HOUR, 4 * HOUR, 12 * HOUR];

type Offers = Pick<Job, "offersAt">;

/** The first moment from `now` at which the install may be ordered (ms UTC); `now` where nothing stands against it. */
export function offerAt({ offersAt = [] }: Offers, now: number): number {
  const moments = offersAt.flatMap((at) => [...AGAIN.map((delay) => at + delay), at + DAY]);
  return [now, ...moments.filter((at) => at > now).toSorted((a, b) => a - b)].find((at) => mayAt(offersAt, at)) ?? now;
}

function mayAt(offersAt: readonly number[], at: number): boolean {
  // A clock that has stepped back since leaves orders that lie ahead: those are not waited for.
  const recent = offersAt.filter((given) => given <= at && given > at - DAY);
  const newest = recent.at(-1);
  if (newest === undefined) return true;
  const delay = AGAIN[recent.length - 1];
  return delay !== undefined && at >= newest + delay;
}

/** How many orders of the last day have left. */
export const offersWithin = ({ offersAt = [] }: Offers, now: number): number =>
  offersAt.filter((at) => at > now - DAY).length;

/** The order has left for the device. */
export const withOffer = (job: Job, now: number): Job => ({
  ...job,
  offersAt: [...(job.offersAt ?? []), now].slice(-AGAIN.length - 1),
});

/** The device refused the newest order: that asked nobody anything, and what it said has a pace of its own. */
export function withoutOffer(job: Job): Job {
  const { offersAt = [], ...rest } = job;
  const before = offersAt.slice(0, -1);
  return before.length === 0 ? rest : { ...rest, offersAt: before };
}
