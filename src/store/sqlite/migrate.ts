/** Brings a database to the newest schema: forward only, a backup first, a newer schema refused. */
import { closeSync, openSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { UptickError } from "../../errors/index.ts";
import type { Fill, Step } from "../migrations/step.ts";
import { STEPS } from "../migrations/steps.ts";

/** The schema's number is PRAGMA user_version. `steps` is for tests: a database as an earlier release left it. */
export function migrate(db: DatabaseSync, directory: string, steps: readonly Step[] = STEPS): void {
  const version = versionOf(db);
  if (version > steps.length) {
    throw new UptickError("schema-newer", `The database has schema ${version}; this program knows ${steps.length}.`);
  }
  if (version === steps.length) return;
  if (version > 0) backUp(db, join(directory, `backup-before-schema-${steps.length}-${version}.sqlite`));
  for (const [index, { sqlite: sql, fill }] of steps.entries()) {
    if (index < version) continue;
    db.exec(`BEGIN IMMEDIATE; ${sql} PRAGMA user_version = ${index + 1};`);
    if (fill !== undefined) filled(db, fill);
    db.exec("COMMIT;");
  }
}

function filled(db: DatabaseSync, { table, key, from, to, of }: Fill): void {
  const assigned = Object.keys(to).map((column) => `${column} = ?`);
  const write = db.prepare(`UPDATE ${table} SET ${assigned.join(", ")} WHERE ${key} = ?`);
  // All of them first: a table that is being read is not written.
  for (const row of db.prepare(`SELECT ${[key, ...from].join(", ")} FROM ${table}`).all())
    write.run(...of(from.map((column) => row[column])), row[key] ?? null);
}

/** Whole or not at all: what an attempt that was cut off left behind is in nobody's way. */
function backUp(db: DatabaseSync, file: string): void {
  const part = `${file}.part`;
  rmSync(part, { force: true });
  // Made here, since SQLite would make it with the mode of the umask: it holds all that the database does.
  closeSync(openSync(part, "wx", 0o600));
  db.prepare("VACUUM INTO ?").run(part);
  renameSync(part, file);
}

function versionOf(db: DatabaseSync): number {
  return Number(db.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
}
