/** What the main thread asks of the writer, and how a batch of it is done: all in one transaction. */
import type { DatabaseSync } from "node:sqlite";
import { addDue, DUE, type Due, DUE_KINDS } from "../due.ts";
import { alsoWritten } from "../change.ts";
import { eventsOf, lookedIn, momentOf } from "../events.ts";
import type { Transaction, Lookup, Write } from "../transaction.ts";
import type { DueRows, Forgotten } from "../store.ts";
import {
  BACK_FROM_SILENCE,
  followedBefore,
  forgetDeliveries,
  forgetEvents,
  forgetRemoved,
  SHIFTED,
  snake,
  UNUSED_DECISIONS,
} from "../mapping.ts";
import { rowsOf, type Statements } from "./statements.ts";

export type Task =
  | {
      readonly kind: "run";
      readonly transaction: string;
      readonly input: unknown;
      /** Written with what the transaction writes, if it writes anything; then whether it did is part of the outcome. */
      readonly also?: readonly Write[];
    }
  | { readonly kind: "read"; readonly lookup: Lookup }
  | {
      readonly kind: "claim";
      readonly table: keyof DueRows;
      readonly now: number;
      readonly n: number;
      readonly leaseMs: number;
    }
  | { readonly kind: "nextDue"; readonly table: keyof DueRows; readonly now: number }
  | { readonly kind: "shift"; readonly now: number; readonly ms: number }
  | { readonly kind: "lastNoted" }
  | { readonly kind: "seen"; readonly seen: ReadonlyMap<string, number> }
  | { readonly kind: "prune"; readonly before: Forgotten; readonly n: number };

/** What crosses the thread for an error: our own keep their code. */
export interface Failure {
  readonly code?: string;
  readonly message: string;
  readonly remedy?: string;
}
export type Outcome = { readonly ok: unknown } | { readonly failed: Failure };

/** What a batch needs of a connection. */
export type Connection = Pick<DatabaseSync, "exec" | "isTransaction">;

/** The outcome of a batch, task by task, and what its writes have made due. */
export interface Done {
  readonly outcomes: readonly Outcome[];
  readonly due: Due;
}

/** Something was written before it failed: it can be taken back only with all of its transaction, or to a savepoint. */
class HalfDone extends Error {}

/**
 * Does all tasks in one transaction and gives their outcomes once it is committed. A task that throws is undone alone.
 * Throws only when the transaction itself can't be begun or committed (disk full): then nothing of it is kept.
 */
export function doBatch(
  db: Connection,
  statements: Statements,
  transactions: ReadonlyMap<string, Transaction<unknown, unknown>>,
  tasks: readonly Task[],
): Done {
  // What a task that failed would have made due is looked at in vain, and that is all.
  const due: Due = new Map();
  const doOne = (task: Task): unknown => doTask(statements, transactions, task, due);
  try {
    return { outcomes: inTransaction(db, () => tasks.map((task) => together(db, task, doOne))), due };
  } catch (error) {
    if (!(error instanceof HalfDone)) throw error;
    // Once more from the beginning, which asks nothing twice of anyone: what transactions decide hangs on rows and asks alone.
    return { outcomes: inTransaction(db, () => tasks.map((task) => apart(db, statements, task, doOne))), due };
  }
}

/** As `doBatch`; but a batch for which there is no room is done one by one: an ask that writes nothing must not fail with the others. */
export function doBatchOrEach(...[db, statements, transactions, tasks]: Parameters<typeof doBatch>): Done {
  try {
    return doBatch(db, statements, transactions, tasks);
  } catch (error) {
    if (tasks.length === 1 || !isUnusable(error)) throw error;
    const due: Due = new Map();
    const outcomes = tasks.map((task): Outcome => {
      try {
        const alone = doBatch(db, statements, transactions, [task]);
        for (const [kind, at] of alone.due) due.set(kind, Math.min(at, due.get(kind) ?? at));
        return alone.outcomes[0] ?? { failed: failureOf(error) };
      } catch (failure) {
        return { failed: failureOf(failure) };
      }
    });
    return { outcomes, due };
  }
}

function inTransaction<T>(db: Connection, work: () => T): T {
  db.exec("BEGIN IMMEDIATE");
  try {
    const done = work();
    db.exec("COMMIT");
    return done;
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

/** Without a savepoint, for which SQLite copies every page that is touched: hardly a batch needs one. */
function together(db: Connection, task: Task, doOne: (task: Task) => unknown): Outcome {
  try {
    return { ok: doOne(task) };
  } catch (error) {
    // What failed before it wrote anything has nothing to undo.
    if (task.kind === "run" && db.isTransaction && !(error instanceof HalfDone)) return { failed: failureOf(error) };
    throw error instanceof HalfDone ? error : new HalfDone("a task failed", { cause: error });
  }
}

function apart(db: Connection, statements: Statements, task: Task, doOne: (task: Task) => unknown): Outcome {
  statements.prepare("SAVEPOINT ask").run();
  try {
    const ok = doOne(task);
    statements.prepare("RELEASE ask").run();
    return { ok };
  } catch (thrown) {
    const error: unknown = thrown instanceof HalfDone ? thrown.cause : thrown;
    // A full disk can end the whole transaction: then the batch fails, not this ask alone.
    if (!db.isTransaction) throw error;
    statements.prepare("ROLLBACK TO ask").run();
    statements.prepare("RELEASE ask").run();
    return { failed: failureOf(error) };
  }
}

function doTask(
  statements: Statements,
  transactions: ReadonlyMap<string, Transaction<unknown, unknown>>,
  task: Task,
  due: Due,
): unknown {
  switch (task.kind) {
    case "run": {
      const transaction = transactions.get(task.transaction);
      if (transaction === undefined) throw new Error(`there is no transaction "${task.transaction}"`);
      // The rows are what the lookups name; the transaction's own types say which.
      const decoded = transaction.decode(task.input);
      const reads = transaction.reads(decoded);
      const seen = statements.look(reads, transaction.name);
      const decision = transaction.decide(decoded, seen as never);
      const { writes } = decision;
      const result =
        "late" in decision
          ? decision.late.result(statements.look(decision.late.reads, `${transaction.name}, late`) as never)
          : decision.result;
      try {
        for (const write of writes) {
          statements.write(write);
          addDue(due, write);
        }
        for (const event of eventsOf(writes, momentOf(decoded), lookedIn(reads, seen))) statements.write(event);
        if (writes.length > 0)
          for (const write of alsoWritten(task.also ?? [], decision.change)) statements.write(write);
      } catch (cause) {
        throw new HalfDone("an ask's writes failed", { cause });
      }
      return task.also === undefined ? result : { result, written: writes.length > 0 };
    }
    case "read":
      return statements.look({ rows: task.lookup })["rows"];
    case "claim":
      return claim(statements, task);
    case "nextDue": {
      const [table, due, lease] = dueIn(task.table);
      // What is due and was not claimed is leased: these are few. Of the others the first says enough.
      const leased = `SELECT min(max(${due}, ${lease})) FROM ${table} WHERE ${due} <= ?`;
      const later = `SELECT min(${due}) FROM ${table} WHERE ${due} > ?`;
      return (
        statements
          .prepare(`SELECT min(at) AS at FROM (SELECT (${leased}) AS at UNION ALL SELECT (${later}) AS at)`)
          .get(task.now, task.now)?.["at"] ?? undefined
      );
    }
    case "shift":
      for (const kind of DUE_KINDS) due.set(kind, task.now);
      for (const [kind, more] of SHIFTED) {
        const [table, column, lease] = dueIn(kind);
        statements
          .prepare(`UPDATE ${table} SET ${column} = max(?, ${column} - ?), ${lease} = 0 WHERE ${column} > ?${more}`)
          .run(task.now, task.ms, task.now);
      }
      return undefined;
    case "lastNoted":
      return statements.prepare("SELECT at FROM timeline ORDER BY seq DESC LIMIT 1").get()?.["at"] ?? undefined;
    case "prune":
      return Math.max(
        pruneBodies(statements, task),
        pruneCommands(statements, task),
        ...prune(statements, PRUNE, task.n, task.before.history),
        ...prune(statements, PRUNE_AUDIT, task.n, task.before.audit),
        // A report of a past day has removed devices too.
        ...prune(statements, PRUNE_REMOVED, task.n, Math.min(task.before.history, task.before.audit)),
        ...prune(statements, PRUNE_KEYED, task.n, task.before.keyed),
        pruneShort(statements, task),
      );
    case "seen": {
      const sql = "UPDATE enrollment SET last_seen_at = ? WHERE id = ? AND (last_seen_at IS NULL OR last_seen_at < ?)";
      const statement = statements.prepare(sql);
      const back = statements.prepare(`UPDATE enrollment SET class_due_at = ? WHERE id = ? AND ${BACK_FROM_SILENCE}`);
      for (const [id, at] of task.seen) {
        statement.run(at, id, at);
        if (back.run(at, id).changes > 0) due.set("compliance", Math.min(at, due.get("compliance") ?? at));
      }
      return undefined;
    }
  }
}

/** Each takes the number of rows to look at, then the moment. The timeline is in order of time as it is of `seq`. */
const PRUNE = [
  "DELETE FROM timeline WHERE seq IN (SELECT seq FROM timeline ORDER BY seq LIMIT ?) AND at < ?",
  "DELETE FROM challenge WHERE rowid IN (SELECT rowid FROM challenge WHERE expires_at < ?2 ORDER BY expires_at LIMIT ?1)",
  "DELETE FROM enrollment_link WHERE rowid IN (SELECT rowid FROM enrollment_link WHERE expires_at < ?2 ORDER BY expires_at LIMIT ?1)",
  `DELETE FROM declaration WHERE (enrollment_id, kind, identifier) IN (SELECT enrollment_id, kind, identifier FROM declaration
    WHERE withdrawn_at IS NOT NULL ORDER BY withdrawn_at LIMIT ?) AND withdrawn_at < ?`,
  `DELETE FROM plan_device WHERE rowid IN (SELECT rowid FROM plan_device WHERE ${UNUSED_DECISIONS}
    ORDER BY decided_at LIMIT ?) AND decided_at < ?`,
];

const PRUNE_AUDIT = [
  "DELETE FROM audit WHERE rowid IN (SELECT rowid FROM audit ORDER BY at LIMIT ?) AND at < ?",
  `DELETE FROM version_history WHERE rowid IN (SELECT rowid FROM version_history WHERE ${followedBefore("?2")}
    ORDER BY first_seen_at LIMIT ?1)`,
];

const PRUNE_REMOVED = forgetRemoved("?", "?");

const PRUNE_KEYED = [
  "DELETE FROM keyed_request WHERE rowid IN (SELECT rowid FROM keyed_request ORDER BY started_at LIMIT ?) AND started_at < ?",
  "DELETE FROM keyed_change WHERE rowid IN (SELECT rowid FROM keyed_change ORDER BY at LIMIT ?) AND at < ?",
];

function prune(statements: Statements, sql: readonly string[], n: number, before: number): number[] {
  return sql.map((one) => Number(statements.prepare(one).run(n, before).changes));
}

function pruneShort(statements: Statements, { n, before }: Extract<Task, { kind: "prune" }>): number {
  const gone = [
    statements.prepare(forgetEvents("?", "?")).run(n, before.events),
    statements.prepare(forgetDeliveries("?2", "?1")).run(n, before.deliveries),
  ];
  return Math.max(...gone.map(({ changes }) => Number(changes)));
}

/** What goes is given back to the devices' budgets. */
function pruneBodies(statements: Statements, { before, n }: Extract<Task, { kind: "prune" }>): number {
  const gone = statements
    .prepare(
      `DELETE FROM body WHERE rowid IN (SELECT rowid FROM body WHERE at < ?2 ORDER BY at LIMIT ?1) RETURNING enrollment_id, batch, size`,
    )
    .all(n, before.history);
  const back = statements.prepare(
    "UPDATE body_batch SET kept_bytes = kept_bytes - ? WHERE enrollment_id = ? AND batch = ?",
  );
  for (const row of gone) back.run(row["size"] ?? 0, row["enrollment_id"] ?? null, row["batch"] ?? null);
  return gone.length;
}

/** The bytes of a command go with its story. */
function pruneCommands(statements: Statements, { before, n }: Extract<Task, { kind: "prune" }>): number {
  const gone = statements
    .prepare(
      `DELETE FROM closed_command WHERE rowid IN (SELECT rowid FROM closed_command WHERE closed_at < ?2 ORDER BY closed_at LIMIT ?1)
        RETURNING enrollment_id, uuid`,
    )
    .all(n, before.history);
  const bytes = statements.prepare("DELETE FROM command_bytes WHERE enrollment_id = ? AND uuid = ?");
  for (const row of gone) bytes.run(row["enrollment_id"] ?? null, row["uuid"] ?? null);
  return gone.length;
}

/** Table, due column and lease column as SQL names them. */
const dueIn = (kind: keyof DueRows): readonly [table: string, due: string, lease: string] => {
  const { table, due, lease } = DUE[kind];
  return [snake(table), snake(due), snake(lease)];
};

function claim(statements: Statements, task: Extract<Task, { kind: "claim" }>): unknown[] {
  const layout = statements.layout(DUE[task.table].table);
  const { columns } = layout;
  const [table, due, lease] = dueIn(task.table);
  // A lease twice as long as anyone takes was written when the clock was wrong; it must not hold until then.
  const find = `SELECT rowid AS r FROM ${table} WHERE ${due} IS NOT NULL AND ${due} <= ? AND (${lease} <= ? OR ${lease} > ?) ORDER BY ${due} LIMIT ?`;
  const until = task.now + task.leaseMs;
  const found = statements.prepare(find).all(task.now, task.now, until + task.leaseMs, task.n);
  if (found.length === 0) return [];
  const take = statements.prepare(`UPDATE ${table} SET ${lease} = ? WHERE rowid = ? RETURNING ${columns}`);
  return found.flatMap(({ r }) => rowsOf(layout, take, [until, r ?? null]));
}

const CORRUPT = 11;
const NOTADB = 26;

/** SQLite's primary result codes for a database that can't be used now: what was asked is not at fault. */
const UNUSABLE = new Set([
  5, // BUSY
  7, // NOMEM
  8, // READONLY
  10, // IOERR
  CORRUPT,
  13, // FULL
  14, // CANTOPEN
  NOTADB,
]);

/** Whether an error is SQLite's word for a database that can't be used now: a full disk, a failed write, … */
export function isUnusable(error: unknown): boolean {
  return UNUSABLE.has(primaryCode(error));
}

function isDamaged(error: unknown): boolean {
  const code = primaryCode(error);
  return code === CORRUPT || code === NOTADB;
}

/** Of an error of SQLite's; -1 for any other. */
function primaryCode(error: unknown): number {
  const errcode = error instanceof Error ? (error as { errcode?: unknown }).errcode : undefined;
  // The low byte of an extended code is the primary one.
  return typeof errcode === "number" ? errcode & 0xff : -1;
}

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: String(error) };
  const { message } = error;
  if (isDamaged(error)) return { code: "database-damaged", message: `The database is damaged: ${message}` };
  if (isUnusable(error)) return { code: "store-unavailable", message: `The database can't be used: ${message}` };
  const { code, remedy } = error as { code?: unknown; remedy?: unknown };
  return {
    message,
    ...(typeof code === "string" && typeof remedy === "string" ? { code, remedy } : {}),
  };
}
