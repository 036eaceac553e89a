import { DatabaseSync } from "node:sqlite";
import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runPostgres } from "../../../test/support/run-postgres.ts";
import { STEPS, stepsBefore } from "../migrations/steps.ts";
import { testAdminStore, testDeviceStore, testListStore } from "../device-store.suite.ts";
import { addPlan, bump, claimOnce, count, write } from "../suite-transactions.ts";
import {
  enrollmentRow,
  NEW_BINDINGS,
  FOUND,
  FACTS_KEPT,
  FOUND_TROUBLE,
  NEW_COMMAND_BYTES,
  NEW_COMMANDS,
  NEW_FACTS,
  NEW_LIST,
  NEW_VERSIONS,
  OLD_BINDINGS,
  oldCommands,
  OLD_FACTS,
  OLD_FOUND,
  OLD_RELEASES,
  OLD_VERSIONS,
  outboxRow,
} from "../suite-rows.ts";
import { LISTED, listed, OLD_LISTED } from "../old-list.suite.ts";
import { openPostgresStore, type PostgresStore } from "./index.ts";
import { migrate } from "./migrate.ts";

const postgres = await runPostgres();
const database = async (): Promise<string> => (await postgres?.database()) ?? "";

/** All rows but the schema's number; numbers begin again. DELETE, as TRUNCATE makes new files for each table. */
const EMPTY = `DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'uptick_schema' LOOP
    EXECUTE format('DELETE FROM %I', name);
  END LOOP;
  FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
    EXECUTE format('ALTER SEQUENCE %I RESTART', name);
  END LOOP;
END $$`;

describe.skipIf(postgres === undefined)("PostgreSQL", () => {
  const backend = {
    name: "PostgreSQL",
    async open() {
      const url = await database();
      const store = await openPostgresStore({ url });
      return { ...store, empty: async () => postgres?.query(url, EMPTY) };
    },
  };
  testDeviceStore(backend);
  testAdminStore(backend);
  testListStore(backend);
});

describe.skipIf(postgres === undefined)("PostgreSQL store, two processes' worth", () => {
  let url: string;
  let stores: PostgresStore[];
  beforeEach(async () => {
    url = await database();
    // At once: the first start of both.
    stores = await Promise.all([openPostgresStore({ url }), openPostgresStore({ url })]);
  });
  afterEach(() => Promise.all(stores.map((store) => store.close())));
  const both = <T>(n: number, work: (store: PostgresStore, i: number) => Promise<T>): Promise<T[]> =>
    Promise.all(stores.flatMap((store) => Array.from({ length: n }, (_, i) => work(store, i))));

  it("loses and doubles nothing of asks that all write one row", async () => {
    const result = await both(100, ({ devices }) => devices.run(count, { name: "shared" }));
    expect(result.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i));
  });

  it("does asks that meet in a row, found by two names, one after the other", async () => {
    const ids = Array.from({ length: 10 }, (_, i) => `e${i}`);
    for (const id of ids)
      await stores[0]?.devices.run(write, { writes: [{ put: "enrollment", row: enrollmentRow(id) }] });
    await both(100, ({ devices }, i) => {
      const id = ids[i % 10] ?? "";
      return devices.run(bump, i % 20 < 10 ? { by: "id", value: id } : { by: "appleId", value: `UDID-${id}` });
    });
    const rows = await stores[1]?.devices.read({ from: "enrollment", where: {} });
    expect(rows?.map((row) => row.unheard)).toEqual(ids.map(() => 20));
  });

  it("lets what was not found stay absent", async () => {
    const result = await both(10, ({ devices }, i) => devices.run(claimOnce, { token: `${i}` }));
    expect(result.filter(Boolean)).toHaveLength(1);
  });

  it("makes a row once, and tells the others that it exists", async () => {
    const result = await both(20, ({ devices }, i) => devices.run(addPlan, { id: `${i}` }).catch(() => "conflict"));
    expect(result.filter((what) => what === "conflict")).toHaveLength(20);
  });

  it("claims no row for two", async () => {
    const ids = Array.from({ length: 1000 }, (_, i) => `e${i}`);
    const rows = ids.map((id) => ({ put: "outbox" as const, row: outboxRow(id, 1) }));
    await stores[0]?.devices.run(write, { writes: rows });
    const claimed: string[] = [];
    // What another claimer has in its hands is passed over, so one turn may leave some.
    while (claimed.length < ids.length) {
      const taken = (await both(8, ({ devices }) => devices.claimDue("outbox", 10, 25, 100))).flat();
      claimed.push(...taken.map((row) => row.enrollmentId));
      if (taken.length === 0) break;
    }
    expect(claimed.toSorted()).toEqual(ids.toSorted());
  });

  it("numbers the timeline in the order of the commits of both", async () => {
    const at = (i: number) => ({ enrollmentId: "e1", at: i, kind: "status" as const, data: {}, raw: null });
    for (let i = 0; i < 10; i += 1)
      await stores[i % 2]?.devices.run(write, { writes: [{ insert: "timeline", row: at(i) }] });
    const rows = await stores[0]?.devices.read({ from: "timeline", where: { enrollmentId: "e1" } });
    expect(rows?.map((row) => row.at)).toEqual(Array.from({ length: 10 }, (_, i) => i));
  });
});

describe.skipIf(postgres === undefined)("PostgreSQL store", () => {
  async function using<T>(url: string, work: (store: PostgresStore) => Promise<T>): Promise<T> {
    const store = await openPostgresStore({ url });
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  }
  const refusal = async (url: string): Promise<{ code: string; message: string }> =>
    openPostgresStore({ url }).then(
      () => expect.fail("it opened"),
      (error: unknown) => error as { code: string; message: string },
    );

  it("refuses a database of a newer schema and leaves it as it is", async () => {
    const url = await database();
    await using(url, async () => undefined);
    await postgres?.query(url, "UPDATE uptick_schema SET version = 99");
    for (let turn = 0; turn < 2; turn += 1) expect(await refusal(url)).toMatchObject({ code: "schema-newer" });
  });

  it("has the same columns as the embedded store", async () => {
    const url = await database();
    const client = new Client({ connectionString: url });
    await client.connect();
    await migrate(client);
    const { rows } = await client.query<{ place: string; type: string }>(
      `SELECT table_name || '.' || column_name AS place, data_type AS type FROM information_schema.columns
        WHERE table_schema = current_schema() AND table_name <> 'uptick_schema'`,
    );
    await client.end();
    const embedded = new DatabaseSync(":memory:");
    for (const { sqlite } of STEPS) embedded.exec(sqlite);
    const theirs = embedded
      .prepare(
        `SELECT t.name || '.' || c.name AS place, c.type FROM sqlite_master t, pragma_table_info(t.name) c
          WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE 'listed_search%'`,
      )
      .all();
    embedded.close();
    const TYPES: Readonly<Record<string, string>> = { TEXT: "text", INTEGER: "bigint", BLOB: "bytea" };
    expect(new Map(rows.map(({ place, type }) => [place, type]))).toEqual(
      new Map(theirs.map(({ place, type }) => [place, TYPES[String(type)]])),
    );
  });

  it("makes of a binding what its text has the form of", async () => {
    const url = await database();
    const client = new Client({ connectionString: url });
    await client.connect();
    await migrate(client, stepsBefore("bindings"));
    for (const sql of OLD_BINDINGS) await client.query(sql);
    await client.end();
    await using(url, async ({ devices }) => {
      expect((await devices.read({ from: "challenge", where: {} })).map(({ device }) => device)).toEqual(NEW_BINDINGS);
      expect((await devices.read({ from: "enrollment", where: {} })).map(({ serial }) => serial)).toEqual(["SSSS1111"]);
    });
  });

  it("dates the list of releases that was imported before by its newest posting date", async () => {
    const url = await database();
    const client = new Client({ connectionString: url });
    await client.connect();
    await migrate(client, stepsBefore("catalog-list"));
    for (const sql of OLD_RELEASES) await client.query(sql);
    await client.end();
    await using(url, async ({ devices }) => {
      const settings = await devices.read({ from: "setting", where: {} });
      expect(settings).toEqual([{ name: "catalog", value: NEW_LIST }]);
    });
  });

  it("fills the list of devices from what is there", async () => {
    const url = await database();
    const client = new Client({ connectionString: url });
    await client.connect();
    await migrate(client, stepsBefore("list-keys"));
    for (const sql of OLD_LISTED) await client.query(sql);
    await client.end();
    await using(url, async ({ admin }) => expect(await listed(admin)).toEqual(LISTED));
  });

  it("fills the columns that devices are found by from what is there", async () => {
    const url = await database();
    const client = new Client({ connectionString: url });
    await client.connect();
    await migrate(client, stepsBefore("found-by-columns"));
    for (const sql of OLD_FOUND) await client.query(sql);
    await client.end();
    await using(url, async ({ admin }) => {
      expect(await admin.devices({ where: { is: "needs-user" }, limit: 9 })).toMatchObject(FOUND);
      expect(await admin.newestTrouble({ is: "unpushable" })).toMatchObject(FOUND_TROUBLE);
    });
  });

  it("moves what devices have said out of their rows, and leaves there what decisions hang on", async () => {
    const url = await database();
    const client = new Client({ connectionString: url });
    await client.connect();
    await migrate(client, stepsBefore("facts"));
    for (const sql of OLD_FACTS) await client.query(sql);
    await client.end();
    await using(url, async ({ devices }) => {
      expect(await devices.read({ from: "facts", where: {} })).toEqual(NEW_FACTS);
      expect(await devices.read({ from: "enrollment", where: {} })).toMatchObject(FACTS_KEPT);
    });
  });

  it("moves the bytes of commands out of their rows, and keeps what a delivery says of them", async () => {
    const url = await database();
    const client = new Client({ connectionString: url });
    await client.connect();
    await migrate(client, stepsBefore("command-bytes"));
    for (const sql of oldCommands((digits) => `'\\x${digits}'::bytea`)) await client.query(sql);
    await client.end();
    await using(url, async ({ admin, devices }) => {
      const commands = await devices.read({ from: "command", where: { enrollmentId: "e1" } });
      expect(commands.toSorted((a, b) => (a.uuid < b.uuid ? -1 : 1))).toMatchObject(NEW_COMMANDS);
      const bytes = await devices.read({ from: "commandBytes", where: { enrollmentId: "e1" } });
      expect(bytes.map((row) => [row.uuid, [...row.bytes]])).toEqual(NEW_COMMAND_BYTES);
      expect((await admin.command("e1", "told")).closed).toMatchObject({ closedAt: 5, outcome: "Acknowledged" });
    });
  });

  it("knows of devices that are there the version that they were last seen on", async () => {
    const url = await database();
    const client = new Client({ connectionString: url });
    await client.connect();
    await migrate(client, stepsBefore("version-history"));
    for (const sql of OLD_VERSIONS) await client.query(sql);
    await client.end();
    await using(url, async ({ devices }) => {
      expect(await devices.read({ from: "versionHistory", where: {} })).toEqual(NEW_VERSIONS);
      expect(await devices.read({ from: "setting", where: {} })).toEqual([
        { name: "version-history", value: { since: 90 } },
      ]);
    });
  });

  it("moves the bytes of messages out of timeline and closed commands, each once, the newest 8 MiB of a device", async () => {
    const url = await database();
    const sql = (text: string) => postgres?.query(url, text);
    const client = new Client({ connectionString: url });
    await client.connect();
    await migrate(client, stepsBefore("bodies"));
    await client.end();
    const mib = (n: number, mark: string): string => `convert_to(repeat('${mark}', ${n * 1024 * 1024}), 'UTF8')`;
    const rest = "'raw', NULL, NULL, '\\x01', 'Acknowledged'";
    await sql(`INSERT INTO closed_command VALUES ('e1', 'old', 'unknown', ${rest}, ${mib(5, "a")}, 0, 0, 10, NULL),
      ('e1', 'asked', 'ProfileList', ${rest}, ${mib(4, "b")}, 0, 0, 20, NULL)`);
    await sql(`INSERT INTO timeline (enrollment_id, at, kind, data, raw) VALUES
      ('e1', 10, 'answer-unasked', '{"uuid":"old"}', ${mib(5, "a")}), ('e1', 20, 'answer', '{"uuid":"asked"}', ${mib(4, "b")}),
      ('e1', 30, 'check-in-other', '{}', ${mib(1, "c")}), ('e1', 40, 'push-sent', '{}', NULL)`);
    await using(url, async ({ admin, devices }) => {
      const rows = (await admin.timeline("e1", undefined, 9)).toReversed();
      const MIB = 1024 * 1024;
      const [old, asked, checkIn] = rows.map(({ raw }) => raw);
      expect(rows.map(({ raw }) => raw)).toMatchObject([
        { bytes: 5 * MIB, kept: 0 },
        { bytes: 4 * MIB, kept: 4 * MIB },
        { bytes: MIB, kept: MIB },
        null,
      ]);
      expect((await admin.command("e1", "asked")).closed?.answer).toEqual(asked);
      expect((await admin.command("e1", "old")).closed?.answer).toEqual(old);
      const ref = checkIn !== null && checkIn !== undefined && "n" in checkIn ? checkIn : { batch: 0, n: 0 };
      const bytes = Buffer.from((await admin.body("e1", ref.batch, ref.n)) ?? []);
      expect([bytes.length, bytes.subarray(0, 3).toString()]).toEqual([MIB, "ccc"]);
      const batches = await devices.read({ from: "bodyBatch", where: { enrollmentId: "e1" } });
      expect(batches.map((row) => [row.asked, row.keptBytes])).toEqual([
        [1, 4 * MIB],
        [0, MIB],
      ]);
    });
  });

  it("refuses an encoding that can't hold every name, and says what to do", async () => {
    const url = await database();
    await postgres?.query(url, "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
    expect(await refusal(url.replace(/[^/]+$/, "latin"))).toMatchObject({
      code: "config-invalid",
      message: expect.stringContaining("LATIN1"),
    });
  });

  it("says why it can't be opened, without the password", async () => {
    const url = new URL(await database());
    url.password = "mistyped-secret";
    const refused = await refusal(url.href);
    expect(refused).toMatchObject({ code: "store-unavailable", message: expect.stringContaining("password") });
    expect(JSON.stringify([refused, refused.message])).not.toContain("mistyped-secret");
    url.port = "1";
    expect(await refusal(url.href)).toMatchObject({ code: "store-unavailable" });
  });

  it("continues after its connections were cut: a transaction under way either fails or is done, and none is done twice", async () => {
    const url = await database();
    const lost: Error[] = [];
    const store = await openPostgresStore({ url, onLost: (error) => lost.push(error) });
    let done = 0;
    for (let round = 0; round < 5; round += 1) {
      const asks = Array.from({ length: 20 }, (_, i) => store.devices.run(count, { name: `${i}` }));
      const cut = postgres?.query(
        url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'uptick' AND datname = current_database()",
      );
      const settled = await Promise.allSettled(asks);
      await cut;
      done += settled.filter(({ status }) => status === "fulfilled").length;
      const refused = settled.filter((result) => result.status === "rejected").map(({ reason }) => Object(reason).code);
      expect(new Set(refused)).toEqual(refused.length === 0 ? new Set() : new Set(["store-unavailable"]));
    }
    const rows = await store.devices
      .read({ from: "setting", where: {} })
      .catch(() => store.devices.read({ from: "setting", where: {} }));
    const sum = rows.reduce((total, row) => total + Number(row.value), 0);
    // An answer that got lost may have been committed; an answer that came was.
    expect(sum).toBeGreaterThanOrEqual(done);
    expect(sum).toBeLessThanOrEqual(100);
    expect(await store.devices.run(count, { name: "after" })).toBe(0);
    await store.close();
  });

  it("commits durably, even where the database's default is not to wait for the disk", async () => {
    const url = await database();
    await postgres?.query(url, `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET synchronous_commit = off`);
    await using(url, async (store) => {
      await postgres?.query(
        url,
        `CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           NEW.value = '"' || current_setting('synchronous_commit') || '"'; RETURN NEW; END $$;
         CREATE TRIGGER stamp BEFORE INSERT ON setting FOR EACH ROW EXECUTE FUNCTION stamp();`,
      );
      await store.devices.run(count, { name: "n" });
      expect(await store.devices.read({ from: "setting", where: {} })).toEqual([{ name: "n", value: "on" }]);
    });
  });

  it("finishes what was taken before it closes, and says no afterwards", async () => {
    const url = await database();
    const store = await openPostgresStore({ url });
    const asks = Array.from({ length: 50 }, () => store.devices.run(count, { name: "n" }));
    await store.close();
    expect((await Promise.all(asks)).length).toBe(50);
    await expect(store.devices.run(count, { name: "n" })).rejects.toMatchObject({ code: "store-unavailable" });
    expect(await using(url, ({ devices }) => devices.run(count, { name: "n" }))).toBe(50);
  });
});
