/** Small transactions for the suite: each does one thing that a backend can get wrong. */
import { decodedTransaction, Late, type LateDecision, transaction, type Write } from "./transaction.ts";
import type { SettingRow } from "./rows.ts";
import { planRow, tokenRow } from "./suite-rows.ts";

/** Applies writes as they are given. */
export const write = transaction({
  name: "suite-write",
  reads: () => ({}),
  decide: (input: { readonly writes: readonly Write[] }) => ({ writes: input.writes, result: "written" }),
});

/** Writes, then throws: nothing of it may stay. */
export const fail = transaction({
  name: "suite-fail",
  reads: () => ({}),
  decide(input: { readonly text: string }): { writes: Write[]; result: null } {
    throw new Error(input.text);
  },
});

/** Adds one to a counter kept in a setting, and says what it was: lost or doubled asks show in the sum. */
export const count = transaction({
  name: "suite-count",
  reads: (input: { readonly name: string }) => ({ counter: { from: "setting", where: { name: input.name } } }),
  decide(input: { readonly name: string }, seen): { writes: Write[]; result: number } {
    const before = Number(seen.counter[0]?.value ?? 0);
    return { writes: [{ put: "setting", row: { name: input.name, value: before + 1 } }], result: before };
  },
});

/** Reads a device by what it calls itself, and through it its commands and its job: each lookup hangs on the one before. */
export const chain = transaction({
  name: "suite-chain",
  reads: (input: { readonly appleId: string }) => ({
    enrollment: { from: "enrollment", where: { appleId: input.appleId } },
    commands: { from: "command", where: { enrollmentId: { of: "enrollment", column: "id" } } },
    job: { from: "job", where: { enrollmentId: { of: "enrollment", column: "id" }, live: 1 } },
    plan: { from: "plan", where: { id: { of: "job", column: "planId" } } },
  }),
  decide: (_ask: { readonly appleId: string }, seen) => ({
    writes: [],
    result: {
      found: seen.enrollment.length,
      commands: seen.commands.map((row) => row.uuid),
      plans: seen.plan.map((row) => row.name),
    },
  }),
});

export interface UnlessInput {
  readonly enrollmentId: string;
  readonly uuid: string;
}

/** Looks for a job only where the device has no command of that name. */
export const unlessOutstanding = transaction({
  name: "suite-unless",
  reads: (input: UnlessInput) => ({
    commands: { from: "command", where: { enrollmentId: input.enrollmentId } },
    job: {
      from: "job",
      where: { enrollmentId: input.enrollmentId },
      unless: { of: "commands", column: "uuid", is: input.uuid },
    },
  }),
  decide: (_ask: UnlessInput, seen) => ({
    writes: [],
    result: { commands: seen.commands.length, jobs: seen.job.length },
  }),
});

/** Names the first command of a device's queue. */
export const firstOf = transaction({
  name: "suite-first-of",
  reads: (input: { readonly enrollmentId: string }) => ({
    first: { from: "command", where: { enrollmentId: input.enrollmentId }, limit: 1 },
  }),
  decide: (_ask: { readonly enrollmentId: string }, seen) => ({ writes: [], result: seen.first[0]?.uuid ?? null }),
});

/** The bytes of the first command of a device's queue, which is out of the queue then: only the decision knows which it is. */
export const takeFirst = transaction({
  name: "suite-take-first",
  reads: ({ enrollmentId }: { readonly enrollmentId: string }) => ({
    queue: { from: "command", where: { enrollmentId } },
  }),
  decide({ enrollmentId }: { readonly enrollmentId: string }, seen): LateDecision<readonly number[]> {
    const where = { enrollmentId, uuid: seen.queue[0]?.uuid ?? "" };
    return {
      writes: [
        { drop: "command", where },
        { drop: "commandBytes", where },
      ],
      late: Late.of({ stored: { from: "commandBytes", where } }, ({ stored }) => [...(stored[0]?.bytes ?? [])]),
    };
  },
});

export interface BumpInput {
  readonly by: "id" | "appleId";
  readonly value: string;
}

/** Adds one to a device's `unheard`, found by its id or by what it calls itself: two names, one row. */
export const bump = transaction({
  name: "suite-bump",
  reads: (input: BumpInput) => ({ enrollment: { from: "enrollment", where: { [input.by]: input.value } } }),
  decide(_ask: BumpInput, seen): { writes: Write[]; result: number | null } {
    const row = seen.enrollment[0];
    if (row === undefined) return { writes: [], result: null };
    const unheard = row.unheard + 1;
    return { writes: [{ patch: "enrollment", where: { id: row.id }, set: { unheard } }], result: unheard };
  },
});

/** Makes a token unless there is any: what was not found must still be absent when it is written. */
export const claimOnce = transaction({
  name: "suite-claim-once",
  reads: (_ask: { readonly token: string }) => ({ all: { from: "adminToken", where: {} } }),
  decide(input: { readonly token: string }, seen): { writes: Write[]; result: boolean } {
    if (seen.all.length > 0) return { writes: [], result: false };
    return { writes: [{ insert: "adminToken", row: tokenRow(input.token) }], result: true };
  },
});

const CLAIMANT = ["id", "state", "pushTrouble"] as const;
/** Reads some columns of the devices that claim a serial number, or of those that claim none. */
export const claimants = transaction({
  name: "suite-claimants",
  reads: ({ claimedSerial }: { readonly claimedSerial: string | null }) => ({
    found: { from: "enrollment", where: { claimedSerial }, columns: CLAIMANT },
  }),
  decide: (_ask: { readonly claimedSerial: string | null }, seen) => ({ writes: [], result: seen.found }),
});

/** Inserts a plan without looking: only the database can say that there is one. */
export const addPlan = transaction({
  name: "suite-add-plan",
  reads: () => ({}),
  decide: ({ id }: { readonly id: string }) => ({
    writes: [{ insert: "plan", row: planRow(id) }],
    change: { before: null, after: { id, token: "cut out" } },
    result: null,
  }),
});

/** Its asks are text that holds JSON: name and value of a setting, which is read before lookups and decision. */
export const decoded = decodedTransaction((input: { readonly text: string }) => JSON.parse(input.text) as SettingRow, {
  name: "suite-told",
  reads: (row) => ({ before: { from: "setting", where: { name: row.name } } }),
  decide: (row, seen): { writes: Write[]; result: SettingRow["value"] } => ({
    writes: [{ put: "setting", row }],
    result: seen.before[0]?.value ?? null,
  }),
});

export interface RenameInput {
  readonly ids: readonly string[];
  readonly name: string;
  readonly now: number;
  /** Something is written that is there already: nothing of the ask may stay. */
  readonly conflict?: true;
}

/** Gives devices another name, at a moment. */
export const rename = transaction({
  name: "suite-rename",
  reads: ({ ids }: RenameInput) =>
    Object.fromEntries(ids.map((id) => [id, { from: "enrollment" as const, where: { id } }])),
  decide: ({ ids, name, conflict }: RenameInput) => ({
    writes: [
      ...ids.map((id): Write => ({ patch: "enrollment", where: { id }, set: { deviceName: name } })),
      ...(conflict === undefined ? [] : [{ insert: "plan", row: planRow("taken") } satisfies Write]),
    ],
    result: null,
  }),
});

export const transactions = [
  rename,
  write,
  fail,
  count,
  chain,
  bump,
  claimOnce,
  addPlan,
  decoded,
  unlessOutstanding,
  firstOf,
  takeFirst,
  claimants,
];
