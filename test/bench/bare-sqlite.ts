/**
 * The bench's other side (b): a loop on bare node:sqlite that writes what the server writes for the same requests, to the
 * statement and the byte, in batches of one commit each, `synchronous=FULL`. It looks nothing up and decides nothing.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { recordRounds } from "./recorded.ts";

/** Requests a second, in batches of `batch`: the writes of `rounds` rounds of as many devices. */
export function bareSqlite(directory: string, batch: number, rounds: number): number {
  const folder = join(directory, `bare-${batch}`);
  const { file, batches } = recordRounds(folder, batch, rounds);
  const db = new DatabaseSync(file);
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 16000;");
  const prepared = new Map<string, StatementSync>();
  for (const { statements } of batches)
    for (const { sql } of statements) if (!prepared.has(sql)) prepared.set(sql, db.prepare(sql));
  let done = 0;
  let spent = 0;
  for (const { counted, statements } of batches) {
    const began = performance.now();
    db.exec("BEGIN IMMEDIATE");
    for (const { sql, values } of statements) prepared.get(sql)?.run(...values);
    db.exec("COMMIT");
    if (!counted) continue;
    spent += performance.now() - began;
    done += batch;
  }
  db.close();
  rmSync(folder, { recursive: true, force: true });
  return (done / spent) * 1000;
}
