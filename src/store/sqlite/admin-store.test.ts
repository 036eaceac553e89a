/** The suite of every store, on SQLite with its threads. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll } from "vitest";
import { testAdminStore } from "../device-store.suite.ts";
import { emptySqlite } from "../given.suite.ts";
import { openSqliteStore } from "./index.ts";

const transactions = new URL("../suite-transactions.ts", import.meta.url);
const directory = mkdtempSync(join(tmpdir(), "uptick-store-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

testAdminStore({
  name: "SQLite",
  async open() {
    const store = await openSqliteStore({ directory, transactions });
    const db = new DatabaseSync(join(directory, "uptick.sqlite"));
    return {
      ...store,
      empty: async () => emptySqlite(db),
      async close() {
        db.close();
        await store.close();
      },
    };
  },
});
