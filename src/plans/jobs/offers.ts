/**
 * How often an install is ordered. A device that took the order and did not carry it out is ordered again after 1, 4 and 12
 * hours, and then not before the 24 hours that began with the first order are over. What counts is the moment at which an
 * order left for the device; it is kept in the job, so a restart of the server changes nothing.
 */
import type { Job, LiveJob, Offers, Said } from "./job.ts";
import { say } from "./pace.ts";
import { DAY, HOUR } from "./units.ts";

/** From one order to the next, within 24 hours. */
export const OFFER_AGAIN: readonly number[] = [HOUR, 4 * HOUR, 12 * HOUR];
/** The first order and three more. */
const MOST = OFFER_AGAIN.length + 1;
/** A moment that lies further ahead than this was noted by a clock that was wrong: it does not count. */
const WRONG = HOUR;

const NONE: Offers = { at: [], round: 0 };

function offersOf({ orders: { offers } }: Pick<Job, "orders">, now: number): Offers {
  return offers === undefined || (offers.at.at(-1) ?? 0) > now + WRONG ? NONE : offers;
}

/** When the present 24 hours began; undefined: the next order begins them. */
const beganAt = ({ at, round }: Offers): number | undefined => (round === 0 ? undefined : at[at.length - round]);

/** The first moment (ms UTC) at which the install may be ordered; one that has passed: now. */
export function offerableAt(job: Pick<Job, "orders">, now: number): number {
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
export const lastOfferAt = ({ orders: { offers } }: Pick<Job, "orders">): number | undefined => offers?.at.at(-1);

/** The first order and three more have left within 24 hours, so that the install is not ordered again before they are over. */
export const isUsedUp = (job: Job, now: number): boolean => {
  const first = offersOf(job, now).at.at(-MOST);
  return first !== undefined && first + DAY > now;
};

/** How many of the newest orders left within the last 24 hours, for words; one that left before them counts as well. */
export const recentOf = (job: Job, now: number): number =>
  Math.max(1, offersOf(job, now).at.filter((at) => at > now - DAY).length);

/**
 * Says why the install is not ordered again now, or that it was ordered as often as it may be. `cause`: the blocker because of
 * which it did not happen, where it is one that we know.
 */
export function sayAgain<J extends LiveJob>(job: J, said: Said, now: number, cause?: Said): J {
  if (!isUsedUp(job, now)) return say(job, said.reason, said.params, now);
  const because = cause === undefined ? {} : { cause: cause.reason, ...cause.params };
  return say(job, "installs-used-up", { ...because, orders: MOST }, now);
}

/** An order leaves. */
export function offeredAt<J extends Job>(job: J, now: number): J {
  const offers = offersOf(job, now);
  const began = beganAt(offers);
  const anew = began === undefined || now >= began + DAY;
  const round = anew ? 1 : Math.min(offers.round + 1, MOST);
  return { ...job, orders: { ...job.orders, offers: { at: [...offers.at, now].slice(-MOST), round } } };
}

/** NotNow is no execution: the newest order counts as if it had never left. */
export function takenBack<J extends Job>(job: J): J {
  const { offers } = job.orders;
  if (offers === undefined) return job;
  const before: Offers = { at: offers.at.slice(0, -1), round: Math.max(0, offers.round - 1) };
  return { ...job, orders: { ...job.orders, offers: before } };
}

/** What kept the install from beginning is gone: the waits between orders are over, but not how many there may be. */
export function withoutWaits<J extends Job>(job: J): J {
  const { offers } = job.orders;
  return offers === undefined ? job : { ...job, orders: { ...job.orders, offers: { ...offers, round: 0 } } };
}
