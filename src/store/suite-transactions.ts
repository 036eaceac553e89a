/** Small transactions for the suite: each does one thing that a backend can get wrong. */
import { decodedTransaction, transaction, type Write } from "./transaction.ts";
import type { SettingRow } from "./rows.ts";
import { planRow } from "./suite-rows.ts";

/** Applies writes as they are given. */
export const write = transaction({
  name: "suite-write",
  reads: () => ({}),
  decide: (ask: { readonly writes: readonly Write[] }) => ({ writes: ask.writes, said: "written" }),
});

/** Writes, then throws: nothing of it may stay. */
export const fail = transaction({
  name: "suite-fail",
  reads: () => ({}),
  decide(ask: { readonly text: string }): { writes: Write[]; said: null } {
    throw new Error(ask.text);
  },
});

/** Adds one to a counter kept in a setting, and says what it was: lost or doubled asks show in the sum. */
export const count = transaction({
  name: "suite-count",
  reads: (ask: { readonly name: string }) => ({ counter: { from: "setting", where: { name: ask.name } } }),
  decide(ask: { readonly name: string }, seen): { writes: Write[]; said: number } {
    const before = Number(seen.counter[0]?.value ?? 0);
    return { writes: [{ put: "setting", row: { name: ask.name, value: before + 1 } }], said: before };
  },
});

/** Reads a device by what it calls itself, and through it its commands and its job: each lookup hangs on the one before. */
export const chain = transaction({
  name: "suite-chain",
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

export interface UnlessAsk {
  readonly enrollmentId: string;
  readonly uuid: string;
}

/** Looks for a job only where the device has no command of that name. */
export const unlessOutstanding = transaction({
  name: "suite-unless",
  reads: (ask: UnlessAsk) => ({
    commands: { from: "command", where: { enrollmentId: ask.enrollmentId } },
    job: {
      from: "job",
      where: { enrollmentId: ask.enrollmentId },
      unless: { of: "commands", column: "uuid", is: ask.uuid },
    },
  }),
  decide: (_ask: UnlessAsk, seen) => ({
    writes: [],
    said: { commands: seen.commands.length, jobs: seen.job.length },
  }),
});

/** Names the first command of a device's queue. */
export const firstOf = transaction({
  name: "suite-first-of",
  reads: (ask: { readonly enrollmentId: string }) => ({
    first: { from: "command", where: { enrollmentId: ask.enrollmentId }, limit: 1 },
  }),
  decide: (_ask: { readonly enrollmentId: string }, seen) => ({ writes: [], said: seen.first[0]?.uuid ?? null }),
});

export interface BumpAsk {
  readonly by: "id" | "appleId";
  readonly value: string;
}

/** Adds one to a device's `unheard`, found by its id or by what it calls itself: two names, one row. */
export const bump = transaction({
  name: "suite-bump",
  reads: (ask: BumpAsk) => ({ enrollment: { from: "enrollment", where: { [ask.by]: ask.value } } }),
  decide(_ask: BumpAsk, seen): { writes: Write[]; said: number | null } {
    const row = seen.enrollment[0];
    if (row === undefined) return { writes: [], said: null };
    const unheard = row.unheard + 1;
    return { writes: [{ patch: "enrollment", where: { id: row.id }, set: { unheard } }], said: unheard };
  },
});

/** Makes a token unless there is any: what was not found must still be absent when it is written. */
export const claimOnce = transaction({
  name: "suite-claim-once",
  reads: (_ask: { readonly token: string }) => ({ all: { from: "adminToken", where: {} } }),
  decide(ask: { readonly token: string }, seen): { writes: Write[]; said: boolean } {
    if (seen.all.length > 0) return { writes: [], said: false };
    const row = { hash: ask.token, name: ask.token, createdAt: 0 };
    return { writes: [{ insert: "adminToken", row }], said: true };
  },
});

/** Inserts a plan without looking: only the database can say that there is one. */
export const addPlan = transaction({
  name: "suite-add-plan",
  reads: () => ({}),
  decide: (ask: { readonly id: string }) => ({ writes: [{ insert: "plan", row: planRow(ask.id) }], said: null }),
});

/** Its asks are text that holds JSON: name and value of a setting, which is read before lookups and decision. */
export const told = decodedTransaction((ask: { readonly text: string }) => JSON.parse(ask.text) as SettingRow, {
  name: "suite-told",
  reads: (row) => ({ before: { from: "setting", where: { name: row.name } } }),
  decide: (row, seen): { writes: Write[]; said: SettingRow["value"] } => ({
    writes: [{ put: "setting", row }],
    said: seen.before[0]?.value ?? null,
  }),
});

export const transactions = [write, fail, count, chain, bump, claimOnce, addPlan, told, unlessOutstanding, firstOf];
