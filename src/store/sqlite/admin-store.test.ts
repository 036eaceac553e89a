/** The suite of every store, on SQLite. In files of its own: each store is two threads, and a process must not have hundreds. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { testAdminStore } from "../device-store.suite.ts";
import { openSqliteStore } from "./index.ts";

const transactions = new URL("../suite-transactions.ts", import.meta.url);
const parent = mkdtempSync(join(tmpdir(), "uptick-store-"));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

testAdminStore({
  name: "SQLite",
  open: () => openSqliteStore({ directory: mkdtempSync(join(parent, "store-")), transactions }),
});
