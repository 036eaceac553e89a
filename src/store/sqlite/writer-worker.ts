/** The writer's thread: takes batches, answers after the commit. */
import { parentPort, workerData } from "node:worker_threads";
import type { Exchange } from "../exchange.ts";
import { doBatch, failureOf, type Task } from "./batch.ts";
import { lockDirectory, openWriter, pragmas } from "./connection.ts";
import { migrate } from "./migrate.ts";
import { Statements } from "./statements.ts";

const { directory, exchanges: url } = workerData as { directory: string; exchanges: string };
const port = parentPort;
if (port === null) throw new Error("writer-worker runs as a worker thread only");

try {
  const lock = lockDirectory(directory);
  const db = openWriter(directory);
  migrate(db, directory);
  const module = (await import(url)) as { exchanges: Iterable<Exchange<unknown, unknown>> };
  const exchanges = new Map([...module.exchanges].map((exchange) => [exchange.name, exchange]));
  const statements = new Statements(db);

  port.on("message", (message: { tasks: readonly Task[] } | "close" | "pragmas") => {
    if (message === "close") {
      db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
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
      port.postMessage({ outcomes: doBatch(db, statements, exchanges, message.tasks) });
    } catch (error) {
      port.postMessage({ broken: failureOf(error) });
    }
  });
  port.postMessage({ ready: true });
} catch (error) {
  port.postMessage({ refused: failureOf(error) });
}
