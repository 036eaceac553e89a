/** How a connection to the database is set up. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { UptickError } from "../../errors/index.ts";

export const FILE = "uptick.sqlite";
const LOCK = "uptick.lock";
/** SQLite's result codes for a lock that another connection has, and for a file that is no database. */
const [BUSY, LOCKED, NOTADB] = [5, 6, 26];
/** A checkpoint moves this many pages (64 MB): the same pages come again and again in a rollout, and are then moved once. */
const CHECKPOINT_PAGES = 16000;

/** WAL with synchronous=FULL: what was committed survives a power cut. */
export function openWriter(directory: string): DatabaseSync {
  const db = new DatabaseSync(join(directory, FILE), { timeout: 5000 });
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};`);
  return db;
}

export function openReader(directory: string): DatabaseSync {
  return new DatabaseSync(join(directory, FILE), { readOnly: true, timeout: 5000 });
}

/**
 * Holds the data directory for this process: an exclusive lock on its own file, which the operating system lets go
 * however the process ends.
 */
export function lockDirectory(directory: string): DatabaseSync {
  const lock = new DatabaseSync(join(directory, LOCK), { timeout: 0 });
  try {
    lock.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE;");
  } catch (error) {
    lock.close();
    const primary = Number((error as { errcode?: unknown }).errcode) & 0xff;
    if (primary === NOTADB) {
      const file = join(directory, LOCK);
      throw new UptickError("store-unavailable", `The lock of the data directory, ${file}, can't be read.`, {
        remedy: `Delete ${file} while no server runs: it holds no data, and the next start makes it.`,
        cause: error,
      });
    }
    if (primary !== BUSY && primary !== LOCKED) throw error;
    throw new UptickError("data-directory-in-use", `Another process uses the data directory ${directory}.`, {
      cause: error,
    });
  }
  return lock;
}

export function pragmas(db: DatabaseSync): { synchronous: number; journalMode: string; schema: number } {
  const one = (name: string): unknown => Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
  return {
    synchronous: Number(one("synchronous")),
    journalMode: String(one("journal_mode")),
    schema: Number(one("user_version")),
  };
}
