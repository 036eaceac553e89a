/** Compliance with the data in PostgreSQL: the same tests, imported here. What is claimed, counted and listed hangs on the store. */
import { afterAll, describe } from "vitest";
import { usePostgres } from "../support/backends.ts";
import { runPostgres } from "../support/run-postgres.ts";
import { startSyncPostgres } from "../support/sync-postgres.ts";

const postgres = await runPostgres();
const sync = startSyncPostgres();
if (postgres !== undefined) usePostgres(postgres, sync);
afterAll(() => sync.stop());

describe.skipIf(postgres === undefined)("on PostgreSQL", () => {
  describe("compliance", async () => void (await import("./compliance.test.ts")));
  describe("sums", async () => void (await import("./compliance-sums.test.ts")));
  describe("report", async () => void (await import("./report.test.ts")));
});
