import type { Clock } from "./clock.ts";

export interface VirtualTimeOptions {
  /** Virtual ms UTC, whole ones: as every moment of it. */
  readonly start: number;
  /** It never passes this moment (virtual ms UTC). */
  readonly end?: number;
  /** Which of `choices` pieces of work that are ready is done next, 0 to `choices` - 1; the oldest when absent. */
  readonly pick?: (choices: number) => number;
}

/** A clock, and the scheduler of everything that lives on it. */
export interface VirtualTime extends Clock {
  hold(): () => void;
  /** Resolves when it is this caller's turn: of all who are ready, one at a time continues, as `pick` says. */
  turn(): Promise<void>;
  /** From now on nobody is woken any more. */
  stop(): void;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/**
 * Time that stands still while anything is being done, and then jumps to the next moment for which somebody waits: days
 * pass in milliseconds. One who is ready continues at a time, until it has nothing more to do by itself; so a run depends on
 * nothing but the code and `pick`.
 *
 * That it has nothing more to do is known, not guessed: promises are continued before the next turn of the event loop begins,
 * and whoever waits for something else (a socket, a thread, a key being made) holds the time meanwhile: then it does not jump.
 */
export function virtualTime({ start, end = Infinity, pick = () => 0 }: VirtualTimeOptions): VirtualTime {
  const sleepers: Sleeper[] = [];
  const ready: (() => void)[] = [];
  let now = start;
  let holds = 0;
  let planned = false;
  let stopped = false;

  function plan(): void {
    if (planned || stopped || (ready.length === 0 && (holds > 0 || sleepers.length === 0))) return;
    planned = true;
    setImmediate(step);
  }

  function step(): void {
    planned = false;
    // A hold that began since then plans the next step when it ends.
    if (stopped || (ready.length === 0 && (holds > 0 || !jump()))) return;
    const [next] = ready.splice(ready.length === 1 ? 0 : pick(ready.length), 1);
    next?.();
    plan();
  }

  /** To the next moment for which somebody waits: all who do are ready then. False where there is none. */
  function jump(): boolean {
    const first = sleepers[0];
    if (first === undefined || first.at > end) return false;
    now = Math.max(now, first.at);
    while (sleepers[0] !== undefined && sleepers[0].at <= now) ready.push((sleepers.shift() as Sleeper).wake);
    return true;
  }

  function enter(sleeper: Sleeper): void {
    let [low, high] = [0, sleepers.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sleepers[middle]?.at ?? Infinity) <= sleeper.at) low = middle + 1;
      else high = middle;
    }
    sleepers.splice(low, 0, sleeper);
  }

  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const wake = (): void => {
          signal?.removeEventListener("abort", aborted);
          resolve();
        };
        const sleeper: Sleeper = { at: Math.ceil(now + Math.max(0, ms)), wake };
        const aborted = (): void => {
          const at = sleepers.indexOf(sleeper);
          if (at >= 0) sleepers.splice(at, 1);
          wake();
        };
        enter(sleeper);
        signal?.addEventListener("abort", aborted, { once: true });
        plan();
      }),
    turn: () =>
      new Promise((resolve) => {
        ready.push(resolve);
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
    stop() {
      stopped = true;
    },
  };
}
