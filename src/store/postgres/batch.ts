/** One batch in one transaction: lookups for all, decisions here, writes for all, and the commit. */
import type { PoolClient } from "pg";
import { addDue, type Due } from "../due.ts";
import type { Late, Transaction } from "../transaction.ts";
import type { ColumnTypes } from "./columns.ts";
import { send } from "./connection.ts";
import type { Forgotten } from "../store.ts";
import { eventsOf, momentOf } from "../events.ts";
import {
  BACK_FROM_SILENCE,
  followedBefore,
  forgetDeliveries,
  forgetEvents,
  forgetRemoved,
  UNUSED_DECISIONS,
} from "../mapping.ts";
import { lookAll, Seeing } from "./look.ts";
import { Net } from "./net.ts";
import { type Statement, writeMany } from "./sql.ts";
import { toText } from "./text.ts";
import { Touched } from "./touched.ts";

export type Task =
  | { readonly kind: "run"; readonly transaction: Transaction<unknown, unknown>; readonly decoded: unknown }
  | { readonly kind: "seen"; readonly seen: ReadonlyMap<string, number> }
  | { readonly kind: "prune"; readonly before: Forgotten; readonly n: number };

export type Outcome =
  | { readonly ok: unknown }
  | { readonly failed: Error }
  /** Must be asked again: it read what an ask before it in this batch has changed. */
  | { readonly deferred: true };

/** The outcome of a batch, task by task, and what its writes have made due. */
export interface Done {
  readonly outcomes: readonly Outcome[];
  readonly due: Due;
}

/**
 * Whoever writes holds this lock until its commit, so that in the whole database one batch is done after the other, as in
 * the embedded store. Locks on devices would not do: what a poll has read of a plan must still hold when its answer leaves.
 * Batches grow while they wait, so the lock costs little; and the timeline is numbered in the order of the commits.
 */
export const LOCK: Statement = { text: "SELECT pg_advisory_xact_lock(1970303083, 1)", values: [] };

/** Throws what the database said; then nothing of the batch is written, unless the connection was lost at the commit. */
export async function doBatch(client: PoolClient, types: ColumnTypes, tasks: readonly Task[]): Promise<Done> {
  try {
    return await attempt(client, types, tasks);
  } catch (error) {
    // After a failed commit there is nothing to roll back: that is a warning only.
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

async function attempt(client: PoolClient, types: ColumnTypes, tasks: readonly Task[]): Promise<Done> {
  const run = async (statement: Statement) => (await send(client, statement)).rows;
  const outcomes: Outcome[] = [];
  const seeings = tasks.map((task, i): Seeing | undefined => {
    if (task.kind !== "run") return undefined;
    try {
      return new Seeing(task.transaction.reads(task.decoded));
    } catch (error) {
      outcomes[i] = { failed: asError(error) };
      return undefined;
    }
  });
  // Nothing waits for these two: the first lookups go out with them.
  const begun: Promise<unknown>[] = [client.query("BEGIN"), run(LOCK)];
  const looked = lookAll(
    types,
    seeings.filter((seeing) => seeing !== undefined),
    run,
  );
  await allDone([...begun, looked]);

  const net = new Net();
  const touched = new Touched();
  const due: Due = new Map();
  const waiting: { readonly task: number; readonly late: Late<unknown>; readonly seeing: Seeing }[] = [];
  const extras: { readonly task: number; readonly statements: readonly Statement[] }[] = [];
  for (const [i, task] of tasks.entries()) {
    if (task.kind !== "run") {
      extras.push({ task: i, statements: task.kind === "seen" ? seenStatements(task.seen) : pruneStatements(task) });
      continue;
    }
    const seeing = seeings[i];
    if (seeing === undefined) continue;
    const decided = decide(task, seeing, net, touched, due);
    if ("late" in decided) waiting.push({ task: i, late: decided.late, seeing: new Seeing(decided.late.reads) });
    else outcomes[i] = decided;
  }
  await lookAll(
    types,
    waiting.map(({ seeing }) => seeing),
    run,
  );
  for (const { task, late, seeing } of waiting) outcomes[task] = { ok: late.result(seeing.seen as never) };
  const statements = [...net.stages()].flatMap(({ table, ops }) => writeMany(types, table, ops));
  const counts = await commit(client, [...statements, ...extras.flatMap((extra) => extra.statements)]);
  let next = statements.length;
  for (const { task, statements: own } of extras) {
    const touched = counts.slice(next, next + own.length);
    outcomes[task] = { ok: Math.max(0, ...touched) };
    // The second statement of contacts has made classes due.
    if (tasks[task]?.kind === "seen" && (touched[1] ?? 0) > 0) due.set("compliance", 0);
    next += own.length;
  }
  return { outcomes, due };
}

function decide(
  task: Extract<Task, { kind: "run" }>,
  seeing: Seeing,
  net: Net,
  touched: Touched,
  due: Due,
): Outcome | { readonly late: Late<unknown> } {
  if (seeing.looks.some((look) => touched.meets(look))) return { deferred: true };
  try {
    // The rows are what the lookups name; the transaction's own types say which.
    const decision = task.transaction.decide(task.decoded, seeing.seen as never);
    const { writes } = decision;
    Net.check(writes);
    const events = eventsOf(writes, momentOf(task.decoded), (table) =>
      seeing.looks.filter((look) => look.table === table).map(({ rows }) => rows),
    );
    net.add(writes);
    net.add(events);
    touched.add(writes, seeing.looks);
    for (const write of writes) addDue(due, write);
    return "late" in decision ? decision : { ok: decision.result };
  } catch (error) {
    return { failed: asError(error) };
  }
}

/** All in one go. Gives how many rows each statement touched; throws the first failure, and then nothing is committed. */
async function commit(client: PoolClient, statements: readonly Statement[]): Promise<number[]> {
  const sent = statements.map(async (statement) => (await send(client, statement)).rowCount ?? 0);
  const end = client.query("COMMIT");
  await allDone<unknown>([...sent, end]);
  // A COMMIT of a transaction that has failed is answered as a ROLLBACK, without an error.
  if ((await end).command !== "COMMIT") throw new Error("the transaction was rolled back");
  return Promise.all(sent);
}

/** Waits for all of them, then throws the first failure: the others only follow from it. */
async function allDone<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}

function seenStatements(seen: ReadonlyMap<string, number>): Statement[] {
  const values = [[...seen.keys()].map(toText), [...seen.values()]];
  const contacts = "unnest($1::text[], $2::bigint[]) AS q(id, at)";
  return [
    {
      text: `UPDATE enrollment e SET last_seen_at = q.at FROM ${contacts}
        WHERE e.id = q.id AND (e.last_seen_at IS NULL OR e.last_seen_at < q.at)`,
      values,
    },
    {
      text: `UPDATE enrollment e SET class_due_at = q.at FROM ${contacts} WHERE e.id = q.id AND ${BACK_FROM_SILENCE}`,
      values,
    },
  ];
}

/** Each looks at the `n` oldest only. The timeline is in order of time as it is of `seq`. */
function pruneStatements({ before, n }: Extract<Task, { kind: "prune" }>): Statement[] {
  const oldest = [
    ["timeline", "seq", "seq", "at", "TRUE", before.history],
    ["challenge", "ctid", "expires_at", "expires_at", "TRUE", before.history],
    ["enrollment_link", "ctid", "expires_at", "expires_at", "TRUE", before.history],
    ["declaration", "ctid", "withdrawn_at", "withdrawn_at", "withdrawn_at IS NOT NULL", before.history],
    ["plan_device", "ctid", "decided_at", "decided_at", UNUSED_DECISIONS, before.history],
    ["audit", "ctid", "at", "at", "TRUE", before.audit],
    ["version_history", "ctid", "first_seen_at", "first_seen_at", followedBefore("$2"), before.audit],
    ["keyed_request", "ctid", "started_at", "started_at", "TRUE", before.keyed],
    ["keyed_change", "ctid", "at", "at", "TRUE", before.keyed],
  ] as const;
  /** What goes is given back to the devices' budgets. */
  const bodies = {
    text: `WITH gone AS (
        DELETE FROM body WHERE ctid IN (SELECT ctid FROM body ORDER BY at LIMIT $1) AND at < $2 RETURNING enrollment_id, batch, size),
      back AS (UPDATE body_batch b SET kept_bytes = b.kept_bytes - g.size
        FROM (SELECT enrollment_id, batch, sum(size)::bigint AS size FROM gone GROUP BY enrollment_id, batch) g
        WHERE b.enrollment_id = g.enrollment_id AND b.batch = g.batch)
      SELECT 1 FROM gone`,
    values: [n, before.history],
  };
  /** The bytes of a command go with its story. */
  const commands = {
    text: `WITH gone AS (
        DELETE FROM closed_command WHERE ctid IN (SELECT ctid FROM closed_command ORDER BY closed_at LIMIT $1) AND closed_at < $2
          RETURNING enrollment_id, uuid),
      bytes AS (DELETE FROM command_bytes b USING gone g WHERE b.enrollment_id = g.enrollment_id AND b.uuid = g.uuid)
      SELECT 1 FROM gone`,
    values: [n, before.history],
  };
  const byAge = oldest.map(([table, row, order, at, which, moment]) => ({
    text: `DELETE FROM ${table} WHERE ${row} IN (SELECT ${row} FROM ${table} WHERE ${which} ORDER BY ${order} LIMIT $1) AND ${at} < $2`,
    values: [n, moment],
  }));
  // A report of a past day has removed devices too.
  const both = Math.min(before.history, before.audit);
  const removed = forgetRemoved("$1", "$2").map((text) => ({ text, values: [n, both] }));
  return [
    ...byAge,
    ...removed,
    { text: forgetEvents("$1", "$2"), values: [n, before.events] },
    { text: forgetDeliveries("$2", "$1"), values: [n, before.deliveries] },
    bodies,
    commands,
  ];
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
