/** Dry runs with the data in PostgreSQL: the same tests, imported here. What a fleet is asked for hangs on the store. */
import { afterAll, describe } from "vitest";
import { usePostgres } from "../support/backends.ts";
import { tryPostgres } from "../support/postgres.ts";
import { startSyncPostgres } from "../support/sync-postgres.ts";

const postgres = await tryPostgres();
const sync = startSyncPostgres();
if (postgres !== undefined) usePostgres(postgres, sync);
afterAll(async () => {
  await sync.stop();
  await postgres?.stop();
});

describe.skipIf(postgres === undefined)("on PostgreSQL", () => {
  describe("dry runs", async () => void (await import("./dry-run.test.ts")));
});
