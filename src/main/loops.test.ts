import { describe, expect, it } from "vitest";
import type { DueWork } from "../service/index.ts";
import { type RealClock, realClock } from "./clock.ts";
import { createLogger } from "./log.ts";
import { INTERVALS, type LoopOptions, type Loops, startLoops } from "./loops.ts";

const real = realClock(() => Date.now());
const client = { push: () => Promise.reject(new Error("nothing is sent here")), close: async () => undefined };
const nothing = async (): Promise<number> => 0;

const work: DueWork = {
  jobs: nothing,
  enrollments: nothing,
  plans: nothing,
  policies: nothing,
  blocks: nothing,
  blackouts: nothing,
  compliance: nothing,
  exclusions: nothing,
  sweeps: nothing,
  renewals: nothing,
  clock: nothing,
  prune: nothing,
  stop: () => undefined,
  pushes: nothing,
};

/** Resolves when nobody wants anything any more. */
const nobody = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve());
  });

/** Starts the loops on work that finds nothing, except where `more` says otherwise. */
const start = (more: Partial<LoopOptions>): Loops =>
  startLoops({
    work,
    store: { nextDue: async () => undefined, onDue: () => undefined },
    shared: true,
    clock: real,
    real,
    intervals: { ...INTERVALS, lastSeen: 60_000 },
    pushRate: 1,
    ages: { historyMs: 1, auditMs: 1 },
    pushClient: () => client,
    flush: async () => undefined,
    recordMoment: async () => undefined,
    flushRefusals: async () => undefined,
    events: { turn: nothing, wanted: nobody },
    webhooks: {
      turn: nothing,
      wanted: nobody,
      send: nothing,
      refresh: async () => undefined,
      stop: async () => undefined,
    },
    noteWarnings: async () => undefined,
    warn: async () => undefined,
    turned: () => undefined,
    log: createLogger({ level: "error", format: "json", destination: { write: () => true } }),
    ...more,
  });

/** Runs the loops until `pushes` has been called `turns` times; how many pushes it was allowed each time. */
async function allowedIn(turns: number, pushRate: number, sends: number): Promise<number[]> {
  const allowed: number[] = [];
  const done = Promise.withResolvers<void>();
  const pushes = async (n: number): Promise<number> => {
    allowed.push(n);
    if (allowed.length === turns) done.resolve();
    return sends;
  };
  const loops = start({ work: { ...work, pushes }, pushRate });
  await done.promise;
  await loops.stop();
  return allowed.slice(0, turns);
}

describe("the loop that sends pushes", () => {
  it("gives back what it was allowed and had no push for", async () => {
    expect(await allowedIn(6, 1000, 0)).toEqual([1000, 1000, 1000, 1000, 1000, 1000]);
  });
});

describe("loops that are stopped", () => {
  /** Time that never passes by itself: who waits is woken by the signal alone. */
  const standing: RealClock = {
    now: () => 0,
    sleep: (_ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        signal.addEventListener("abort", () => resolve(), { once: true });
      }),
    until: (_at, signal) => standing.sleep(0, signal),
  };

  it("end at once while they wait", async () => {
    const loops = start({ real: standing, clock: standing });
    await new Promise((resolve) => setImmediate(resolve));
    await expect(loops.stop()).resolves.toBeUndefined();
  });

  it("end with the turn that is under way, and wait for nothing after it", async () => {
    const turn = Promise.withResolvers<number>();
    const begun = Promise.withResolvers<void>();
    const jobs = (): Promise<number> => {
      begun.resolve();
      return turn.promise;
    };
    const loops = start({ real: standing, clock: standing, work: { ...work, jobs } });
    await begun.promise;
    const stopped = loops.stop();
    turn.resolve(0);
    await expect(stopped).resolves.toBeUndefined();
  });
});
