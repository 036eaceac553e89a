/** Units of time (ms), and when every seed begins. */

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A Tuesday in August 2026, when the releases of the sample catalog were new. */
export const START = Date.UTC(2026, 7, 25, 12);
