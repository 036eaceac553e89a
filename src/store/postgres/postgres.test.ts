import { afterAll, describe, expect, it } from "vitest";
import { tryPostgres } from "../../../test/support/postgres.ts";
import { testDeviceStore } from "../device-store.suite.ts";
import { count } from "../suite-exchanges.ts";
import { openPostgresStore } from "./index.ts";

const postgres = await tryPostgres();
afterAll(() => postgres?.stop());
const database = async (): Promise<string> => (await postgres?.database()) ?? "";

describe.skipIf(postgres === undefined)("PostgreSQL", () => {
  testDeviceStore({ name: "PostgreSQL", open: async () => openPostgresStore({ url: await database() }) });
});
