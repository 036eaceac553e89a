/** Opens the embedded store: one writer thread, one reader thread, one process per data directory. */
import { mkdirSync } from "node:fs";
import { createAdminStore } from "../admin-queries.ts";
import { devicesOn, type SqliteStore } from "./devices.ts";
import { sqliteSql } from "./admin-sql.ts";
import { Reader } from "./reader.ts";
import { Writer } from "./writer.ts";

export interface SqliteOptions {
  readonly directory: string;
  /** Module whose export `transactions` lists every transaction: the writer's thread loads it. */
  readonly transactions: URL;
  /** A thread has ended unasked: nothing can be served any more. */
  onFatal?(error: unknown): void;
}

/** Throws `data-directory-in-use`, `schema-newer`, `database-damaged`, `store-unavailable`. */
export async function openSqliteStore(options: SqliteOptions): Promise<SqliteStore> {
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  const onFatal = (error: unknown): void => options.onFatal?.(error);
  const writer = await Writer.open(options.directory, options.transactions, onFatal);
  const reader = new Reader(options.directory, onFatal);
  const admin = createAdminStore(reader, sqliteSql);
  const close = async (): Promise<void> => {
    await reader.close();
    await writer.close();
  };
  return { devices: devicesOn(writer, close), admin, pragmas: () => writer.pragmas(), close };
}
