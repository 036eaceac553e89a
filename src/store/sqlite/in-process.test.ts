/** The suite of every store, on SQLite without threads; and what is its own. */
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { testAdminStore, testDeviceStore } from "../device-store.suite.ts";
import { emptySqlite } from "../given.suite.ts";
import { outboxRow } from "../suite-rows.ts";
import { transactions, write } from "../suite-transactions.ts";
import { byName, type InProcessOptions, openInProcess, type Point } from "./in-process.ts";
import { migrate } from "./migrate.ts";
import type { SqliteStore } from "./devices.ts";

function open(more: Partial<InProcessOptions> = {}): SqliteStore {
  const db = new DatabaseSync(":memory:");
  migrate(db, "");
  return openInProcess({ db, transactions: byName(transactions as never), ...more });
}

const backend = {
  name: "SQLite in this process",
  async open() {
    const db = new DatabaseSync(":memory:");
    migrate(db, "");
    const store = openInProcess({ db, transactions: byName(transactions as never) });
    return { ...store, empty: async () => emptySqlite(db) };
  },
};
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

describe("a process that is made to die", () => {
  /** Dies when it comes to a point for the `nth` time. What is kept, and who was answered: of two asks, one batch each. */
  async function dying(at: Point, nth: number) {
    const db = new DatabaseSync(":memory:");
    migrate(db, "");
    let times = 0;
    const store = openInProcess({
      db,
      transactions: byName(transactions as never),
      take: () => 1,
      lives: (point) => point !== at || (times += 1) !== nth,
    });
    const answered: string[] = [];
    for (const n of [1, 2]) {
      const writes = ["a", "b"].map((what) => ({ put: "outbox" as const, row: outboxRow(`${what}${n}`, n) }));
      const told = (): number => answered.push(String(n));
      store.devices.run(write, { writes }).then(told, told);
    }
    for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    const kept = db.prepare("SELECT enrollment_id AS id FROM outbox ORDER BY id").all();
    return { kept: kept.map(({ id }) => id), answered, open: db.isTransaction };
  }

  it.each<[Point, number, readonly string[], readonly string[]]>([
    ["write", 1, [], []],
    ["write", 2, [], []],
    ["commit", 1, [], []],
    ["committed", 1, ["a1", "b1"], []],
    ["write", 4, ["a1", "b1"], ["1"]],
    ["commit", 2, ["a1", "b1"], ["1"]],
    ["committed", 2, ["a1", "a2", "b1", "b2"], ["1"]],
    ["committed", 3, ["a1", "a2", "b1", "b2"], ["1", "2"]],
  ])("at %s number %d has kept %j and answered %j", async (at, nth, kept, answered) => {
    expect(await dying(at, nth)).toEqual({ kept, answered, open: false });
  });
});
