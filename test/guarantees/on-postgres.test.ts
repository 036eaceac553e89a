/** The promises that hang most on the store, with the data in PostgreSQL: the same tests, imported here. */
import { afterAll, describe } from "vitest";
import { usePostgres } from "../support/backends.ts";
import { runPostgres } from "../support/run-postgres.ts";
import { startSyncPostgres } from "../support/sync-postgres.ts";

const postgres = await runPostgres();
const sync = startSyncPostgres();
if (postgres !== undefined) usePostgres(postgres, sync);
afterAll(() => sync.stop());

describe.skipIf(postgres === undefined)("on PostgreSQL", () => {
  describe("guarantee 1", async () => void (await import("./guarantee-01-on-disk-first.test.ts")));
  describe("guarantee 2", async () => void (await import("./guarantee-02-one-update-command.test.ts")));
  describe("guarantee 6", async () => void (await import("./guarantee-06-unenrolled-on-purpose-only.test.ts")));
  describe("guarantee 7", async () => void (await import("./guarantee-07-stop.test.ts")));
  describe("pause and halt", async () => void (await import("./pause-and-halt.test.ts")));
  describe("rollouts", async () => void (await import("./rollouts.test.ts")));
  describe("guarantee 1 by declaration", async () => void (await import("./declared-01-on-disk-first.test.ts")));
  describe("guarantee 2 by declaration", async () => void (await import("./declared-02-one-way-at-a-time.test.ts")));
  describe("guarantee 6 by declaration", async () => void (await import("./declared-06-keeps-what-it-has.test.ts")));
  describe("guarantee 7 by declaration", async () => void (await import("./declared-07-stop.test.ts")));
});
