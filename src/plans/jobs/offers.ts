/**
 * How often an install is ordered. A device that took the order and did not carry it out is ordered again after 1, 4 and 12
 * hours, and then not before the 24 hours that began with the first order are over. What counts is the moment at which an
 * order left for the device; it is kept in the job, so a restart of the server changes nothing.
 */
import type { Job, Offers } from "./job.ts";
import { isHindrance } from "./hindrance.ts";
import { say } from "./pace.ts";
import { DAY, HOUR } from "./units.ts";

/** From one order to the next, within 24 hours. */
export const OFFER_AGAIN: readonly number[] = [HOUR, 4 * HOUR, 12 * HOUR];
/** The first order and three more. */
const MOST = OFFER_AGAIN.length + 1;
/** A moment that lies further ahead than this was noted by a clock that was wrong: it does not count. */
const WRONG = HOUR;

const NONE: Offers = { at: [], round: 0 };

function offersOf({ offers }: Pick<Job, "offers">, now: number): Offers {
  return offers === undefined || (offers.at.at(-1) ?? 0) > now + WRONG ? NONE : offers;
}

/** When the present 24 hours began; undefined: the next order begins them. */
const beganAt = ({ at, round }: Offers): number | undefined => (round === 0 ? undefined : at[at.length - round]);

/** The first moment (ms UTC) at which the install may be ordered; one that has passed: now. */
export function offerableAt(job: Pick<Job, "offers">, now: number): number {
  const offers = offersOf(job, now);
  const { at, round } = offers;
  // In any 24 hours, wherever they begin.
  const bounded = (at[at.length - MOST] ?? -DAY) + DAY;
  const began = beganAt(offers);
  const last = at.at(-1);
  if (began === undefined || last === undefined) return bounded;
  const anew = Math.max(began + DAY, last + HOUR);
  const again = OFFER_AGAIN[round - 1];
  return Math.max(bounded, again === undefined ? anew : Math.min(anew, last + again));
}

/** When the newest order left (ms UTC). */
export const lastOfferAt = ({ offers }: Pick<Job, "offers">): number | undefined => offers?.at.at(-1);

/** How many of the newest orders left within the last 24 hours; one that left before them counts as well. */
const recentOf = (job: Job, now: number): number =>
  Math.max(1, offersOf(job, now).at.filter((at) => at > now - DAY).length);

/** The first order and three more have left within 24 hours. */
function isUsedUp(job: Job, now: number): boolean {
  const first = offersOf(job, now).at.at(-MOST);
  return first !== undefined && first + DAY > now;
}

/**
 * Says why the install is not ordered again now: `reason`, or that it was ordered as often as it may be, and did not happen
 * because of that.
 */
export function sayAgain(job: Job, reason: string, params: Job["params"], now: number): Job {
  if (!isUsedUp(job, now)) {
    const counted = reason === "install-not-begun" ? { ...params, orders: recentOf(job, now) } : params;
    return say(job, reason, counted, now);
  }
  const cause = isHindrance(reason) ? { cause: reason, ...params } : {};
  return say(job, "installs-used-up", { ...cause, orders: MOST }, now);
}

/** An order leaves. */
export function offeredAt(job: Job, now: number): Job {
  const offers = offersOf(job, now);
  const began = beganAt(offers);
  const anew = began === undefined || now >= began + DAY;
  const round = anew ? 1 : Math.min(offers.round + 1, MOST);
  return { ...job, offers: { at: [...offers.at, now].slice(-MOST), round } };
}

/** NotNow is no execution: the newest order counts as if it had never left. */
export function takenBack({ offers, ...job }: Job): Job {
  if (offers === undefined) return job;
  return { ...job, offers: { at: offers.at.slice(0, -1), round: Math.max(0, offers.round - 1) } };
}

/** What kept the install from beginning is gone: the waits between orders are over, but not how many there may be. */
export function withoutWaits(job: Job): Job {
  return job.offers === undefined ? job : { ...job, offers: { ...job.offers, round: 0 } };
}
