/** When the server fetches Apple's list. Pure; all moments are real time, ms UTC. */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MINUTE = 60_000;
/** Once a day, in these hours UTC, in which Apple has usually published what it publishes on a day. */
const OPENS = 18 * HOUR;
const MINUTES = 180;
/** Between two tries after a failure, and between two fetches that an admin asks for. */
export const LEAST_PAUSE = HOUR;
const MOST_PAUSE = 8 * HOUR;

/** The minute of the window, of two random bytes. */
export const minuteOf = (random: Uint8Array): number => (((random[0] ?? 0) << 8) | (random[1] ?? 0)) % MINUTES;

/** In the window of this day before it has opened, in that of the next day from then on; never within an hour. */
export function windowAfter(now: number, minute: number): number {
  const day = Math.floor(now / DAY) * DAY;
  const opens = day + OPENS > now ? day + OPENS : day + DAY + OPENS;
  return Math.max(opens + minute * MINUTE, now + LEAST_PAUSE);
}

/** After `count` failures in a row: after growing pauses, and in any case in the next window. */
export function retryAt(count: number, now: number, minute: number): number {
  const pause = Math.min(MOST_PAUSE, LEAST_PAUSE * 2 ** Math.min(count - 1, 10));
  return Math.min(now + pause, windowAfter(now, minute));
}

/** False where nothing is planned, or for a day that no plan can be for: then the clock was set back. */
export const isPlanned = (nextAt: number | null, now: number): nextAt is number =>
  nextAt !== null && nextAt - now <= DAY + MINUTES * MINUTE;
