/**
 * Group commit: while one batch is on its way, what arrives gathers into the next; so the more there is to do, the fewer
 * commits it takes. A batch that fails for what one ask wants is done again in halves, until that ask is alone.
 */
import type { Pool } from "pg";
import { UptickError } from "../../errors/index.ts";
import type { Transaction } from "../transaction.ts";
import { tellDue } from "../due.ts";
import { nextBatch, type Queued } from "../next-batch.ts";
import type { DueRows } from "../store.ts";
import { doBatch, type Done, type Outcome, type Task } from "./batch.ts";
import type { ColumnTypes } from "./columns.ts";
import { failingOf, unavailable } from "./connection.ts";

interface Waiting extends Queued {
  readonly task: Task;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** More than this in one commit makes the last of them wait too long. */
const MAX_BATCH = 256;
/** How often a transaction that met another one is tried again. */
const TRIES = 5;

export class Writer {
  readonly #pool: Pool;
  readonly #types: ColumnTypes;
  readonly #queue: Waiting[] = [];
  readonly #next = nextBatch(MAX_BATCH);
  #closed = false;
  #pumping: Promise<void> | undefined;
  /** Told what a batch has made due. */
  onDue: ((kind: keyof DueRows, at: number) => void) | undefined;

  constructor(pool: Pool, types: ColumnTypes) {
    this.#pool = pool;
    this.#types = types;
  }

  run(transaction: Transaction<unknown, unknown>, input: unknown): Promise<unknown> {
    try {
      const decoded = transaction.decode(input);
      return this.do({ kind: "run", transaction, decoded }, transaction.patient);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  do(task: Task, patient = false): Promise<unknown> {
    if (this.#closed) return Promise.reject(new UptickError("store-unavailable", "The store is closed."));
    return new Promise((resolve, reject) => {
      this.#queue.push({ task, patient, resolve, reject });
      this.#pumping ??= this.#pump();
    });
  }

  /** Writes what was taken. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#pumping;
  }

  async #pump(): Promise<void> {
    // What one turn of the event loop brings goes together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) await this.#fly(this.#next.take(this.#queue));
    this.#pumping = undefined;
  }

  async #fly(batch: readonly Waiting[]): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const result = await this.#try(batch);
      if ("outcomes" in result) {
        this.#settle(batch, result.outcomes);
        tellDue(result.due, this.onDue);
        return;
      }
      const { error } = result;
      const failing = failingOf(error);
      if (failing === "again" && tries < TRIES) continue;
      if (failing !== "asked") {
        const refusal = unavailable(error, "Nothing could be written");
        for (const waiting of batch) waiting.reject(refusal);
      } else if (batch.length === 1) batch[0]?.reject(faultOf(error));
      else {
        const half = Math.ceil(batch.length / 2);
        await this.#fly(batch.slice(0, half));
        await this.#fly(batch.slice(half));
      }
      return;
    }
  }

  async #try(batch: readonly Waiting[]): Promise<Done | { error: unknown }> {
    try {
      const client = await this.#pool.connect();
      try {
        const done = await doBatch(
          client,
          this.#types,
          batch.map(({ task }) => task),
        );
        client.release();
        return done;
      } catch (error) {
        client.release(failingOf(error) === "lost");
        return { error };
      }
    } catch (error) {
      return { error };
    }
  }

  #settle(batch: readonly Waiting[], outcomes: readonly Outcome[]): void {
    const again: Waiting[] = [];
    for (const [i, waiting] of batch.entries()) {
      const outcome = outcomes[i];
      if (outcome === undefined) waiting.reject(new Error("a batch gave no outcome"));
      else if ("ok" in outcome) waiting.resolve(outcome.ok);
      else if ("failed" in outcome) waiting.reject(outcome.failed);
      else again.push(waiting);
    }
    // First in the next batch: its first ask meets nothing, so that each batch gets on, and nobody waits without end.
    if (again.length > 0) this.#queue.unshift(...again);
  }
}

function faultOf(error: unknown): Error {
  if ((error as { code?: unknown }).code !== "23505") return error as Error;
  const table = String((error as { table?: unknown }).table);
  return new UptickError("store-conflict", `A row of ${table} exists already.`, { cause: error });
}
