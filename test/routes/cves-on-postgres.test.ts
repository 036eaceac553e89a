/** The CVEs of releases with the data in PostgreSQL: the same tests, imported here. What is known must stay known there too. */
import { afterAll, describe } from "vitest";
import { usePostgres } from "../support/backends.ts";
import { runPostgres } from "../support/run-postgres.ts";
import { startSyncPostgres } from "../support/sync-postgres.ts";

const postgres = await runPostgres();
const sync = startSyncPostgres();
if (postgres !== undefined) usePostgres(postgres, sync);
afterAll(() => sync.stop());

describe.skipIf(postgres === undefined)("on PostgreSQL", () => {
  describe("CVEs", async () => void (await import("./cves.test.ts")));
});
