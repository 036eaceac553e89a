/** Small exchanges for the suite: each does one thing that a backend can get wrong. */
import { exchange, type Write } from "./exchange.ts";

/** Applies writes as they are given. */
export const write = exchange({
  name: "suite-write",
  lane: () => "suite",
  reads: () => ({}),
  decide: (ask: { readonly writes: readonly Write[] }) => ({ writes: ask.writes, said: "written" }),
});

/** Writes, then throws: nothing of it may stay. */
export const fail = exchange({
  name: "suite-fail",
  lane: () => "suite",
  reads: () => ({}),
  decide(ask: { readonly text: string }): { writes: Write[]; said: null } {
    throw new Error(ask.text);
  },
});

/** Adds one to a counter kept in a setting, and says what it was: lost or doubled asks show in the sum. */
export const count = exchange({
  name: "suite-count",
  lane: (ask: { readonly name: string }) => ask.name,
  reads: (ask: { readonly name: string }) => ({ counter: { from: "setting", where: { name: ask.name } } }),
  decide(ask: { readonly name: string }, seen): { writes: Write[]; said: number } {
    const before = Number(seen.counter[0]?.value ?? 0);
    return { writes: [{ put: "setting", row: { name: ask.name, value: before + 1 } }], said: before };
  },
});

/** Reads a device by what it calls itself, and through it its commands and its job: each lookup hangs on the one before. */
export const chain = exchange({
  name: "suite-chain",
  lane: (ask: { readonly appleId: string }) => ask.appleId,
  reads: (ask: { readonly appleId: string }) => ({
    enrollment: { from: "enrollment", where: { appleId: ask.appleId } },
    commands: { from: "command", where: { enrollmentId: { of: "enrollment", column: "id" } } },
    job: { from: "job", where: { enrollmentId: { of: "enrollment", column: "id" }, live: 1 } },
    plan: { from: "plan", where: { id: { of: "job", column: "planId" } } },
  }),
  decide: (_ask: { readonly appleId: string }, seen) => ({
    writes: [],
    said: {
      found: seen.enrollment.length,
      commands: seen.commands.map((row) => row.uuid),
      plans: seen.plan.map((row) => row.name),
    },
  }),
});

export const exchanges = [write, fail, count, chain];
