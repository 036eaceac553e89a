/**
 * One time that jumps for several processes: this one's `virtualTime` asks the others over their channel whether they are at
 * rest, and tells them the time. A process that ends is asked no more.
 */
import type { ChildProcess } from "node:child_process";
import type { OtherProcesses } from "../../simulator/index.ts";

/** To a process: it is `now`; or: answer once you are at rest. `nth` counts what was said. */
export type ToProcess = { readonly now: number; readonly nth: number } | { readonly ask: true; readonly nth: number };
/** From it: it knows; or it is at rest and waits for the moment `until` (Infinity: for none); or why it can't say so. */
export type FromProcess = { readonly nth: number; readonly until: number } | { readonly broken: string };

export interface SharedClock extends OtherProcesses {
  /** From now on until it ends this process lives on the time. It was spawned with an "ipc" channel, and is told that it is `now`. */
  join(child: ChildProcess, now: number): Promise<void>;
  /** How many processes have not answered yet. */
  awaited(): number;
  /** Rejects when a process can't say whether it is at rest. */
  readonly broken: Promise<never>;
}

export function createSharedClock(): SharedClock {
  const children = new Set<ChildProcess>();
  const waiting = new Map<ChildProcess, { nth: number; resolve: (until: number) => void }>();
  const broken = Promise.withResolvers<never>();
  // Whoever waits for it hears of it.
  broken.promise.catch(() => undefined);
  let said = 0;

  /** Resolves with its answer; with Infinity when it ends instead. */
  function say(child: ChildProcess, message: { now: number } | { ask: true }): Promise<number> {
    said += 1;
    const nth = said;
    return new Promise((resolve) => {
      waiting.set(child, { nth, resolve });
      // That it has ended is heard below.
      child.send({ ...message, nth } satisfies ToProcess, () => undefined);
    });
  }

  return {
    async join(child, now) {
      children.add(child);
      child.on("message", (message: FromProcess) => {
        if ("broken" in message) return broken.reject(new Error(message.broken));
        const asked = waiting.get(child);
        if (asked?.nth !== message.nth) return;
        waiting.delete(child);
        asked.resolve(message.until);
      });
      child.once("disconnect", () => {
        children.delete(child);
        waiting.get(child)?.resolve(Infinity);
        waiting.delete(child);
      });
      await say(child, { now });
    },
    awaited: () => waiting.size,
    broken: broken.promise,
    async atRest() {
      return Math.min(Infinity, ...(await Promise.all([...children].map((child) => say(child, { ask: true })))));
    },
    async tell(now) {
      await Promise.all([...children].map((child) => say(child, { now })));
    },
  };
}
