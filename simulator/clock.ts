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

/**
 * A clock that jumps to the next wake-up as soon as nobody holds it: days pass in milliseconds, in a fixed order.
 * It stands still while anything holds it, and never passes `end` (virtual ms UTC).
 */
export function jumpingClock(options: { readonly start: number; readonly end?: number }): Clock & { now(): number } {
  const sleepers = new Set<{ at: number; order: number; wake: () => void }>();
  let now = options.start;
  let holds = 0;
  let order = 0;
  let planned = false;

  /** Looks again after every microtask and finished callback of this turn, so that nobody is overtaken. */
  function plan(): void {
    if (planned) return;
    planned = true;
    setImmediate(() =>
      setImmediate(() => {
        planned = false;
        if (holds > 0 || sleepers.size === 0) return;
        const [next] = [...sleepers].toSorted((a, b) => a.at - b.at || a.order - b.order);
        if (next === undefined || next.at > (options.end ?? Infinity)) return;
        now = Math.max(now, next.at);
        next.wake();
        plan();
      }),
    );
  }

  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const sleeper = { at: now + Math.max(0, ms), order: order++, wake };
        function wake(): void {
          sleepers.delete(sleeper);
          signal?.removeEventListener("abort", wake);
          resolve();
        }
        sleepers.add(sleeper);
        signal?.addEventListener("abort", wake, { once: true });
        plan();
      }),
    hold() {
      holds++;
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        holds--;
        plan();
      };
    },
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
