/** The fail rule over once plans with the data in PostgreSQL: the same tests, imported here. */
import { afterAll, describe } from "vitest";
import { usePostgres } from "../support/backends.ts";
import { runPostgres } from "../support/run-postgres.ts";
import { startSyncPostgres } from "../support/sync-postgres.ts";

const postgres = await runPostgres();
const sync = startSyncPostgres();
if (postgres !== undefined) usePostgres(postgres, sync);
afterAll(() => sync.stop());

describe.skipIf(postgres === undefined)("on PostgreSQL", () => {
  describe("once plans that fail", async () => void (await import("./once-plan-fails.test.ts")));
});
