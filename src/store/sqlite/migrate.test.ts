import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  enrollmentRow,
  FACTS_KEPT,
  NEW_BINDINGS,
  FOUND,
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
} from "../suite-rows.ts";
import { STEPS, stepsBefore } from "../migrations/steps.ts";
import { openWriter } from "./connection.ts";
import { LISTED, listed, OLD_LISTED } from "../old-list.suite.ts";
import { openSqliteStore } from "./index.ts";
import { migrate } from "./migrate.ts";
import { Statements } from "./statements.ts";

const NOTHING = new Uint8Array();

describe("migrations", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "uptick-migrate-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
  const backups = () => readdirSync(directory).filter((name) => name.startsWith("backup-before-schema-"));

  /** The data directory as a server of the first schema left it, with one device. */
  function asFirstLeftIt(): void {
    const db = openWriter(directory);
    migrate(db, directory, STEPS.slice(0, 1));
    const { factsAskedAt: _later, ...row } = enrollmentRow("e1", { deviceName: "Front desk" });
    // Text, as the column that is gone holds it.
    const old = { ...row, facts: "{}" };
    new Statements(db).write({ put: "enrollment", row: old as unknown as ReturnType<typeof enrollmentRow> });
    db.close();
  }

  it("brings the first schema to the newest and keeps its rows", async () => {
    asFirstLeftIt();
    const store = await openSqliteStore({
      directory,
      transactions: new URL("../suite-transactions.ts", import.meta.url),
    });
    expect(await store.devices.read({ from: "enrollment", where: {} })).toEqual([
      // It is classified as soon as the server runs.
      enrollmentRow("e1", { deviceName: "Front desk", classDueAt: 0 }),
    ]);
    await store.close();
  });

  it("makes of a binding what its text has the form of", async () => {
    const db = openWriter(directory);
    migrate(db, directory, stepsBefore("bindings"));
    for (const sql of OLD_BINDINGS) db.exec(sql);
    db.close();
    const store = await openSqliteStore({
      directory,
      transactions: new URL("../suite-transactions.ts", import.meta.url),
    });
    expect((await store.devices.read({ from: "challenge", where: {} })).map(({ device }) => device)).toEqual(
      NEW_BINDINGS,
    );
    expect((await store.devices.read({ from: "enrollment", where: {} })).map(({ serial }) => serial)).toEqual([
      "SSSS1111",
    ]);
    await store.close();
  });

  it("knows of devices that are there the version that they were last seen on", async () => {
    const db = openWriter(directory);
    migrate(db, directory, stepsBefore("version-history"));
    for (const sql of OLD_VERSIONS) db.exec(sql);
    db.close();
    const store = await openSqliteStore({
      directory,
      transactions: new URL("../suite-transactions.ts", import.meta.url),
    });
    expect(await store.devices.read({ from: "versionHistory", where: {} })).toEqual(NEW_VERSIONS);
    expect(await store.devices.read({ from: "setting", where: {} })).toEqual([
      { name: "version-history", value: { since: 90 } },
    ]);
    await store.close();
  });

  it("dates the list of releases that was imported before by its newest posting date", async () => {
    const db = openWriter(directory);
    migrate(db, directory, stepsBefore("catalog-list"));
    for (const sql of OLD_RELEASES) db.exec(sql);
    db.close();
    const store = await openSqliteStore({
      directory,
      transactions: new URL("../suite-transactions.ts", import.meta.url),
    });
    const settings = await store.devices.read({ from: "setting", where: {} });
    expect(settings).toEqual([{ name: "catalog", value: NEW_LIST }]);
    await store.close();
  });

  it("fills the columns that devices are found by from what is there", async () => {
    const db = openWriter(directory);
    migrate(db, directory, stepsBefore("found-by-columns"));
    for (const sql of OLD_FOUND) db.exec(sql);
    db.close();
    const store = await openSqliteStore({
      directory,
      transactions: new URL("../suite-transactions.ts", import.meta.url),
    });
    expect(await store.admin.devices({ where: { is: "needs-user" }, limit: 9 })).toMatchObject(FOUND);
    expect(await store.admin.newestTrouble({ is: "unpushable" })).toMatchObject(FOUND_TROUBLE);
    await store.close();
  });

  it("fills the list of devices from what is there", async () => {
    const db = openWriter(directory);
    migrate(db, directory, stepsBefore("list-keys"));
    for (const sql of OLD_LISTED) db.exec(sql);
    db.close();
    const store = await openSqliteStore({
      directory,
      transactions: new URL("../suite-transactions.ts", import.meta.url),
    });
    expect(await listed(store.admin)).toEqual(LISTED);
    await store.close();
  });

  it("moves what devices have said out of their rows, and leaves there what decisions hang on", async () => {
    const db = openWriter(directory);
    migrate(db, directory, stepsBefore("facts"));
    for (const sql of OLD_FACTS) db.exec(sql);
    db.close();
    const store = await openSqliteStore({
      directory,
      transactions: new URL("../suite-transactions.ts", import.meta.url),
    });
    expect(await store.devices.read({ from: "facts", where: {} })).toEqual(NEW_FACTS);
    expect(await store.devices.read({ from: "enrollment", where: {} })).toMatchObject(FACTS_KEPT);
    await store.close();
  });

  it("moves the bytes of commands out of their rows, and keeps what a delivery says of them", async () => {
    const db = openWriter(directory);
    migrate(db, directory, stepsBefore("command-bytes"));
    for (const sql of oldCommands((digits) => `x'${digits}'`)) db.exec(sql);
    db.close();
    const store = await openSqliteStore({
      directory,
      transactions: new URL("../suite-transactions.ts", import.meta.url),
    });
    const commands = await store.devices.read({ from: "command", where: { enrollmentId: "e1" } });
    expect(commands.toSorted((a, b) => (a.uuid < b.uuid ? -1 : 1))).toMatchObject(NEW_COMMANDS);
    const bytes = await store.devices.read({ from: "commandBytes", where: { enrollmentId: "e1" } });
    expect(bytes.map((row) => [row.uuid, [...row.bytes]])).toEqual(NEW_COMMAND_BYTES);
    expect((await store.admin.command("e1", "told")).closed).toMatchObject({ closedAt: 5, outcome: "Acknowledged" });
    await store.close();
  });

  it("moves the bytes of messages out of timeline and closed commands, each once, the newest 8 MiB of a device", async () => {
    const db = openWriter(directory);
    migrate(db, directory, stepsBefore("bodies"));
    const answer = db.prepare(
      "INSERT INTO closed_command VALUES ('e1', ?, ?, ?, NULL, NULL, x'01', 'Acknowledged', ?, 0, 0, ?, NULL)",
    );
    const note = db.prepare("INSERT INTO timeline (enrollment_id, at, kind, data, raw) VALUES ('e1', ?, ?, ?, ?)");
    const mib = (n: number, mark: number): Uint8Array => new Uint8Array(n * 1024 * 1024).fill(mark);
    answer.run("old", "unknown", "raw", mib(5, 1), 10);
    note.run(10, "answer-unasked", '{"uuid":"old"}', mib(5, 1));
    answer.run("asked", "ProfileList", "raw", mib(4, 2), 20);
    note.run(20, "answer", '{"uuid":"asked"}', mib(4, 2));
    note.run(30, "check-in-other", "{}", mib(1, 3));
    note.run(40, "push-sent", "{}", null);
    db.close();
    const store = await openSqliteStore({
      directory,
      transactions: new URL("../suite-transactions.ts", import.meta.url),
    });
    const rows = (await store.admin.timeline("e1", undefined, 9)).toReversed();
    const [old, asked, checkIn, push] = rows.map(({ raw }) => raw);
    const MIB = 1024 * 1024;
    expect(old).toEqual({ bytes: 5 * MIB, kept: 0, batch: 0, n: 0 });
    expect(asked).toMatchObject({ bytes: 4 * MIB, kept: 4 * MIB });
    expect(checkIn).toMatchObject({ bytes: MIB, kept: MIB });
    expect(push).toBeNull();
    const bytesOf = (ref: typeof asked) =>
      ref && "n" in ref ? store.admin.body("e1", ref.batch, ref.n) : Promise.resolve(undefined);
    // Compared in one go: there are millions of them.
    const same = async (ref: typeof asked, bytes: Uint8Array) => Buffer.compare((await bytesOf(ref)) ?? NOTHING, bytes);
    expect([await same(asked, mib(4, 2)), await same(checkIn, mib(1, 3))]).toEqual([0, 0]);
    expect((await store.admin.command("e1", "asked")).closed?.answer).toEqual(asked);
    expect((await store.admin.command("e1", "old")).closed?.answer).toEqual(old);
    const batches = await store.devices.read({ from: "bodyBatch", where: { enrollmentId: "e1" } });
    expect(batches.map((row) => [row.asked, row.keptBytes])).toEqual([
      [1, 4 * MIB],
      [0, MIB],
    ]);
    await store.close();
  });

  it("leaves a backup of what was there, readable by the program before", () => {
    asFirstLeftIt();
    const db = openWriter(directory);
    migrate(db, directory);
    db.close();
    const [backup = ""] = backups();
    const before = new DatabaseSync(join(directory, backup), { readOnly: true });
    expect(before.prepare("PRAGMA user_version").get()).toEqual({ user_version: 1 });
    expect(before.prepare("SELECT device_name FROM enrollment").all()).toEqual([{ device_name: "Front desk" }]);
    before.close();
  });

  it("starts again where an earlier attempt was cut off in the middle of its backup", () => {
    asFirstLeftIt();
    const name = `backup-before-schema-${STEPS.length}-1.sqlite`;
    for (const left of [name, `${name}.part`]) writeFileSync(join(directory, left), "half of it");
    const db = openWriter(directory);
    migrate(db, directory);
    expect(backups()).toEqual([name]);
    db.close();
  });

  it("does nothing, and makes no backup, where nothing is to be done", () => {
    for (let start = 0; start < 2; start += 1) {
      const db = openWriter(directory);
      migrate(db, directory);
      db.close();
    }
    expect(backups()).toEqual([]);
  });

  it("stays at the last whole step when one fails", () => {
    const db = openWriter(directory);
    const wrong = { name: "wrong", sqlite: "CREATE TABLE a (b) STRICT;", postgres: "" };
    expect(() => migrate(db, directory, [...STEPS.slice(0, 1), wrong])).toThrow("missing datatype");
    expect(db.prepare("PRAGMA user_version").get()).toEqual({ user_version: 1 });
    db.close();
  });
});
