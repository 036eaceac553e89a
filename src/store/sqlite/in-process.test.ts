/** The suite of every store, on SQLite without threads; and what is its own. */
import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { testAdminStore, testDeviceStore } from "../device-store.suite.ts";
import { outboxRow } from "../suite-rows.ts";
import { transactions, write } from "../suite-transactions.ts";
import { byName, type InProcessOptions, openInProcess } from "./in-process.ts";
import { migrate } from "./migrate.ts";
import type { SqliteStore } from "./devices.ts";

function open(more: Partial<InProcessOptions> = {}): SqliteStore {
  const db = new DatabaseSync(":memory:");
  migrate(db, "");
  return openInProcess({ db, transactions: byName(transactions as never), ...more });
}

const backend = { name: "SQLite in this process", open: async () => open() };
testDeviceStore(backend);
testAdminStore(backend);

it("does as many asks in a batch as it is told, one batch a turn, and each in the order of asking", async () => {
  const turns: (() => void)[] = [];
  const sizes: number[] = [];
  const store = open({
    turn: () => new Promise((resolve) => turns.push(resolve)),
    take: (waiting) => {
      sizes.push(waiting);
      return 2;
    },
  });
  const done: number[] = [];
  const asks = [1, 2, 3, 4, 5].map((n) =>
    store.devices.run(write, { writes: [{ put: "outbox", row: outboxRow(`e${n}`, n) }] }).then(() => done.push(n)),
  );
  for (const expected of [
    [1, 2],
    [1, 2, 3, 4],
    [1, 2, 3, 4, 5],
  ]) {
    turns.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect(done).toEqual(expected);
  }
  await Promise.all(asks);
  expect([sizes, turns]).toEqual([[5, 3, 1], []]);
  await store.close();
});

it("keeps what was asked as it was asked, whatever becomes of it afterwards", async () => {
  const store = open();
  const row = { ...outboxRow("e1", 1) };
  const asked = store.devices.run(write, { writes: [{ put: "outbox", row }] });
  Object.assign(row, { attempts: 99 });
  await asked;
  const [kept] = await store.devices.read({ from: "outbox", where: {} });
  expect(kept?.attempts).toBe(outboxRow("e1", 1).attempts);
  await store.close();
  await expect(store.devices.run(write, { writes: [] })).rejects.toMatchObject({ code: "store-unavailable" });
});
