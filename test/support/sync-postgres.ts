/**
 * PostgreSQL asked synchronously, as node:sqlite is: a thread asks, this one waits. For looking at what is committed, and for
 * changes while the server is stopped: nothing that waits for a lock which this thread would have to let go.
 */
import { MessageChannel, receiveMessageOnPort, Worker, workerData } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import { fileURLToPath } from "node:url";
import pg from "pg";
import type { TestDatabase } from "./database.ts";

interface Question {
  readonly url: string;
  /** Undefined: the connection is not needed any more. */
  readonly sql: string | undefined;
  readonly values: readonly unknown[];
}
type Answer = { readonly rows: Record<string, unknown>[] } | { readonly failed: string };
interface Shared {
  readonly port: MessagePort;
  readonly bell: SharedArrayBuffer;
}

export interface SyncPostgres {
  open(url: string): TestDatabase;
  stop(): Promise<void>;
}

export function startSyncPostgres(): SyncPostgres {
  const { port1, port2 } = new MessageChannel();
  const bell = new SharedArrayBuffer(4);
  const rung = new Int32Array(bell);
  const shared: Shared = { port: port2, bell };
  const worker = new Worker(fileURLToPath(import.meta.url), {
    workerData: { syncPostgres: shared },
    transferList: [port2],
  });
  const question = (asked: Question): Record<string, unknown>[] => {
    port1.postMessage(asked);
    for (const until = Date.now() + 20_000; ; ) {
      // Looked at first and after every wait: the bell may ring for what is not to be seen here yet.
      const before = Atomics.load(rung, 0);
      const answer = receiveMessageOnPort(port1)?.message as Answer | undefined;
      if (answer !== undefined && "failed" in answer) throw new Error(answer.failed);
      if (answer !== undefined) return answer.rows;
      if (Date.now() > until) throw new Error(`no answer to ${asked.sql}`);
      Atomics.wait(rung, 0, before, 50);
    }
  };
  return {
    open(url) {
      const ask = (sql: string, values: readonly unknown[]): Record<string, unknown>[] =>
        question({ url, sql, values });
      return {
        prepare: (sql) => {
          let n = 0;
          const numbered = sql.replaceAll("?", () => `$${(n += 1)}`);
          return {
            all: (...values) => ask(numbered, values),
            get: (...values) => ask(numbered, values)[0],
            run: (...values) => ask(numbered, values),
          };
        },
        close: () => void question({ url, sql: undefined, values: [] }),
      };
    },
    async stop() {
      port1.close();
      await worker.terminate();
    },
  };
}

function answerQuestions({ port, bell }: Shared): void {
  pg.types.setTypeParser(20, Number);
  const clients = new Map<string, pg.Client>();
  const answer = async ({ url, sql, values }: Question): Promise<Record<string, unknown>[]> => {
    let client = clients.get(url);
    if (sql === undefined) {
      clients.delete(url);
      await client?.end();
      return [];
    }
    if (client === undefined) {
      client = new pg.Client({ connectionString: url });
      client.on("error", () => clients.delete(url));
      await client.connect();
      clients.set(url, client);
    }
    return (await client.query(sql, [...values])).rows as Record<string, unknown>[];
  };
  port.on("message", (asked: Question) => {
    answer(asked)
      .then((rows): Answer => ({ rows }))
      .catch((error: unknown): Answer => ({ failed: String(error) }))
      .then((said) => {
        port.postMessage(said);
        Atomics.add(new Int32Array(bell), 0, 1);
        Atomics.notify(new Int32Array(bell), 0);
      })
      .catch(() => process.exit(1));
  });
}

const given = (workerData as { syncPostgres?: Shared } | null)?.syncPostgres;
if (given !== undefined) answerQuestions(given);
