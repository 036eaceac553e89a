/** The clock of a process that lives on the time of the one that started it. */
import type { Clock } from "../../src/main/index.ts";
import type { FromProcess, ToProcess } from "./shared-clock.ts";

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/**
 * `waiters`: how many loops live on this clock. The process is at rest when all of them wait for a moment: each holds the time
 * from when it is woken until it waits again, so through all that it asks of the store and of the push service. Requests are
 * held by who makes them, and what a request makes due wakes a loop before its reply leaves. Resolves when the time is known.
 */
export async function clockOfParent(waiters: number): Promise<Clock> {
  const sleepers = new Set<Sleeper>();
  const begun = Promise.withResolvers<void>();
  let now = 0;
  let asked: number | undefined;

  const say = (message: FromProcess): void => void process.send?.(message, () => undefined);

  function rest(): void {
    if (sleepers.size > waiters) say({ broken: `${sleepers.size} loops live on this clock, not ${waiters}.` });
    if (asked === undefined || sleepers.size < waiters) return;
    say({ nth: asked, until: Math.min(...[...sleepers].map(({ at }) => at)) });
    asked = undefined;
  }

  process.on("message", (message: ToProcess) => {
    if ("ask" in message) {
      asked = message.nth;
      return rest();
    }
    ({ now } = message);
    for (const sleeper of sleepers) if (sleeper.at <= now) sleeper.wake();
    say({ nth: message.nth, until: Infinity });
    begun.resolve();
  });
  // Without the time nothing is left to do.
  process.once("disconnect", () => process.exit(1));
  await begun.promise;

  return {
    now: () => now,
    until: (at, signal) =>
      new Promise((resolve) => {
        if (at <= now || signal.aborted) return resolve();
        const wake = (): void => {
          sleepers.delete(sleeper);
          signal.removeEventListener("abort", wake);
          resolve();
        };
        const sleeper: Sleeper = { at, wake };
        sleepers.add(sleeper);
        signal.addEventListener("abort", wake, { once: true });
        rest();
      }),
  };
}
