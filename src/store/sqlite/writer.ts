/**
 * The main thread's side of the writer: group commit. While one batch is being written, what arrives gathers into the
 * next; so the more there is to do, the fewer commits it takes.
 */
import { Worker } from "node:worker_threads";
import { UptickError } from "../../errors/index.ts";
import { tellDue } from "../due.ts";
import { nextBatch, type Queued } from "../next-batch.ts";
import type { DueRows } from "../store.ts";
import { brokenBy, errorOf, MAX_BATCH, settle, type Waiting } from "./asks.ts";
import type { Done, Failure, Task } from "./batch.ts";
import type { Pragmas } from "./devices.ts";
import { YOUNG } from "./thread.ts";

type Message =
  | { readonly ready: true }
  | { readonly refused: Failure }
  | Done
  | { readonly broken: Failure }
  | { readonly pragmas: Pragmas }
  | { readonly closed: true };

export class Writer {
  readonly #worker: Worker;
  readonly #queue: (Waiting & Queued)[] = [];
  readonly #next = nextBatch(MAX_BATCH);
  #sentAt = 0;
  #flying: Waiting[] | undefined;
  /** True while what waits is to go at the end of this turn. */
  #turn = false;
  #dead: UptickError | undefined;
  #closing: (() => void) | undefined;
  #onPragmas: ((value: Pragmas) => void) | undefined;
  /** Told what a batch has made due. */
  onDue: ((kind: keyof DueRows, at: number) => void) | undefined;

  private constructor(worker: Worker, onFatal: (error: unknown) => void) {
    this.#worker = worker;
    worker.on("message", (message: Message) => this.#hear(message));
    worker.on("error", (error) => this.#die(error, onFatal));
    worker.on("exit", () => {
      if (this.#closing !== undefined) this.#closing();
      else this.#die(new Error("the writer's thread ended"), onFatal);
    });
  }

  /** Resolves when the database is open and migrated. Throws `data-directory-in-use`, `schema-newer`, `store-unavailable`. */
  static async open(directory: string, transactions: URL, onFatal: (error: unknown) => void): Promise<Writer> {
    const worker = new Worker(new URL("./writer-worker.ts", import.meta.url), {
      workerData: { directory, transactions: transactions.href },
      resourceLimits: YOUNG,
    });
    const first = await new Promise<Message>((resolve, reject) => {
      worker.once("message", (message: Message) => {
        worker.off("error", reject);
        resolve(message);
      });
      worker.once("error", reject);
    });
    if ("refused" in first) {
      await worker.terminate();
      throw errorOf(first.refused);
    }
    return new Writer(worker, onFatal);
  }

  do(task: Task, patient = false): Promise<unknown> {
    if (this.#dead !== undefined) return Promise.reject(this.#dead);
    if (this.#closing !== undefined)
      return Promise.reject(new UptickError("store-unavailable", "The store is closed."));
    return new Promise((resolve, reject) => {
      this.#queue.push({ task, patient, resolve, reject });
      this.#soon();
    });
  }

  pragmas(): Promise<Pragmas> {
    return new Promise((resolve) => {
      this.#onPragmas = resolve;
      this.#worker.postMessage("pragmas");
    });
  }

  /** Writes what was taken, checkpoints, ends the thread. */
  async close(): Promise<void> {
    if (this.#dead !== undefined) return;
    while (this.#flying !== undefined || this.#queue.length > 0) await new Promise((resolve) => setImmediate(resolve));
    await new Promise<void>((resolve) => {
      this.#closing = resolve;
      this.#worker.postMessage("close");
    });
  }

  /** What one turn of the event loop brings goes together: one message to the thread, one commit. */
  #soon(): void {
    if (this.#turn || this.#flying !== undefined) return;
    this.#turn = true;
    setImmediate(() => {
      this.#turn = false;
      this.#send();
    });
  }

  #send(): void {
    if (this.#flying !== undefined || this.#queue.length === 0) return;
    this.#flying = this.#next.take(this.#queue);
    this.#sentAt = performance.now();
    this.#worker.postMessage({ tasks: this.#flying.map(({ task }) => task) });
  }

  #hear(message: Message): void {
    if ("pragmas" in message) {
      this.#onPragmas?.(message.pragmas);
      return;
    }
    const batch = this.#flying ?? [];
    this.#next.took(performance.now() - this.#sentAt);
    if ("outcomes" in message) {
      this.#flying = undefined;
      for (const [index, waiting] of batch.entries()) settle(waiting, message.outcomes[index]);
      tellDue(message.due, this.onDue);
    } else if ("broken" in message) {
      this.#flying = undefined;
      const error = brokenBy(message.broken);
      for (const waiting of batch) waiting.reject(error);
    }
    this.#send();
  }

  #die(error: unknown, onFatal: (error: unknown) => void): void {
    if (this.#dead !== undefined) return;
    this.#dead = new UptickError("store-unavailable", "The store's thread has ended.", { cause: error });
    for (const waiting of [...(this.#flying ?? []), ...this.#queue]) waiting.reject(this.#dead);
    this.#flying = undefined;
    this.#queue.length = 0;
    onFatal(error);
  }
}
