import type { Clock } from "./clock.ts";
import { minute } from "./clock.ts";

const steps = [1, 2, 5, 10, 20, 30, 60];

/** Virtual ms to wait before try number `tries` + 1 (`tries` failed so far, from 1); never more than `most`. */
export const backoff = (tries: number, most = Infinity): number =>
  Math.min(most, (steps[Math.min(tries, steps.length) - 1] ?? 1) * minute);

/** Sleeps without ever rejecting; tells whether `signal` has not aborted. */
export async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(ms, signal);
  } catch {
    // A clock may reject when it is aborted; the signal says so too.
  }
  return !signal.aborted;
}
