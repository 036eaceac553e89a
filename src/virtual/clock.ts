/** The clock of a server on virtual time: its own may be set beside the time, as a real one may. */
import type { VirtualTime } from "../../simulator/index.ts";
import type { RealClock } from "../main/index.ts";

/** A clock that was set is noticed within this long (ms). */
const LOOK_AGAIN = 3_600_000;
/** Longer than anybody looks ahead (ms): virtual time must not jump to the end of all time. */
const LONGEST = 400 * 24 * LOOK_AGAIN;
/** Why a wait ends: given, since making the usual reason takes long. */
const ENOUGH = "enough";

/** `now`: what the server takes the time for. */
export function clockOn(time: Pick<VirtualTime, "now" | "sleep">, now: () => number): RealClock {
  const waiting = new Set<() => void>();
  let isWatching = false;

  /** One look for all who wait: each of them for itself would wake up hundreds of times in vain. */
  async function watch(): Promise<void> {
    isWatching = true;
    let ahead = now() - time.now();
    while (waiting.size > 0) {
      await time.sleep(LOOK_AGAIN);
      const before = ahead;
      ahead = now() - time.now();
      if (ahead !== before) for (const look of waiting) look();
    }
    isWatching = false;
  }

  async function until(at: number, signal: AbortSignal): Promise<void> {
    for (let left = at - now(); left > 0 && !signal.aborted; left = at - now()) {
      const enough = new AbortController();
      const end = (): void => enough.abort(ENOUGH);
      signal.addEventListener("abort", end);
      waiting.add(end);
      if (!isWatching) void watch();
      await time.sleep(Math.min(left, LONGEST), enough.signal);
      waiting.delete(end);
      signal.removeEventListener("abort", end);
    }
  }

  return { now, until, sleep: (ms, signal) => time.sleep(ms, signal) };
}
