/** Enrollment links with the data in PostgreSQL: the same tests, imported here. Who gets a last place hangs on the store. */
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
  describe("links", async () => void (await import("./enrollment-links.test.ts")));
});
