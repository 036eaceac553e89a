/**
 * The embedded store without threads: the same batches, on the event loop of the caller. It is for runs that must be repeatable,
 * and for many small servers in one process. In a real server, devices would wait for each other's commits.
 */
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { UptickError } from "../../errors/index.ts";
import type { AdminConnection } from "../admin-connection.ts";
import { createAdminStore } from "../admin-queries.ts";
import { tellDue } from "../due.ts";
import type { DueRows } from "../store.ts";
import type { Transaction, Write } from "../transaction.ts";
import { sqliteSql } from "./admin-sql.ts";
import { type Connection, doBatchOrEach, failureOf, type Task } from "./batch.ts";
import { devicesOn, type SqliteStore, type TaskWriter } from "./devices.ts";
import { pragmas } from "./connection.ts";
import { copied } from "./copied.ts";
import { Statements } from "./statements.ts";
import { brokenBy, errorOf, MAX_BATCH, settle, type Waiting } from "./asks.ts";

/** Where a process may die. */
export type Point = "batch" | "write" | "commit" | "committed";

export interface InProcessOptions {
  /** Open and migrated. Whoever has opened it closes it, once the store is closed. */
  readonly db: DatabaseSync;
  /** By name. */
  readonly transactions: ReadonlyMap<string, Transaction<unknown, unknown>>;
  /** Resolves when the next batch may be done: at the end of this turn of the event loop when absent. */
  readonly turn?: () => Promise<void>;
  /** How many of the asks that wait are in the next batch, 1 to `waiting`; all of them when absent. */
  readonly take?: (waiting: number) => number;
  /**
   * For a process that is made to die: asked before each batch, before each write, which it is shown, and before and
   * after each commit. Once it says false nothing is written and nobody is answered any more.
   */
  readonly lives?: (point: Point, write?: Write) => boolean;
  /** The store is closed. */
  readonly onClose?: () => void;
}

class InProcessWriter implements TaskWriter {
  readonly #options: InProcessOptions;
  readonly #db: Connection;
  readonly #statements: Statements;
  #dead = false;
  #queue: Waiting[] = [];
  #pumping: Promise<void> | undefined;
  #closed = false;
  onDue: ((kind: keyof DueRows, at: number) => void) | undefined;

  constructor(options: InProcessOptions) {
    this.#options = options;
    const { db, lives } = options;
    const ask = (point: Point, write?: Write): void => {
      this.#dead ||= lives?.(point, write) === false;
      if (this.#dead) throw new Error("the process is dead");
    };
    this.#statements = lives === undefined ? new Statements(db) : new MortalStatements(db, ask);
    this.#db = lives === undefined ? db : mortal(db, ask);
  }

  do(task: Task): Promise<unknown> {
    if (this.#closed) return Promise.reject(new UptickError("store-unavailable", "The store is closed."));
    return new Promise((resolve, reject) => {
      // As if it went to a thread: what is changed afterwards is changed for the one who asks alone.
      this.#queue.push({ task: copied(task), resolve, reject });
      this.#pumping ??= this.#pump();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#pumping;
  }

  /** Resolves at the next turn; never in a dead process. */
  async turn(): Promise<void> {
    await (this.#options.turn?.() ?? Promise.resolve());
    this.#dead ||= this.#options.lives?.("batch") === false;
    if (this.#dead) await new Promise(() => undefined);
  }

  async #pump(): Promise<void> {
    const { turn = () => new Promise<void>((resolve) => setImmediate(resolve)), take } = this.#options;
    while (this.#queue.length > 0 && !this.#dead) {
      await turn();
      this.#dead ||= this.#options.lives?.("batch") === false;
      if (this.#dead) return;
      const most = Math.min(this.#queue.length, MAX_BATCH);
      this.#fly(this.#queue.splice(0, take === undefined ? most : Math.min(most, take(most))));
    }
    this.#pumping = undefined;
  }

  #fly(batch: readonly Waiting[]): void {
    const { transactions } = this.#options;
    const tasks = batch.map(({ task }) => task);
    try {
      const { outcomes, due } = copied(doBatchOrEach(this.#db, this.#statements, transactions, tasks));
      for (const [index, waiting] of batch.entries()) settle(waiting, outcomes[index]);
      tellDue(due, this.onDue);
    } catch (error) {
      // Whoever waits for a dead process waits without end.
      if (this.#dead) return;
      const refusal = brokenBy(failureOf(error));
      for (const waiting of batch) waiting.reject(refusal);
    }
  }
}

/** Asks before each write whether the process still lives. */
class MortalStatements extends Statements {
  readonly #ask: (point: Point, write: Write) => void;

  constructor(db: DatabaseSync, ask: (point: Point, write: Write) => void) {
    super(db);
    this.#ask = ask;
  }

  override write(write: Write): void {
    this.#ask("write", write);
    super.write(write);
  }
}

/** The same for commits. */
function mortal(db: DatabaseSync, ask: (point: Point) => void): Connection {
  return {
    get isTransaction() {
      return db.isTransaction;
    },
    exec(sql) {
      if (sql !== "COMMIT") return db.exec(sql);
      ask("commit");
      db.exec(sql);
      ask("committed");
    },
  };
}

/** The admin's queries, on the same connection: nothing runs between two batches. */
function connectionOn(db: DatabaseSync, writer: InProcessWriter): AdminConnection {
  const statements = new Statements(db);
  return {
    async query(sql, values) {
      await writer.turn();
      try {
        const rows = statements.prepare(sql).all(...(values as SQLInputValue[]));
        return rows.map((row) => ({ ...row }));
      } catch (error) {
        throw errorOf(failureOf(error));
      }
    },
    close: async () => undefined,
  };
}

/** Transactions as a batch finds them. */
export const byName = (transactions: Iterable<Transaction<unknown, unknown>>): InProcessOptions["transactions"] =>
  new Map([...transactions].map((transaction) => [transaction.name, transaction]));

export function openInProcess(options: InProcessOptions): SqliteStore {
  const { db, onClose } = options;
  const writer = new InProcessWriter(options);
  const close = async (): Promise<void> => {
    await writer.close();
    onClose?.();
  };
  return {
    devices: devicesOn(writer, close),
    admin: createAdminStore(connectionOn(db, writer), sqliteSql),
    pragmas: () => Promise.resolve(pragmas(db)),
    close,
  };
}
