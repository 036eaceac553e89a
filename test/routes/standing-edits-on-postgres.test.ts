/** Standing plans over the API with the data in PostgreSQL: the same tests, imported here. Reads and writes hang on the store. */
import { afterAll, describe } from "vitest";
import { usePostgres } from "../support/backends.ts";
import { runPostgres } from "../support/run-postgres.ts";
import { startSyncPostgres } from "../support/sync-postgres.ts";

const postgres = await runPostgres();
const sync = startSyncPostgres();
if (postgres !== undefined) usePostgres(postgres, sync);
afterAll(() => sync.stop());

describe.skipIf(postgres === undefined)("on PostgreSQL", () => {
  describe("standing plans", async () => void (await import("./standing-edits.test.ts")));
});
