/** The loops that time drives: jobs, enrollments, plans, pushes, last-seen. Each continues until `stop`, whatever fails. */
import { createRateLimiter } from "../outside/index.ts";
import { type DueWork, GATHER_REFUSALS, type PushClient } from "../service/index.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Logger } from "./log.ts";

export interface LoopOptions {
  readonly work: DueWork;
  readonly clock: Clock;
  /** Real ms between two looks when nothing is due. */
  readonly idleMs: number;
  /** Real ms for which contacts gather. */
  readonly flushMs: number;
  readonly pushRate: number;
  /** How long history is kept (ms). */
  readonly historyMs: number;
  pushClient(): PushClient | undefined;
  /** Looks for what another process has changed, where there may be one. */
  refresh?(): Promise<void>;
  flush(): Promise<void>;
  /** Records which moment it is, for the next start. */
  recordMoment(): Promise<void>;
  /** Writes the refusals that have gathered. */
  flushRefusals(): Promise<void>;
  /** Logs what an admin should know before it is too late. */
  warn(): Promise<number>;
  readonly log: Logger;
}

/** Real ms between two looks for identities to renew, and between two warnings of what ends. */
const RENEW_EVERY = 1000;
const WARN_EVERY = 24 * 3_600_000;
/** Real ms between two records of the moment. */
const RECORD_EVERY = 60_000;
/** Real ms between two looks for history to forget. */
const PRUNE_EVERY = 600_000;
/** Real ms between two looks for what another process has changed. */
const REFRESH_EVERY = 5000;
/** After a failure (the store is away, say) a loop waits this long (real ms). */
const AFTER_FAILURE = 1000;

export function startLoops(options: LoopOptions): { stop(): Promise<void> } {
  const { work, log, idleMs } = options;
  const ending = new AbortController();
  const { signal } = ending;
  const limiter = createRateLimiter(options.pushRate);

  async function loop(name: string, pause: number, turn: () => Promise<number>): Promise<void> {
    while (!signal.aborted) {
      let wait = pause;
      try {
        // Work found means that more may be waiting.
        if ((await turn()) > 0) wait = 0;
      } catch (error) {
        log.error("loop-failed", { loop: name, error });
        wait = AFTER_FAILURE;
      }
      await systemClock.sleep(wait, signal).catch(() => undefined);
    }
  }

  const pushes = async (): Promise<number> => {
    const allowed = limiter.take(Date.now(), options.pushRate);
    if (allowed === 0) return 0;
    const sent = await work.pushes(allowed, options.pushClient());
    limiter.give(allowed - sent);
    return sent;
  };
  const flush = async (): Promise<number> => {
    await options.flush();
    return 0;
  };
  const refresh = async (): Promise<number> => {
    await options.refresh?.();
    return 0;
  };
  const running = [
    loop("clock", idleMs, async () => {
      await work.clock();
      return 0;
    }),
    loop("jobs", idleMs, () => work.jobs()),
    loop("enrollments", idleMs, () => work.enrollments()),
    loop("renewals", RENEW_EVERY, () => work.renewals()),
    loop("warnings", WARN_EVERY, () => options.warn()),
    loop("plans", idleMs, () => work.plans()),
    loop("policies", idleMs, () => work.policies()),
    loop("pushes", idleMs, pushes),
    loop("history", PRUNE_EVERY, () => work.prune(options.historyMs)),
    loop("last-seen", options.flushMs, flush),
    loop("moment", RECORD_EVERY, async () => {
      await options.recordMoment();
      return 0;
    }),
    loop("refusals", GATHER_REFUSALS, async () => {
      await options.flushRefusals();
      return 0;
    }),
    ...(options.refresh === undefined ? [] : [loop("refresh", REFRESH_EVERY, refresh)]),
  ];
  return {
    async stop() {
      ending.abort();
      work.stop();
      await Promise.all(running);
      await options.flushRefusals();
      await options.flush().catch((error: unknown) => log.error("last-seen-lost", { error }));
      await options.recordMoment().catch((error: unknown) => log.warn("moment-not-recorded", { error }));
    },
  };
}
