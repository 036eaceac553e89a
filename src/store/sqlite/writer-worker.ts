/** The writer's thread: takes batches, answers after the commit. */
import { parentPort, workerData } from "node:worker_threads";
import type { Transaction } from "../transaction.ts";
import { doBatchOrEach, failureOf, type Task } from "./batch.ts";
import { lockDirectory, openWriter, pragmas } from "./connection.ts";
import { migrate } from "./migrate.ts";
import { Statements } from "./statements.ts";

const { directory, transactions: url } = workerData as { directory: string; transactions: string };
const port = parentPort;
if (port === null) throw new Error("writer-worker runs as a worker thread only");

try {
  const lock = lockDirectory(directory);
  const db = openWriter(directory);
  migrate(db, directory);
  const module = (await import(url)) as { transactions: Iterable<Transaction<unknown, unknown>> };
  const transactions = new Map([...module.transactions].map((transaction) => [transaction.name, transaction]));
  const statements = new Statements(db);

  port.on("message", (message: { tasks: readonly Task[] } | "close" | "pragmas") => {
    if (message === "close") {
      try {
        db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      } catch {
        // No room for it: what is committed stays in the log, and the next start reads it from there.
      }
      db.close();
      lock.close();
      port.postMessage({ closed: true });
      port.close();
      return;
    }
    if (message === "pragmas") {
      port.postMessage({ pragmas: pragmas(db) });
      return;
    }
    try {
      port.postMessage(doBatchOrEach(db, statements, transactions, message.tasks));
    } catch (error) {
      port.postMessage({ broken: failureOf(error) });
    }
  });
  port.postMessage({ ready: true });
} catch (error) {
  port.postMessage({ refused: failureOf(error) });
}
