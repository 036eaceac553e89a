/** Whether a webhook wants an event, and when a delivery that failed is sent again. Pure. */
import type { EventKind } from "../../store/index.ts";

/** `events`: `*`, groups such as `job.*`, names. */
export function wants(events: readonly string[], kind: EventKind): boolean {
  const [group] = kind.split(".");
  return events.some((one) => one === "*" || one === kind || one === `${group}.*`);
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** After the first attempt, the second, …; the last one for all that follow. */
const LONGEST_PAUSE = 12 * HOUR;
const PAUSES = [10 * SECOND, 30 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, LONGEST_PAUSE];
/** A delivery is tried this long (ms). */
const TRIED_FOR = 3 * 24 * HOUR;
/** A webhook that has taken nothing for this long (ms) when a delivery is given up is disabled. */
export const LONG_FAILURE = TRIED_FOR - LONGEST_PAUSE;

/** When a delivery that was made at `createdAt` is sent after so many attempts; undefined: it is not. Times are ms UTC. */
export function nextAttempt(createdAt: number, attempts: number, now: number): number | undefined {
  const at = now + (PAUSES[Math.min(attempts, PAUSES.length) - 1] ?? 0);
  return at - createdAt > TRIED_FOR ? undefined : at;
}
