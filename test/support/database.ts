/** Changes to a stopped server's database, for what can't be reached from outside. */
import type { DatabaseSync, SQLInputValue } from "node:sqlite";

/** A row as a query gave it, with changes. */
export function insertRow(database: DatabaseSync, table: string, row: Readonly<Record<string, unknown>>): void {
  const names = Object.keys(row);
  const sql = `INSERT INTO ${table} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`;
  database.prepare(sql).run(...(Object.values(row) as SQLInputValue[]));
}

/** Takes every trace of a device away, as restoring an older backup does. */
export function forget(database: DatabaseSync, udid: string): void {
  const { id } = database.prepare("SELECT id FROM enrollment WHERE apple_id = ?").get(udid) as { id: string };
  for (const table of ["command", "closed_command", "timeline", "certificate", "renewal", "outbox", "job"])
    database.prepare(`DELETE FROM ${table} WHERE enrollment_id = ?`).run(id);
  database.prepare("DELETE FROM secret WHERE owner = ?").run(id);
  database.prepare("DELETE FROM enrollment WHERE id = ?").run(id);
}
