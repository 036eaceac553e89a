/** The main thread's side of the reader. */
import { Worker } from "node:worker_threads";
import { UptickError } from "../../errors/index.ts";
import type { AdminConnection, SqlRow } from "../admin-connection.ts";
import type { Packed } from "../packed.ts";
import type { Query, QueryAnswer } from "./reader-worker.ts";
import { YOUNG } from "./thread.ts";
import { errorOf } from "./asks.ts";

export class Reader implements AdminConnection {
  readonly #worker: Worker;
  /** In the order asked, in which the thread answers. */
  readonly #waiting: { resolve(found: never): void; reject(error: Error): void }[] = [];
  #ended: UptickError | undefined;

  constructor(directory: string, onFatal: (error: unknown) => void) {
    this.#worker = new Worker(new URL("./reader-worker.ts", import.meta.url), {
      workerData: { directory },
      resourceLimits: YOUNG,
    });
    this.#worker.on("message", (answer: QueryAnswer) => {
      const waiting = this.#waiting.shift();
      if ("failed" in answer) waiting?.reject(errorOf(answer.failed));
      else waiting?.resolve(("packed" in answer ? answer.packed : answer.rows) as never);
    });
    this.#worker.on("error", (error) => {
      this.#end(error);
      onFatal(error);
    });
    this.#worker.on("exit", () => this.#end(undefined));
  }

  query(sql: string, values: readonly unknown[]): Promise<readonly SqlRow[]> {
    return this.#ask({ sql, values, packed: false });
  }

  packed(sql: string, values: readonly unknown[]): Promise<Packed> {
    return this.#ask({ sql, values, packed: true });
  }

  #ask<T>(query: Query): Promise<T> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(query);
    });
  }

  async close(): Promise<void> {
    if (this.#ended !== undefined) return;
    await new Promise<void>((resolve) => {
      this.#worker.once("exit", () => resolve());
      this.#worker.postMessage("close");
    });
  }

  #end(cause: unknown): void {
    this.#ended ??= new UptickError("store-unavailable", "The store's reading thread has ended.", { cause });
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#ended);
  }
}
