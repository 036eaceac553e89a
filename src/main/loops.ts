/** The loops that time drives: jobs, enrollments, plans, pushes, last-seen, Apple's list. Each continues until `stop`, whatever fails. */
import { createRateLimiter } from "../outside/index.ts";
import {
  type DueWork,
  type EventHub,
  GATHER_REFUSALS,
  type HistoryAges,
  type Log,
  type PushClient,
  type WebhookWork,
} from "../service/index.ts";
import type { DeviceStore, DueRows } from "../store/index.ts";
import { type Appointment, createAppointment } from "./appointment.ts";
import type { Clock, RealClock } from "./clock.ts";

/** Real ms between two turns of work that has no due moment in the store. */
export interface Intervals {
  /** Looks whether the clock was set back. */
  readonly clock: number;
  /** Two warnings of what ends. */
  readonly warnings: number;
  /** Two looks for history to forget. */
  readonly history: number;
  /** How long contacts gather. */
  readonly lastSeen: number;
  /** Two records of the moment. */
  readonly moment: number;
  /** How long refusals gather. */
  readonly refusals: number;
  /** Two looks whether Apple's list must be fetched. */
  readonly catalog: number;
  /** Two looks at the rings of rollouts that are under way. */
  readonly gate: number;
  /** Two looks for events that streams and webhooks must be told. */
  readonly events: number;
  /** Two looks whether warnings have begun or ended. */
  readonly warningEvents: number;
  /** Two looks for due work that another connection to the database has written, which nobody tells. */
  readonly others: number;
}

export const INTERVALS: Omit<Intervals, "lastSeen"> = {
  clock: 1000,
  warnings: 24 * 3_600_000,
  history: 600_000,
  moment: 60_000,
  refusals: GATHER_REFUSALS,
  catalog: 60_000,
  gate: 60_000,
  events: 1000,
  warningEvents: 60_000,
  others: 1000,
};

export interface LoopOptions {
  readonly work: DueWork;
  readonly store: Pick<DeviceStore, "nextDue" | "onDue">;
  /** Other processes write to the same store. */
  readonly shared: boolean;
  /** The clock of plans, jobs and queue. */
  readonly clock: Clock;
  readonly real: RealClock;
  readonly intervals: Intervals;
  /** Pushes a second (real time). */
  readonly pushRate: number;
  /** How long history is kept. */
  readonly ages: HistoryAges;
  pushClient(): PushClient | undefined;
  /** Fetches Apple's list and what follows it, if that is due by real time; absent: nothing is fetched without an admin. */
  fetchCatalog?(): Promise<unknown>;
  /** Looks for what another process has changed, where there may be one. */
  refresh?(): Promise<void>;
  flush(): Promise<void>;
  /** Records which moment it is, for the next start. */
  recordMoment(): Promise<void>;
  /** Writes the refusals that have gathered. */
  flushRefusals(): Promise<void>;
  /** Told of each turn that ended: at which real moment, or null where it failed. */
  turned(loop: string, at: number | null): void;
  /** Streams of events. */
  readonly events: Pick<EventHub, "turn" | "wanted">;
  readonly webhooks: WebhookWork;
  /** Makes events of the warnings that have begun or ended. */
  noteWarnings(): Promise<void>;
  /** Logs what an admin should know before it is too late. */
  warn(): Promise<void>;
  readonly log: Pick<Log, "error" | "warn">;
}

export interface Loops {
  /** There may be pushes to send that could not be sent before. */
  canPush(): void;
  stop(): Promise<void>;
}

/** Why a wait ends: given, since making the usual reason takes long. */
const ENOUGH = "enough";
const nothing = Promise.resolve();
/** After a failure (the store is away, say) a loop waits this long (real ms). */
const AFTER_FAILURE = 1000;
/** The same where other processes of this server share the store. */
const OTHERS = 250;
/** Real ms between two looks for other changes of another process. */
const REFRESH_EVERY = 5000;
/** What is due and can't be claimed is looked for again after this long (ms). */
const IN_VAIN = 1000;
/** How long what the push rate allows gathers, once it was used up (real ms). */
const PUSHES_GATHER = 100;

export function startLoops(options: LoopOptions): Loops {
  const { work, log, clock, real, intervals, store } = options;
  const ending = new AbortController();
  const { signal } = ending;
  const appointments = new Map<keyof DueRows, Appointment>();
  const others = options.shared ? OTHERS : intervals.others;
  store.onDue((kind, at) => appointments.get(kind)?.sooner(at));

  /** Turns until nothing is found, then `rest`, and so on. */
  async function loop(name: string, turn: () => Promise<number>, rest: () => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      try {
        // Work found means that more may be waiting.
        while ((await turn()) > 0 && !signal.aborted);
        options.turned(name, real.now());
        await rest();
      } catch (error) {
        log.error("loop-failed", { loop: name, error });
        options.turned(name, null);
        await real.sleep(AFTER_FAILURE, signal);
      }
    }
  }

  const every = (name: string, ms: number, turn: () => Promise<unknown>): Promise<void> =>
    loop(
      name,
      async () => {
        await turn();
        return 0;
      },
      () => real.sleep(ms, signal),
    );

  /** What rows of `kind` are due for, by the clock `by`. */
  function due(name: string, kind: keyof DueRows, by: Clock, turn: () => Promise<number>): Promise<void> {
    const appointment = createAppointment(by);
    appointments.set(kind, appointment);
    let found = 0;
    const once = async (): Promise<number> => {
      found = await turn();
      return 0;
    };
    // After work was found more may be due, which asking tells as well as another claim would.
    const next = async (): Promise<number> => {
      const now = by.now();
      const due = (await store.nextDue(kind, now)) ?? Number.POSITIVE_INFINITY;
      return due > now || found > 0 ? due : now + IN_VAIN;
    };
    return loop(name, once, () => atMost(others, (enough) => appointment.wait(next, enough)));
  }

  /** Waits, but no longer than so many real ms. */
  async function atMost(ms: number, wait: (enough: AbortSignal) => Promise<void>): Promise<void> {
    // Stopped while a turn was under way: nothing would end the wait.
    if (signal.aborted) return;
    if (ms === Number.POSITIVE_INFINITY) return wait(signal);
    const enough = new AbortController();
    const end = (): void => enough.abort(ENOUGH);
    signal.addEventListener("abort", end);
    try {
      await Promise.race([wait(enough.signal), real.sleep(ms, enough.signal)]);
    } finally {
      end();
      signal.removeEventListener("abort", end);
    }
  }

  /** Where nobody wants events, nobody looks for them. */
  const followed = (name: string, who: Pick<EventHub, "turn" | "wanted">): Promise<void> =>
    loop(
      name,
      () => who.turn(),
      async () => {
        await who.wanted(signal);
        await real.sleep(intervals.events, signal);
      },
    );

  const limiter = createRateLimiter(options.pushRate);
  const push = async (): Promise<number> => {
    const client = options.pushClient();
    // Without a push certificate pushes wait: they leave as soon as there is one.
    if (client === undefined) return 0;
    const allowed = limiter.take(real.now(), options.pushRate);
    if (allowed === 0) {
      await real.sleep(PUSHES_GATHER, signal);
      return 1;
    }
    const sent = await work.pushes(allowed, client);
    limiter.give(allowed - sent);
    return sent;
  };

  const running = [
    every("clock", intervals.clock, () => work.clock()),
    due("jobs", "job", clock, () => work.jobs()),
    due("enrollments", "enrollment", clock, () => work.enrollments()),
    due("renewals", "renewal", real, () => work.renewals()),
    every("warnings", intervals.warnings, () => options.warn()),
    due("plans", "plan", clock, () => work.plans()),
    due("policies", "policy", clock, () => work.policies()),
    due("blocks", "block", clock, () => work.blocks()),
    due("blackouts", "blackout", clock, () => work.blackouts()),
    due("compliance", "compliance", clock, () => work.compliance()),
    due("exclusions", "exclusion", clock, () => work.exclusions()),
    due("sweeps", "sweep", clock, () => work.sweeps()),
    due("pushes", "outbox", clock, push),
    followed("webhook-events", options.webhooks),
    due("webhooks", "webhook", real, () => options.webhooks.send()),
    followed("event-streams", options.events),
    // A start has enough to do.
    real
      .sleep(intervals.warningEvents, signal)
      .then(() => every("warning-events", intervals.warningEvents, () => options.noteWarnings())),
    loop(
      "history",
      () => work.prune(options.ages),
      () => real.sleep(intervals.history, signal),
    ),
    every("last-seen", intervals.lastSeen, () => options.flush()),
    every("moment", intervals.moment, () => options.recordMoment()),
    every("refusals", intervals.refusals, () => options.flushRefusals()),
    ...(options.fetchCatalog === undefined
      ? []
      : [every("catalog", intervals.catalog, () => options.fetchCatalog?.() ?? nothing)]),
    ...(options.refresh === undefined ? [] : [every("refresh", REFRESH_EVERY, () => options.refresh?.() ?? nothing)]),
  ];
  return {
    canPush: () => appointments.get("outbox")?.sooner(Number.NEGATIVE_INFINITY),
    async stop() {
      ending.abort();
      work.stop();
      await Promise.all([options.webhooks.stop(), ...running]);
      await options.flushRefusals();
      await options.flush().catch((error: unknown) => log.error("last-seen-lost", { error }));
      await options.recordMoment().catch((error: unknown) => log.warn("moment-not-recorded", { error }));
    },
  };
}
