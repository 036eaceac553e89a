/** Brings a database to the newest schema: forward only, a backup first, a newer schema refused. */
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { UptickError } from "../../errors/index.ts";
import { first } from "./migrations/0001-first.ts";

/** In order; the schema's version is the number of steps taken (PRAGMA user_version). */
const STEPS: readonly string[] = [first];

export function migrate(db: DatabaseSync, directory: string): void {
  const version = versionOf(db);
  if (version > STEPS.length) {
    throw new UptickError("schema-newer", `The database has schema ${version}; this program knows ${STEPS.length}.`);
  }
  if (version === STEPS.length) return;
  if (version > 0) {
    const backup = join(directory, `backup-before-schema-${STEPS.length}-${version}.sqlite`);
    db.prepare("VACUUM INTO ?").run(backup);
  }
  for (const [index, sql] of STEPS.entries()) {
    if (index < version) continue;
    db.exec(`BEGIN IMMEDIATE; ${sql} PRAGMA user_version = ${index + 1}; COMMIT;`);
  }
}

function versionOf(db: DatabaseSync): number {
  return Number(db.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
}
