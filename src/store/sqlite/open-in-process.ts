/** Opens a data directory without threads (`in-process.ts`). */
import { mkdirSync } from "node:fs";
import type { Transaction } from "../transaction.ts";
import { errorOf } from "./asks.ts";
import { failureOf } from "./batch.ts";
import { lockDirectory, openWriter } from "./connection.ts";
import type { SqliteStore } from "./devices.ts";
import { byName, type InProcessOptions, openInProcess } from "./in-process.ts";
import { migrate } from "./migrate.ts";

export interface InProcessDirectory extends Pick<InProcessOptions, "turn" | "take"> {
  readonly directory: string;
  /** Module whose export `transactions` lists every transaction. */
  readonly transactions: URL;
}

/** Throws as `openSqliteStore`. */
export async function openSqliteInProcess({
  directory,
  transactions,
  ...options
}: InProcessDirectory): Promise<SqliteStore> {
  const module = (await import(transactions.href)) as { transactions: Iterable<Transaction<unknown, unknown>> };
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  try {
    const lock = lockDirectory(directory);
    const db = openWriter(directory);
    migrate(db, directory);
    const onClose = (): void => {
      db.close();
      lock.close();
    };
    return openInProcess({ ...options, db, transactions: byName(module.transactions), onClose });
  } catch (error) {
    throw errorOf(failureOf(error));
  }
}
