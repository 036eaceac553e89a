/** The time devices live in. `now` is virtual milliseconds since the Unix epoch, UTC. */
export interface Clock {
  now(): number;
  /** Resolves after `ms` virtual milliseconds, or at once when `signal` aborts (it may also reject then). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Says that work outside the clock (a request, a key being made) has begun; the returned function says it ended. */
  hold?(): () => void;
}

/**
 * A clock that runs `factor` times as fast as real time, beginning at `start` (virtual ms UTC).
 * `factor` 3600 makes one real second one virtual hour.
 */
export function scaledClock(options: { readonly start: number; readonly factor: number }): Clock {
  const begun = performance.now();
  return {
    now: () => Math.round(options.start + (performance.now() - begun) * options.factor),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const timer = setTimeout(finish, Math.max(0, ms / options.factor));
        function finish(): void {
          clearTimeout(timer);
          signal?.removeEventListener("abort", finish);
          resolve();
        }
        signal?.addEventListener("abort", finish, { once: true });
      }),
  };
}

/** Runs `work` with the clock held, where the clock can be held. */
export async function whileHeld<T>(clock: Clock, work: () => Promise<T>): Promise<T> {
  const release = clock.hold?.();
  try {
    return await work();
  } finally {
    release?.();
  }
}

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;
