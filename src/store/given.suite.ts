/** What the parts of the suite share. */
import type { DatabaseSync } from "node:sqlite";
import type { AdminStore } from "./admin-store.ts";
import type { Write } from "./transaction.ts";
import type { DeviceStore } from "./store.ts";

export interface Opened {
  readonly devices: DeviceStore;
  readonly admin: AdminStore;
  close(): Promise<void>;
}

/** One that serves many tests. */
export interface Emptied extends Opened {
  /** Takes out all rows; numbers begin again. */
  empty(): Promise<void>;
}

/** `Emptied.empty` on a connection of SQLite. */
export function emptySqlite(db: DatabaseSync): void {
  // What triggers keep goes with the rows that it is made of; the tables of an index of texts are its own affair.
  const names = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'listed%'").all();
  const drops = names.map(({ name }) => `DELETE FROM "${String(name)}";`);
  db.exec(`BEGIN IMMEDIATE; ${drops.join(" ")} COMMIT;`);
}

export interface Given {
  /** The store of the test at hand. */
  readonly store: Opened;
  readonly put: (...writes: Write[]) => Promise<unknown>;
}
