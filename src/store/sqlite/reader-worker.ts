/** The reader's thread: answers an admin's queries on its own connection, so that none delays a device. */
import { parentPort, workerData } from "node:worker_threads";
import { type Failure, failureOf } from "./batch.ts";
import { openReader } from "./connection.ts";
import { Statements } from "./statements.ts";
import type { SQLInputValue } from "node:sqlite";
import type { Packed } from "../packed.ts";

export interface Query {
  readonly sql: string;
  readonly values: readonly unknown[];
  readonly packed: boolean;
}
/** One for each query, in their order. */
export type QueryAnswer =
  | { readonly rows: readonly Record<string, unknown>[] }
  | { readonly packed: Packed }
  | { readonly failed: Failure };

const port = parentPort;
if (port === null) throw new Error("reader-worker runs as a worker thread only");
const db = openReader((workerData as { directory: string }).directory);
const statements = new Statements(db);

port.on("message", (message: Query | "close") => {
  if (message === "close") {
    db.close();
    port.close();
    return;
  }
  const { sql, values } = message;
  try {
    if (message.packed) {
      const found = statements.packed(sql, values as SQLInputValue[]);
      port.postMessage({ packed: found } satisfies QueryAnswer, [found.cells.buffer]);
      return;
    }
    const rows = statements.prepare(sql).all(...(values as SQLInputValue[]));
    port.postMessage({ rows: rows.map((row) => ({ ...row })) } satisfies QueryAnswer);
  } catch (error) {
    port.postMessage({ failed: failureOf(error) } satisfies QueryAnswer);
  }
});
