import { describe, expect, it } from "vitest";
import type { DueWork } from "../service/index.ts";
import { realClock } from "./clock.ts";
import { createLogger } from "./log.ts";
import { INTERVALS, startLoops } from "./loops.ts";

const real = realClock(() => Date.now());
const client = { push: () => Promise.reject(new Error("nothing is sent here")), close: async () => undefined };
const nothing = async (): Promise<number> => 0;

/** Runs the loops until `pushes` has been called `turns` times; how many pushes it was allowed each time. */
async function allowedIn(turns: number, pushRate: number, sends: number): Promise<number[]> {
  const allowed: number[] = [];
  const done = Promise.withResolvers<void>();
  const work: DueWork = {
    jobs: nothing,
    enrollments: nothing,
    plans: nothing,
    policies: nothing,
    renewals: nothing,
    clock: nothing,
    prune: nothing,
    stop: () => undefined,
    pushes: async (n) => {
      allowed.push(n);
      if (allowed.length === turns) done.resolve();
      return sends;
    },
  };
  const loops = startLoops({
    work,
    store: { nextDue: async () => undefined, onDue: () => undefined },
    shared: true,
    clock: real,
    real,
    intervals: { ...INTERVALS, lastSeen: 60_000 },
    pushRate,
    historyMs: 1,
    pushClient: () => client,
    flush: async () => undefined,
    recordMoment: async () => undefined,
    flushRefusals: async () => undefined,
    warn: async () => undefined,
    log: createLogger({ level: "error", format: "json", destination: { write: () => true } }),
  });
  await done.promise;
  await loops.stop();
  return allowed.slice(0, turns);
}

describe("the loop that sends pushes", () => {
  it("gives back what it was allowed and had no push for", async () => {
    expect(await allowedIn(6, 1000, 0)).toEqual([1000, 1000, 1000, 1000, 1000, 1000]);
  });
});
