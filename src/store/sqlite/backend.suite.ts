/** SQLite with its threads, for the suite of every store. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll } from "vitest";
import { type Emptied, emptySqlite } from "../given.suite.ts";
import { openSqliteStore } from "./index.ts";

const transactions = new URL("../suite-transactions.ts", import.meta.url);

/** One store, in a directory that goes with the tests of the file. */
export function sqliteBackend(): { readonly name: string; open(): Promise<Emptied> } {
  const directory = mkdtempSync(join(tmpdir(), "uptick-store-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return {
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
  };
}
