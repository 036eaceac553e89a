/** One side of the comparison: the store and the transactions of one checkout, in a database of its own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { DatabaseSync } from "node:sqlite";

type Row = Readonly<Record<string, unknown>>;
/** As the store's worker takes it; its shape is the checkout's own. */
export interface Task {
  readonly kind: string;
  readonly transaction?: string;
  readonly input?: unknown;
}
/** A row that was written, by its table and what names it. */
export interface Touched {
  readonly table: string;
  readonly where: Row;
}
type Written = { readonly put?: string; readonly insert?: string; readonly patch?: string; readonly drop?: string } & {
  readonly row?: Row;
  readonly where?: Row;
};
interface Statements {
  write(write: Written): void;
  look(lookups: { readonly rows: { readonly from: string; readonly where: Row } }): { readonly rows: readonly Row[] };
}
type Outcome = { readonly ok?: unknown; readonly failed?: { readonly message?: string } };

export interface Side {
  /** Does one task by itself; what it answered, and which rows it wrote. */
  run(task: Task): { readonly outcome: Outcome; readonly touched: readonly Touched[] };
  rows(touched: Touched): readonly Row[];
  /** Puts these rows in the place of its own. */
  take(touched: Touched, rows: readonly Row[]): void;
  close(): void;
}

export async function openSide(root: string): Promise<Side> {
  const load = async (path: string) => import(pathToFileURL(join(root, path)).href);
  const { openWriter } = (await load("src/store/sqlite/connection.ts")) as {
    openWriter: (folder: string) => DatabaseSync;
  };
  const { migrate } = (await load("src/store/sqlite/migrate.ts")) as {
    migrate: (db: DatabaseSync, folder: string) => void;
  };
  const { Statements: Made } = (await load("src/store/sqlite/statements.ts")) as {
    Statements: new (db: DatabaseSync) => Statements;
  };
  const { doBatch } = (await load("src/store/sqlite/batch.ts")) as {
    doBatch: (
      db: DatabaseSync,
      statements: Statements,
      transactions: ReadonlyMap<string, unknown>,
      tasks: readonly Task[],
    ) => readonly Outcome[] | { readonly outcomes: readonly Outcome[] };
  };
  const { TABLES } = (await load("src/store/tables.ts")) as {
    TABLES: Record<string, { readonly key: readonly string[] }>;
  };
  const { transactions } = (await load("src/service/transactions.ts")) as {
    transactions: Iterable<{ readonly name: string }>;
  };

  const folder = mkdtempSync(join(tmpdir(), "uptick-pin-"));
  const db = openWriter(folder);
  db.exec("PRAGMA synchronous = OFF");
  migrate(db, folder);
  const statements = new Made(db);
  const byName = new Map([...transactions].map((transaction) => [transaction.name, transaction]));
  let touched: Touched[] = [];
  const write = statements.write.bind(statements);
  statements.write = (one) => {
    const table = one.put ?? one.insert ?? one.patch ?? one.drop ?? "";
    const named = one.row ?? one.where ?? {};
    const key = TABLES[table]?.key ?? [];
    const keyed = key.every((column) => named[column] !== undefined);
    touched.push({ table, where: keyed ? Object.fromEntries(key.map((column) => [column, named[column]])) : named });
    write(one);
  };
  return {
    run(task) {
      touched = [];
      const done = doBatch(db, statements, byName, [task]);
      // An earlier version has given the outcomes alone.
      const [outcome = {}] = "outcomes" in done ? done.outcomes : done;
      return { outcome, touched };
    },
    rows: ({ table, where }) => statements.look({ rows: { from: table, where } }).rows,
    take({ table, where }, rows) {
      write({ drop: table, where });
      for (const row of rows) write({ put: table, row });
    },
    close() {
      db.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
