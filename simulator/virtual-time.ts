import type { Clock } from "./clock.ts";

export interface VirtualTimeOptions {
  /** Virtual ms UTC, whole ones: as every moment of it. */
  readonly start: number;
  /** It never passes this moment (virtual ms UTC). */
  readonly end?: number;
  /** Which of `choices` pieces of work that are ready is done next, 0 to `choices` - 1; the oldest when absent. */
  readonly pick?: (choices: number) => number;
  /** Other processes that live on this time. */
  readonly others?: OtherProcesses;
}

/** Other processes that live on a time. They do nothing unless this process asks them, or the moment has come for which they wait. */
export interface OtherProcesses {
  /** Resolves once none of them is doing anything, with the next moment for which one waits; Infinity where none does. */
  atRest(): Promise<number>;
  /** It is `now`. Resolves when all of them know. */
  tell(now: number): Promise<void>;
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
export function virtualTime({ start, end = Infinity, pick = () => 0, others }: VirtualTimeOptions): VirtualTime {
  const sleepers: Sleeper[] = [];
  const ready: (() => void)[] = [];
  let now = start;
  let holds = 0;
  /** How many holds have ever begun. */
  let begun = 0;
  let asking = false;
  let planned = false;
  let stopped = false;

  const next = (): number => sleepers[0]?.at ?? Infinity;

  function plan(): void {
    const canJump = holds === 0 && !asking && (sleepers.length > 0 || others !== undefined);
    if (planned || stopped || (ready.length === 0 && !canJump)) return;
    planned = true;
    setImmediate(step);
  }

  function step(): void {
    planned = false;
    if (stopped) return;
    if (ready.length === 0) {
      // A hold that began since then plans the next step when it ends.
      if (holds > 0 || asking) return;
      if (others !== undefined) return void agree(others);
      if (!jump(next())) return;
    }
    const [first] = ready.splice(ready.length === 1 ? 0 : pick(ready.length), 1);
    first?.();
    plan();
  }

  /** To `at`, the next moment for which somebody waits: all who do are ready then. False where there is none. */
  function jump(at: number): boolean {
    if (at === Infinity || at > end) return false;
    now = Math.max(now, at);
    while (sleepers[0] !== undefined && sleepers[0].at <= now) ready.push((sleepers.shift() as Sleeper).wake);
    return true;
  }

  /** Jumps with other processes: once all are at rest, and before anybody here is woken all know the time. */
  async function agree(processes: OtherProcesses): Promise<void> {
    asking = true;
    const before = begun;
    const theirs = await processes.atRest();
    const at = Math.min(theirs, next());
    // What was begun here meanwhile may have given them work.
    const busy = ready.length > 0 || holds > 0 || begun !== before;
    const jumps = !busy && !stopped && at !== Infinity && at <= end;
    if (jumps) {
      now = Math.max(now, at);
      await processes.tell(now);
      jump(at);
    }
    asking = false;
    if (busy || jumps) plan();
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
      begun++;
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
