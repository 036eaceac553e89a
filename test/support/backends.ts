/** On what the servers of a test file keep their data: SQLite, unless the file says `useBackend`. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Client } from "pg";
import type { TestDatabase } from "./database.ts";
import type { RunPostgres } from "./run-postgres.ts";
import type { SyncPostgres } from "./sync-postgres.ts";

/** One server's database. */
export interface Backend {
  readonly flags: Readonly<Record<string, string>>;
  /** Through a connection of its own, which sees what is committed. */
  look(): TestDatabase;
  /** For changes while the server is stopped. */
  change(): TestDatabase;
  /** From now on nothing can be written, as if another process did not end its writing. */
  hold(): Promise<() => Promise<void>>;
  /** From now on every transaction that notes something on a timeline fails: at once, or only at its commit. */
  fail(when: "write" | "commit"): Promise<() => Promise<void>>;
}

let make: (dataDir: string) => Promise<Backend> = (dataDir) => Promise.resolve(onSqlite(dataDir));

export function usePostgres(postgres: RunPostgres, sync: SyncPostgres): void {
  make = async () => onPostgres(await postgres.database(), sync);
}

export const newBackend = (dataDir: string): Promise<Backend> => make(dataDir);

function onSqlite(dataDir: string): Backend {
  const file = join(dataDir, "uptick.sqlite");
  const begin = (sql: string, undo: string): Promise<() => Promise<void>> => {
    const database = new DatabaseSync(file, { timeout: 5000 });
    database.exec(sql);
    return Promise.resolve(() => {
      database.exec(undo);
      database.close();
      return Promise.resolve();
    });
  };
  return {
    flags: {},
    look: () => new DatabaseSync(file, { readOnly: true }) as TestDatabase,
    change: () => new DatabaseSync(file) as TestDatabase,
    hold: () => begin("BEGIN IMMEDIATE", "ROLLBACK"),
    fail: (when) =>
      when === "write"
        ? begin(
            "CREATE TRIGGER broken BEFORE INSERT ON timeline BEGIN SELECT RAISE(ABORT, 'disk full'); END",
            "DROP TRIGGER broken",
          )
        : // A reference to nothing is found out at the commit, not before.
          begin(
            `CREATE TABLE absent (id INTEGER PRIMARY KEY);
             CREATE TABLE orphan (of INTEGER REFERENCES absent DEFERRABLE INITIALLY DEFERRED);
             CREATE TRIGGER late AFTER INSERT ON timeline BEGIN INSERT INTO orphan VALUES (1); END;`,
            "DROP TRIGGER late; DROP TABLE orphan; DROP TABLE absent;",
          ),
  };
}

function onPostgres(url: string, sync: SyncPostgres): Backend {
  const begin = async (sql: string, undo: string): Promise<() => Promise<void>> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query(sql);
    return async () => {
      await client.query(undo);
      await client.end();
    };
  };
  const trigger = (kind: string, more: string): string => `
    CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'disk full' USING ERRCODE = 'disk_full'; END $$;
    CREATE ${kind} broken ${more} FOR EACH ROW EXECUTE FUNCTION full_disk();`;
  return {
    flags: { database: url },
    look: () => sync.open(url),
    change: () => sync.open(url),
    // The lock under which every batch is written.
    hold: () => begin("BEGIN; SELECT pg_advisory_xact_lock(1970303083, 1)", "ROLLBACK"),
    fail: (when) =>
      begin(
        when === "write"
          ? trigger("TRIGGER", "BEFORE INSERT ON timeline")
          : trigger("CONSTRAINT TRIGGER", "AFTER INSERT ON timeline DEFERRABLE INITIALLY DEFERRED"),
        "DROP FUNCTION full_disk CASCADE",
      ),
  };
}
