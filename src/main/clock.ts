/** What tells a moment, and waits for one. */
export interface Clock {
  /** Integer ms UTC. */
  now(): number;
  /** Resolves when this clock says `at` (ms) or later, or as soon as the signal is aborted. `at` may be Infinity. */
  until(at: number, signal: AbortSignal): Promise<void>;
}

/** Real time: what has to be waited for between two moments is waited for whatever the clock is set to meanwhile. */
export interface RealClock extends Clock {
  /** Resolves after `ms`, or as soon as the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/**
 * The longest real wait before the time is looked at again (ms): a clock that was set forward, or a machine that slept, must not
 * make what is due wait for as long again.
 */
const LOOK_AGAIN = 250;

/** Resolves after `ms` of real time, or when the signal is aborted. */
function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
  });
}

/** `now`: the time that is believed, ms UTC. */
export function realClock(now: () => number): RealClock {
  return {
    now,
    sleep: rest,
    async until(at, signal) {
      for (let left = at - now(); left > 0 && !signal.aborted; left = at - now())
        await rest(Math.min(left, LOOK_AGAIN), signal);
    },
  };
}
