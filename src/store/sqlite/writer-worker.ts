/** The writer's thread: takes batches, answers after the commit. */
import { parentPort, workerData } from "node:worker_threads";
import type { Transaction } from "../transaction.ts";
import { doBatch, failureOf, isUnusable, type Outcome, type Task } from "./batch.ts";
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

  /** A batch for which there is no room is done one by one: an ask that writes nothing must not fail with the others. */
  const doApart = (tasks: readonly Task[]): Outcome[] => {
    try {
      return doBatch(db, statements, transactions, tasks);
    } catch (error) {
      if (tasks.length === 1 || !isUnusable(error)) throw error;
      return tasks.map((task) => {
        try {
          return doBatch(db, statements, transactions, [task])[0] ?? { failed: failureOf(error) };
        } catch (alone) {
          return { failed: failureOf(alone) };
        }
      });
    }
  };

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
      port.postMessage({ outcomes: doApart(message.tasks) });
    } catch (error) {
      port.postMessage({ broken: failureOf(error) });
    }
  });
  port.postMessage({ ready: true });
} catch (error) {
  port.postMessage({ refused: failureOf(error) });
}
