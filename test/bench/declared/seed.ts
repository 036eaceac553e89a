/**
 * A database full of declarative devices: copies of one that has enrolled, synced and reported for real, with names of
 * their own. All rows that say how a device stands are copied, whatever tables there are; its history is not.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { openSecret, type SealingKey, sealSecret } from "../../../src/identity/index.ts";

/** Nothing on the way of a plan or a poll reads these. */
const HISTORY = new Set(["timeline", "closed_command", "challenge", "body", "body_batch"]);
/** What a device that is at rest has no row in. */
const BUSY = new Set(["command", "outbox"]);

/**
 * Makes `count` copies of the device with this UDID. Its plan counts them as its own. The server must not run.
 * Throws where the device has something in its queue: then it is no picture of a device at rest.
 */
export function seedDeclared(directory: string, udid: string, count: number): void {
  const db = new DatabaseSync(join(directory, "uptick.sqlite"));
  try {
    // What is lost in a power cut is a bench's.
    db.exec("PRAGMA synchronous = OFF; BEGIN");
    copyDevice(db, keyIn(directory), udid, count);
    db.exec("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
  } finally {
    db.close();
  }
}

function keyIn(directory: string): SealingKey {
  const key = new Uint8Array(Buffer.from(readFileSync(join(directory, "data-key"), "utf8").trim(), "base64"));
  return { id: createHash("sha256").update(key).digest("hex").slice(0, 8), key };
}

function copyDevice(db: DatabaseSync, dataKey: SealingKey, udid: string, count: number): void {
  let sealed = 0;
  const iv = (): Uint8Array => {
    const bytes = Buffer.alloc(12, 0xb5);
    bytes.writeUInt32BE((sealed += 1));
    return new Uint8Array(bytes);
  };

  const [device] = db.prepare("SELECT id, serial FROM enrollment WHERE apple_id = ?").all(udid);
  const id = String(device?.["id"]);
  const names = (sql: string): string[] =>
    db
      .prepare(sql)
      .all(id)
      .map((row) => String(Object.values(row)[0]));
  const own = [
    id,
    udid,
    ...names("SELECT serial FROM enrollment WHERE id = ? AND serial IS NOT NULL"),
    ...names("SELECT id FROM job WHERE enrollment_id = ?"),
    ...names("SELECT fingerprint FROM certificate WHERE enrollment_id = ?"),
    ...names("SELECT transaction_id FROM certificate WHERE enrollment_id = ?"),
    ...names("SELECT key_hash FROM certificate WHERE enrollment_id = ?"),
  ].filter((name, n, all) => all.indexOf(name) === n);
  if (own.some((name) => name.length < DIGITS)) throw new Error("a name of the device is too short to be told apart");

  const tables = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    .all();
  for (const table of tables.map(({ name }) => String(name))) {
    const columns = db
      .prepare("SELECT name FROM pragma_table_info(?)")
      .all(table)
      .map(({ name }) => String(name));
    const of = table === "enrollment" ? "id" : ["enrollment_id", "owner"].find((name) => columns.includes(name));
    if (of === undefined || HISTORY.has(table)) continue;
    const rows = db.prepare(`SELECT * FROM ${table} WHERE ${of} = ?`).all(id);
    if (BUSY.has(table) && rows.length > 0) throw new Error(`the device has something in the table ${table}`);
    const insert = db.prepare(`INSERT INTO ${table} (${columns.join()}) VALUES (${columns.map(() => "?").join()})`);
    for (const row of rows) {
      const made = columns.map((column) => parts(row[column] ?? null, own));
      const context = `${udid}/${String(row["name"])}`;
      const plain = table === "secret" ? openSecret([dataKey], row["sealed"] as Uint8Array, context) : undefined;
      for (let n = 1; n <= count; n += 1) {
        const copy = made.map((value) => named(value, n));
        // A secret is tied to whose it is.
        if (plain !== undefined)
          copy[columns.indexOf("sealed")] = sealSecret(dataKey, plain, nth(udid, n) + context.slice(udid.length), iv());
        insert.run(...copy);
      }
    }
  }
  db.prepare(
    "UPDATE plan SET devices = devices + ? WHERE id IN (SELECT plan_id FROM job WHERE enrollment_id = ? AND live = 1)",
  ).run(count, id);
}

const DIGITS = 8;

/** A name with its last characters counted up: as long, and in the same order as they are made. */
const nth = (name: string, n: number): string => name.slice(0, -DIGITS) + n.toString(16).padStart(DIGITS, "0");

type Value = SQLInputValue | readonly string[];

/** A text at whose every second place stands a name of the device's own. */
function parts(value: SQLInputValue, own: readonly string[]): Value {
  if (typeof value !== "string") return value;
  const found = value.split(new RegExp(`(${own.join("|")})`));
  return found.length === 1 ? value : found;
}

function named(value: Value, n: number): SQLInputValue {
  if (!isParts(value)) return value;
  return value.map((part, i) => (i % 2 === 1 ? nth(part, n) : part)).join("");
}

const isParts = (value: Value): value is readonly string[] => Array.isArray(value);
