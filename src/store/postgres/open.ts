/** Opens a store in a PostgreSQL database. Any number of processes may use one database at the same time. */
import type { Pool } from "pg";
import type { AdminConnection, SqlRow } from "../admin-connection.ts";
import { createAdminStore } from "../admin-queries.ts";
import type { AdminStore } from "../admin-store.ts";
import { Late, type Transaction, type Write } from "../transaction.ts";
import { fromSql, SHIFTED, snake } from "../mapping.ts";
import { DUE, DUE_KINDS } from "../due.ts";
import type { DeviceStore, DueRows } from "../store.ts";
import { TABLES } from "../tables.ts";
import { postgresSql } from "./admin-sql.ts";
import { type ColumnTypes, readColumnTypes } from "./columns.ts";
import { openPool, send, unavailable } from "./connection.ts";
import { lookAll, Seeing } from "./look.ts";
import { migrate } from "./migrate.ts";
import type { Statement } from "./sql.ts";
import { toText } from "./text.ts";
import { Writer } from "./writer.ts";

export interface PostgresOptions {
  /** postgres://user:password@host/database, with `sslmode` and the like as libpq has them. */
  readonly url: string;
  /** A connection has ended unasked: worth a line in the log; the next one is made when it is needed. */
  onLost?(error: Error): void;
}

export interface PostgresStore {
  readonly devices: DeviceStore;
  readonly admin: AdminStore;
  close(): Promise<void>;
}

/** Connections for devices: one writes, the others read and claim. */
const DEVICES = 4;
/** Connections for admins, so that their long lists keep no device waiting. */
const ADMINS = 2;

/** Throws `schema-newer`, `store-unavailable`, and `config-invalid` where the database's encoding is not UTF-8. */
export async function openPostgresStore(options: PostgresOptions): Promise<PostgresStore> {
  const onLost = (error: Error): void => options.onLost?.(error);
  const [pool, admins] = [openPool(options.url, DEVICES, onLost), openPool(options.url, ADMINS, onLost)];
  let types: ColumnTypes;
  try {
    types = await prepare(pool);
  } catch (error) {
    await Promise.all([pool.end(), admins.end()]);
    throw unavailable(error, "The database can't be opened");
  }
  const writer = new Writer(pool, types);
  const close = async (): Promise<void> => {
    await writer.close();
    await Promise.all([pool.end(), admins.end()]);
  };
  return { devices: devicesOf(pool, types, writer, close), admin: adminOf(admins), close };
}

async function prepare(pool: Pool): Promise<ColumnTypes> {
  const client = await pool.connect();
  try {
    await migrate(client);
    return await readColumnTypes(client);
  } finally {
    client.release();
  }
}

function devicesOf(pool: Pool, types: ColumnTypes, writer: Writer, close: () => Promise<void>): DeviceStore {
  const query = async (statement: Statement): Promise<readonly SqlRow[]> => {
    try {
      const client = await pool.connect();
      try {
        const { rows } = await send(client, statement);
        client.release();
        return rows;
      } catch (error) {
        client.release(error as Error);
        throw error;
      }
    } catch (error) {
      throw unavailable(error);
    }
  };
  return {
    // What comes back is what this transaction said.
    run: (transaction, input) =>
      writer.run(transaction as unknown as Transaction<unknown, unknown>, input) as Promise<never>,
    runWith: (transaction, input, also) => writer.run(joined(transaction as never, also), input) as Promise<never>,
    async read(lookup) {
      const seeing = new Seeing({ rows: lookup });
      await lookAll(types, [seeing], query);
      return (seeing.seen["rows"] ?? []) as never;
    },
    async claimDue(kind, now, n, leaseMs) {
      const rows = await query(claim(kind, now, n, leaseMs));
      const { table, due } = DUE[kind];
      const claimed = rows.map((row) => fromSql(table, row) as unknown as Readonly<Record<string, number>>);
      return claimed.toSorted((a, b) => (a[due] ?? 0) - (b[due] ?? 0)) as never;
    },
    async nextDue(kind, now) {
      const [table, due, lease] = dueIn(kind);
      // What is due and was not claimed is leased: these are few. Of the others the first says enough.
      const leased = `(SELECT min(greatest(${due}, ${lease})) FROM ${table} WHERE ${due} <= $1)`;
      const later = `(SELECT min(${due}) FROM ${table} WHERE ${due} > $1)`;
      const [row] = await query({ text: `SELECT least(${leased}, ${later}) AS at`, values: [now] });
      return (row?.["at"] ?? undefined) as number | undefined;
    },
    onDue(listener) {
      writer.onDue = listener;
    },
    prune: (before, n, short = { events: before, deliveries: before }) =>
      writer.do({ kind: "prune", before, n, short }) as Promise<number>,
    async shiftDue(now, ms) {
      for (const [kind, more] of SHIFTED) {
        const [table, due, lease] = dueIn(kind);
        const text = `UPDATE ${table} SET ${due} = greatest($1, ${due} - $2), ${lease} = 0 WHERE ${due} > $1${more}`;
        await query({ text, values: [now, ms] });
      }
      for (const kind of DUE_KINDS) writer.onDue?.(kind, now);
    },
    async lastNoted() {
      const [row] = await query({ text: "SELECT at FROM timeline ORDER BY seq DESC LIMIT 1", values: [] });
      return (row?.["at"] ?? undefined) as number | undefined;
    },
    async noteSeen(seen) {
      await writer.do({ kind: "seen", seen });
    },
    close,
  };
}

/** The transaction with more to write, where it writes anything. */
function joined(transaction: Transaction<unknown, unknown>, also: readonly Write[]): Transaction<unknown, unknown> {
  return {
    ...transaction,
    decide(decoded, seen) {
      const decision = transaction.decide(decoded, seen);
      const written = decision.writes.length > 0;
      const writes = written ? [...decision.writes, ...also] : decision.writes;
      if (!("late" in decision)) return { writes, result: { result: decision.result, written } };
      const { reads, result } = decision.late;
      return { writes, late: Late.of(reads, (rows) => ({ result: result(rows as never), written })) };
    },
  };
}

/** Table, due column and lease column as SQL names them. */
const dueIn = (kind: keyof DueRows): readonly [table: string, due: string, lease: string] => {
  const { table, due, lease } = DUE[kind];
  return [snake(table), snake(due), snake(lease)];
};

/**
 * Rows that another claimer or a batch has in its hands are passed over, so nothing waits here. A lease twice as long as
 * anyone takes was written when the clock was wrong, and must not hold until then; the clocks of two processes may differ
 * by the other half.
 */
function claim(kind: keyof DueRows, now: number, n: number, leaseMs: number): Statement {
  const [table, due, lease] = dueIn(kind);
  const key = snake(TABLES[DUE[kind].table].key[0] ?? "id");
  return {
    text: `WITH taken AS MATERIALIZED (
        SELECT ${key} AS k FROM ${table} WHERE ${due} <= $1 AND (${lease} <= $1 OR ${lease} > $4) ORDER BY ${due}, ${key} LIMIT $2
        FOR UPDATE SKIP LOCKED)
      UPDATE ${table} t SET ${lease} = $3 FROM taken WHERE t.${key} = taken.k RETURNING t.*`,
    values: [now, n, now + leaseMs, now + 2 * leaseMs],
  };
}

function adminOf(pool: Pool): AdminStore {
  const connection: AdminConnection = {
    async query(text, values) {
      try {
        const stored = values.map((value) => (typeof value === "string" ? toText(value) : value));
        return (await pool.query<SqlRow>(text, stored)).rows;
      } catch (error) {
        throw unavailable(error);
      }
    },
    // The pool ends with the store.
    close: async () => undefined,
  };
  return createAdminStore(connection, postgresSql);
}
