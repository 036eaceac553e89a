/** Rows of a server's database, by statements that are prepared once. */
import type { DatabaseSync, StatementSync } from "node:sqlite";

const prepared = new WeakMap<DatabaseSync, Map<string, StatementSync>>();

export function rows<T>(db: DatabaseSync, sql: string, ...values: (string | number)[]): T[] {
  let statements = prepared.get(db);
  if (statements === undefined) prepared.set(db, (statements = new Map()));
  let statement = statements.get(sql);
  if (statement === undefined) statements.set(sql, (statement = db.prepare(sql)));
  return statement.all(...values) as T[];
}
