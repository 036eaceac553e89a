/** The suite of the list of devices, each of the ways in which a page is found: the bounds between them are those of a large fleet. */
import { DatabaseSync } from "node:sqlite";
import { createAdminStore } from "../admin-queries.ts";
import { testListStore } from "../device-store.suite.ts";
import { emptySqlite } from "../given.suite.ts";
import type { ListBounds } from "../list-queries.ts";
import { transactions } from "../suite-transactions.ts";
import { sqliteSql } from "./admin-sql.ts";
import { byName, openInProcess } from "./in-process.ts";
import { migrate } from "./migrate.ts";

const WAYS: Readonly<Record<string, ListBounds | undefined>> = {
  "by few devices, or along an index": undefined,
  "along an index, or by reading all": { few: 2, walked: (limit) => 2 * limit },
  "by reading all": { few: 0, walked: () => 1 },
};

for (const [name, bounds] of Object.entries(WAYS))
  testListStore({
    name: `SQLite, ${name}`,
    async open() {
      const db = new DatabaseSync(":memory:");
      migrate(db, "");
      const store = openInProcess({ db, transactions: byName(transactions as never) });
      const query = async (sql: string, values: readonly unknown[]) => db.prepare(sql).all(...(values as string[]));
      const admin = createAdminStore({ query, close: async () => undefined }, sqliteSql, bounds);
      return { ...store, admin, empty: async () => emptySqlite(db) };
    },
  });
