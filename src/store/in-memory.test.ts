/** Rows in memory do what a database does with them: the same asks, one after the other, leave the same rows and replies. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Write } from "./transaction.ts";
import { type MemoryRows, transact } from "./in-memory.suite.ts";
import { openSqliteStore, type SqliteStore } from "./sqlite/index.ts";
import { bump, chain, unlessOutstanding, write } from "./suite-transactions.ts";
import {
  certificateRow,
  commandRow,
  enrollmentRow,
  jobRow,
  linkRow,
  outboxRow,
  planDeviceRow,
  planRow,
  tokenRow,
} from "./suite-rows.ts";
import type { TableName } from "./rows.ts";

const directory = mkdtempSync(join(tmpdir(), "uptick-memory-"));
let store: SqliteStore;
beforeAll(async () => {
  store = await openSqliteStore({ directory, transactions: new URL("suite-transactions.ts", import.meta.url) });
});
afterAll(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

let rows: MemoryRows = {};

/** "refused" where a rule of the store is broken; any other failure by its own words. */
function inMemory(writes: readonly Write[]): unknown {
  try {
    const done = transact(write, { writes }, rows);
    rows = done.rows;
    return done.reply;
  } catch (error) {
    return /conflict|names no row/.test(String(error)) ? "refused" : String(error);
  }
}

/** Writes in both; what one refuses the other refuses too. */
async function both(writes: readonly Write[]): Promise<void> {
  const real: unknown = await store.devices.run(write, { writes }).catch(() => "refused");
  expect(inMemory(writes)).toEqual(real);
}

const WRITES: readonly (readonly [string, readonly Write[]])[] = [
  [
    "insert, put and order",
    [
      { insert: "plan", row: planRow("b") },
      { put: "plan", row: planRow("a") },
    ],
  ],
  [
    "patch by key, by another column, and of no row",
    [
      { patch: "plan", where: { id: "a" }, set: { devices: 5 } },
      { patch: "plan", where: { name: "plan b" }, set: { dueAt: 7, createdAt: 9 } },
      { patch: "plan", where: { id: "none" }, set: { devices: 6 } },
    ],
  ],
  [
    "an insert of a key that is taken",
    [
      { put: "plan", row: planRow("c") },
      { insert: "plan", row: planRow("a") },
    ],
  ],
  ["a write that names no row", [{ drop: "plan", where: {} }]],
  [
    "drop, and insert again",
    [
      { drop: "plan", where: { id: "a" } },
      { insert: "plan", row: planRow("a") },
    ],
  ],
  [
    "devices, their commands and jobs",
    [
      { put: "enrollment", row: enrollmentRow("e1") },
      { put: "facts", row: { enrollmentId: "e1", doc: { a: { value: [1, null], at: 2 } } } },
      { put: "command", row: commandRow("e1", "second", { rank: 2 }) },
      { put: "command", row: commandRow("e1", "first", { rank: 1 }) },
      { put: "job", row: jobRow("j1", "e1", { planId: "a" }) },
      { put: "outbox", row: outboxRow("e1", 5) },
      { put: "planDevice", row: planDeviceRow("p", "e1", { params: { a: 1 } }) },
    ],
  ],
  ["a UDID that is taken", [{ insert: "enrollment", row: enrollmentRow("e2", { appleId: "UDID-e1" }) }]],
  [
    "a patch to a UDID that is taken",
    [
      { insert: "enrollment", row: enrollmentRow("e3") },
      { patch: "enrollment", where: { id: "e3" }, set: { appleId: "UDID-e1" } },
    ],
  ],
  ["a second live job", [{ insert: "job", row: jobRow("j2", "e1") }]],
  [
    "a live job after the other has ended",
    [
      { patch: "job", where: { id: "j1" }, set: { live: 0 } },
      { insert: "job", row: jobRow("j2", "e1") },
    ],
  ],
  [
    "a token hash that is taken",
    [
      { insert: "enrollmentLink", row: linkRow("l1", { hash: "h" }) },
      { insert: "enrollmentLink", row: linkRow("l2", { hash: "h" }) },
    ],
  ],
  [
    "a certificate of the same request",
    [
      { insert: "certificate", row: certificateRow("f1") },
      { insert: "certificate", row: certificateRow("f2", { transactionId: "f1", keyHash: "f1" }) },
    ],
  ],
  [
    "a token name that is taken",
    [
      { insert: "adminToken", row: tokenRow("1", { name: "n" }) },
      { insert: "adminToken", row: tokenRow("2", { name: "n" }) },
    ],
  ],
  ["a drop by null", [{ drop: "planDevice", where: { planId: "p", doneAt: null } }]],
  [
    "the timeline",
    (["answer", "status"] as const).map((kind) => ({
      insert: "timeline" as const,
      row: { enrollmentId: "e1", at: 1, kind, data: {}, raw: null },
    })),
  ],
];
const TABLES_SEEN: readonly TableName[] = [
  "plan",
  "enrollment",
  "command",
  "job",
  "outbox",
  "planDevice",
  "enrollmentLink",
  "certificate",
  "adminToken",
  "timeline",
];

describe("rows in memory", () => {
  it.each(WRITES)("are as a database has them after %s", async (_what, writes) => {
    await both(writes);
    for (const table of TABLES_SEEN) {
      const real = await store.devices.read({ from: table, where: {} });
      const all = (rows[table] ?? []) as readonly object[];
      expect(all.map((row) => JSON.stringify(row, sorted)).toSorted()).toEqual(
        real.map((row) => JSON.stringify(row, sorted)).toSorted(),
      );
    }
  });

  it("are looked up as a database does it", async () => {
    for (const appleId of ["UDID-e1", "nobody"])
      expect(transact(chain, { appleId }, rows).reply).toEqual(await store.devices.run(chain, { appleId }));
    for (const uuid of ["first", "none"]) {
      const input = { enrollmentId: "e1", uuid };
      expect(transact(unlessOutstanding, input, rows).reply).toEqual(await store.devices.run(unlessOutstanding, input));
    }
    const input = { by: "appleId", value: "UDID-e1" } as const;
    const { reply, changed } = transact(bump, input, rows);
    expect([reply, changed]).toEqual([await store.devices.run(bump, input), { "enrollment e1": { unheard: 1 } }]);
  });
});

/** Columns in one order, bytes as numbers. */
function sorted(_key: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
