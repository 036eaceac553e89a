/**
 * A database as an earlier program left it, put in the place of a stopped server's: SQL text of schema and rows. What is
 * secret is made when a test runs: the devices enrol first, and their certificates, keys and tokens are carried over.
 */
import { readFileSync } from "node:fs";
import { newDevice, newProfile, type Device, type Uptick } from "../support/index.ts";
import type { TestDatabase } from "../support/database.ts";
import type { PlistDict } from "../../simulator/index.ts";

/** The same schema; each backend counted its steps by itself then. */
const SCHEMAS = { sqlite: "sqlite-20.sql", postgres: "postgres-19.sql" } as const;
type Dialect = keyof typeof SCHEMAS;

/** Tables whose rows hold secrets or what is made of them. */
const CARRIED = ["secret", "certificate", "renewal", "admin_token", "setting"] as const;
/** This one holds no secret: it stands in the text, with the releases that it dates. */
const IN_TEXT = "catalog";

const textOf = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8");

/** One statement a line. */
const statements = (text: string): string[] => text.split("\n").filter((line) => line !== "" && !line.startsWith("--"));

const ROWS = statements(textOf("rows.sql"));

/** What the text says of an enrollment. */
export interface OldEnrollment {
  /** Its place in the text, from 1. */
  readonly n: number;
  readonly udid: string;
  readonly serial: string;
  readonly facts: PlistDict;
  readonly enrolled: boolean;
}

export interface OldJob {
  readonly n: number;
  readonly id: string;
  readonly planId: string;
  readonly state: string;
  readonly reason: string;
  readonly live: boolean;
  readonly begun: boolean;
  readonly declared: boolean;
  /** Empty for one that never began. */
  readonly target: { readonly version: string; readonly build: string };
}

type Columns = Readonly<Record<string, string | number | null>>;

/** Column → value of each row of a table. */
function rowsOf(table: string): Columns[] {
  const shape = new RegExp(`^INSERT INTO ${table} \\((.*?)\\) VALUES \\((.*)\\);$`);
  return ROWS.flatMap((line) => {
    const found = shape.exec(line);
    if (found === null) return [];
    const names = (found[1] ?? "").split(", ");
    const values = [...(found[2] ?? "").matchAll(/x'[0-9a-f]*'|'(?:[^']|'')*'|NULL|-?\d+/g)].map(([text]) => {
      if (text === "NULL") return null;
      return /^-?\d/.test(text) ? Number(text) : text.slice(text.indexOf("'") + 1, -1).replaceAll("''", "'");
    });
    return [Object.fromEntries(names.map((name, at) => [name, values[at] ?? null]))];
  });
}

const numberOf = (placeholder: unknown): number => Number(/^@(\d+)@$/.exec(String(placeholder))?.[1]);

export const OLD_ENROLLMENTS: readonly OldEnrollment[] = rowsOf("enrollment").map((row) => {
  const result = JSON.parse(String(row["facts"])) as Record<string, { readonly value: unknown }>;
  const plain = Object.entries(result).flatMap(([name, { value }]) =>
    typeof value === "string" || typeof value === "boolean" ? [[name, value] as const] : [],
  );
  const facts: PlistDict = Object.fromEntries(plain);
  const [udid, serial] = [String(row["apple_id"]), String(row["serial"])];
  return { n: numberOf(row["id"]), udid, serial, facts, enrolled: row["state"] === "enrolled" };
});

export const OLD_JOBS: readonly OldJob[] = rowsOf("job").map((row) => {
  const doc = JSON.parse(String(row["doc"])) as {
    readonly mechanism?: string;
    readonly platform?: string;
    readonly target?: { readonly version: string };
  };
  const version = doc.target?.version ?? "";
  const release = rowsOf("release").find((one) => one["platform"] === doc.platform && one["version"] === version);
  return {
    n: numberOf(row["enrollment_id"]),
    id: String(row["id"]),
    planId: String(row["plan_id"]),
    state: String(row["state"]),
    reason: String(row["reason"]),
    live: row["live"] === 1,
    begun: row["begun"] === 1,
    declared: doc.mechanism === "declaration",
    target: { version, build: String(release?.["build"] ?? "") },
  };
});

/** Of each enrollment of the text the device, which has its certificate and push token. */
export type OldDevices = ReadonlyMap<number, Device>;

export async function enrolOldDevices(uptick: Uptick): Promise<OldDevices> {
  const profile = await newProfile(uptick, OLD_ENROLLMENTS.length);
  const enrolled = OLD_ENROLLMENTS.map(async ({ n, udid, serial, facts }) => {
    const device = await newDevice(uptick, { udid, serial, facts, profile, refusesDeclarations: false });
    for (const reply of [await device.authenticate(), await device.tokenUpdate()])
      if (reply.status !== 200) throw new Error(`the enrollment was answered ${reply.status}`);
    return [n, device] as const;
  });
  return new Map(await Promise.all(enrolled));
}

/** Makes the database what the text says, and gives the devices' secrets back to it. */
export function becomeOld(uptick: Uptick, database: TestDatabase): void {
  const dialect: Dialect = "database" in uptick.backend.flags ? "postgres" : "sqlite";
  const all = (sql: string): Record<string, unknown>[] => database.prepare(sql).all();
  const carried = CARRIED.map((table) => [table, all(`SELECT * FROM ${table}`)] as const);
  const ids = new Map(all("SELECT apple_id, id, certificate FROM enrollment").map((row) => [row["apple_id"], row]));

  for (const sql of emptied(dialect, all)) database.prepare(sql).run();
  for (const sql of statements(textOf(SCHEMAS[dialect]))) database.prepare(sql).run();

  const made = (sql: string): string =>
    sql.replaceAll(/@(\d+)(\.certificate)?@/g, (_all, n: string, certificate?: string) => {
      const row = ids.get(OLD_ENROLLMENTS[Number(n) - 1]?.udid);
      return String(row?.[certificate === undefined ? "id" : "certificate"]);
    });
  for (const sql of ROWS) database.prepare(bytesFor(dialect, made(sql))).run();
  for (const [table, rows] of carried) {
    // Only what the table had then.
    const columns = columnsOf(dialect, table, all);
    for (const row of rows.filter(({ name }) => table !== "setting" || name !== IN_TEXT)) {
      const sql = `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`;
      database.prepare(sql).run(...columns.map((column) => row[column]));
    }
  }
}

type All = (sql: string) => Record<string, unknown>[];

function emptied(dialect: Dialect, all: All): string[] {
  if (dialect === "postgres") return ["DROP SCHEMA public CASCADE", "CREATE SCHEMA public"];
  const tables = all(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'listed_search_%'",
  );
  return tables.map(({ name }) => `DROP TABLE ${String(name)}`);
}

function columnsOf(dialect: Dialect, table: string, all: All): string[] {
  const sql =
    dialect === "sqlite"
      ? `SELECT name FROM pragma_table_info('${table}')`
      : `SELECT column_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '${table}'`;
  return all(sql).map(({ name }) => String(name));
}

/** Bytes are written as SQLite writes them. */
const bytesFor = (dialect: Dialect, sql: string): string =>
  dialect === "sqlite" ? sql : sql.replaceAll(/x'([0-9a-f]*)'/g, String.raw`'\x$1'`);
