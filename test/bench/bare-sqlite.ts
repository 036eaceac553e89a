/**
 * The bench's other side (b): a loop on bare node:sqlite that writes for each request what one durable request writes (a
 * command closed, the next one handed out, two timeline entries), in batches of one commit each, `synchronous=FULL`.
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Requests a second, in batches of `batch`, for `ms` of real time. */
export function bareSqlite(directory: string, batch: number, ms: number): number {
  const db = new DatabaseSync(join(directory, "bare.sqlite"));
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;
    CREATE TABLE IF NOT EXISTS command (e TEXT, uuid TEXT, state TEXT, bytes BLOB, PRIMARY KEY (e, uuid)) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS closed (e TEXT, uuid TEXT, bytes BLOB, answer BLOB, at INTEGER, PRIMARY KEY (e, uuid)) STRICT;
    CREATE INDEX IF NOT EXISTS closed_at ON closed (at);
    CREATE TABLE IF NOT EXISTS timeline (seq INTEGER PRIMARY KEY AUTOINCREMENT, e TEXT, at INTEGER, kind TEXT, data TEXT, raw BLOB) STRICT;
    CREATE INDEX IF NOT EXISTS timeline_e ON timeline (e, seq);
    DELETE FROM command; DELETE FROM closed; DELETE FROM timeline;`);
  const bytes = Buffer.alloc(450, 120);
  const add = db.prepare("INSERT INTO command VALUES (?, ?, 'queued', ?)");
  const drop = db.prepare("DELETE FROM command WHERE e = ? AND uuid = ?");
  const close = db.prepare("INSERT INTO closed VALUES (?, ?, ?, ?, ?)");
  const offer = db.prepare("UPDATE command SET state = 'offered' WHERE e = ? AND uuid = ?");
  const note = db.prepare("INSERT INTO timeline (e, at, kind, data, raw) VALUES (?, ?, ?, ?, ?)");
  let n = 0;
  let done = 0;
  let spent = 0;
  while (spent < ms) {
    const keys = Array.from({ length: batch }, (_, i) => [`device-${i}`, `uuid-${n}-${i}`] as const);
    n += 1;
    db.exec("BEGIN");
    for (const [e, uuid] of keys) add.run(e, uuid, bytes);
    db.exec("COMMIT");
    const began = performance.now();
    db.exec("BEGIN IMMEDIATE");
    for (const [e, uuid] of keys) {
      offer.run(e, uuid);
      note.run(e, n, "command-sent", '{"uuid":"x","requestType":"DeviceInformation"}', bytes);
      drop.run(e, uuid);
      close.run(e, uuid, bytes, bytes, n);
      note.run(e, n, "answer", '{"uuid":"x","status":"Acknowledged"}', bytes);
    }
    db.exec("COMMIT");
    spent += performance.now() - began;
    done += batch;
  }
  db.close();
  return (done / spent) * 1000;
}
