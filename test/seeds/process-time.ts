/** The time of one process, which may die: nothing that it waits for comes then. */
import type { VirtualTime } from "../../simulator/index.ts";

export interface ProcessTime extends VirtualTime {
  /** Whoever waits in it waits without end, and wakes nobody up: the hundreds of waits of a dead process cost nothing. */
  die(): void;
}

const DEAD = "dead";

export function processTime(time: VirtualTime): ProcessTime {
  const waits = new Set<AbortController>();
  let isDead = false;
  return {
    ...time,
    sleep(ms, signal) {
      return new Promise((resolve) => {
        if (isDead) return;
        if (signal?.aborted === true) return resolve();
        const wait = new AbortController();
        const end = (): void => wait.abort(signal?.reason);
        waits.add(wait);
        signal?.addEventListener("abort", end, { once: true });
        void time.sleep(ms, wait.signal).then(() => {
          if (isDead) return;
          waits.delete(wait);
          signal?.removeEventListener("abort", end);
          resolve();
        });
      });
    },
    turn: () => time.turn().then(() => (isDead ? new Promise<void>(() => undefined) : undefined)),
    die() {
      isDead = true;
      for (const wait of waits) wait.abort(DEAD);
      waits.clear();
    },
  };
}
