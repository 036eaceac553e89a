/** Waiting for the next moment of work, which may come to be sooner while one waits. */
import type { Clock } from "./clock.ts";

/** Why a wait ends early: given, since making the usual reason takes long. */
const SOONER = "sooner";

export interface Appointment {
  /** There is work at `at` (ms): who waits for a later moment waits for this one instead. */
  sooner(at: number): void;
  /**
   * Resolves at the moment that `next` names (undefined: there is none), at an earlier one that `sooner` has named since this
   * was called, or when the signal is aborted.
   */
  wait(next: () => Promise<number | undefined>, signal: AbortSignal): Promise<void>;
}

export function createAppointment(clock: Clock): Appointment {
  let earliest = Number.POSITIVE_INFINITY;
  let told: (() => void) | undefined;
  return {
    sooner(at) {
      if (at >= earliest) return;
      earliest = at;
      told?.();
    },
    async wait(next, signal) {
      earliest = Number.POSITIVE_INFINITY;
      const found = (await next()) ?? Number.POSITIVE_INFINITY;
      // What was named while `next` was looked up must not be missed: it is read only now.
      earliest = Math.min(earliest, found);
      while (earliest > clock.now() && !signal.aborted) {
        const interrupt = new AbortController();
        told = () => interrupt.abort(SOONER);
        signal.addEventListener("abort", told);
        try {
          await clock.until(earliest, interrupt.signal);
        } finally {
          signal.removeEventListener("abort", told);
          told = undefined;
        }
      }
    },
  };
}
