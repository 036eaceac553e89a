/** Changes to a stopped server's database, for what can't be reached from outside. */

/** What node:sqlite's connection offers of which tests make use; other backends offer the same. */
export interface TestDatabase {
  /** `?` stands for a value. */
  prepare(sql: string): {
    all(...values: readonly unknown[]): Record<string, unknown>[];
    get(...values: readonly unknown[]): Record<string, unknown> | undefined;
    run(...values: readonly unknown[]): unknown;
  };
  close(): void;
}

/** A row as a query gave it, with changes. */
export function insertRow(database: TestDatabase, table: string, row: Readonly<Record<string, unknown>>): void {
  const names = Object.keys(row);
  const sql = `INSERT INTO ${table} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`;
  database.prepare(sql).run(...Object.values(row));
}

/** Takes every trace of a device away, as restoring an older backup does. */
export function forget(database: TestDatabase, udid: string): void {
  const { id } = database.prepare("SELECT id FROM enrollment WHERE apple_id = ?").get(udid) as { id: string };
  for (const table of [
    "command",
    "closed_command",
    "command_bytes",
    "timeline",
    "certificate",
    "renewal",
    "outbox",
    "job",
    "declarative",
    "declaration",
    "device_status",
  ])
    database.prepare(`DELETE FROM ${table} WHERE enrollment_id = ?`).run(id);
  database.prepare("DELETE FROM secret WHERE owner = ?").run(id);
  database.prepare("DELETE FROM enrollment WHERE id = ?").run(id);
}
