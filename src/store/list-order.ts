/** The orders of the list of devices: along which index its rows are read, and where a page of it begins. */
import { type RawBuilder, sql } from "kysely";
import { UptickError } from "../errors/index.ts";
import type { SqlRow } from "./admin-connection.ts";
import type { AdminSql } from "./admin-sql.ts";
import type { DeviceQuery } from "./device-query.ts";

type Sql = RawBuilder<unknown>;

/** The last row of the page before: its key, and what tells it from others with the same key (`n`; by `lastSeen`, the id). */
export type Position = readonly [key: string | number, last: string | number];

export interface Order {
  /** Some of the rows behind the position, in this order, by its index: those of `listed`, with `sort_key` and `sort_last`. */
  walk(behind: Position | undefined, most: number): Sql;
  /** Of `listed l` and what is beside it. */
  readonly key: Sql;
  readonly last: Sql;
  /** Joined with `listed l` for the key. */
  readonly beside: Sql;
  readonly down: boolean;
  readonly way: Sql;
}

/** The columns that are sorted by. What is not known has the last value of all there (step `device-list`). */
const COLUMNS = { name: "name", os: "os", compliance: "worst", deadline: "deadline" } as const;

export function orderOf(dialect: AdminSql, { by, down }: NonNullable<DeviceQuery["sort"]>): Order {
  const way = down ? sql`DESC` : sql`ASC`;
  const rest = { down, way, beside: sql`` };
  if (by === "id") {
    const id = sql`l.id`;
    return {
      ...rest,
      key: id,
      last: id,
      walk: (behind, most) =>
        sql`SELECT w.*, w.id AS sort_key, w.id AS sort_last FROM listed w
          WHERE ${behind === undefined ? sql`1 = 1` : sql`w.id ${isBehind(down)} ${behind[0]}`} ORDER BY w.id ${way} LIMIT ${sql.lit(most)}`,
    };
  }
  if (by === "lastSeen") {
    const [key, last] = [sql`coalesce(e.last_seen_at, 0)`, sql`e.id`];
    return {
      ...rest,
      key,
      last,
      beside: sql`JOIN enrollment e ON e.id = l.id`,
      walk: (behind, most) =>
        sql`SELECT w.*, s.sort_key, s.sort_last FROM (SELECT ${key} AS sort_key, ${last} AS sort_last
          FROM enrollment e ${dialect.indexedBy("enrollment_last_seen")} WHERE ${behindSql([key, last], behind, down)}
          ORDER BY ${key} ${way}, ${last} ${way} LIMIT ${sql.lit(most)}) AS s JOIN listed w ON w.id = s.sort_last`,
    };
  }
  const column = COLUMNS[by];
  const [key, last] = [sql.ref(`w.${column}`), sql`w.n`];
  return {
    ...rest,
    key: sql.ref(`l.${column}`),
    last: sql`l.n`,
    walk: (behind, most) =>
      sql`SELECT w.*, ${key} AS sort_key, ${last} AS sort_last FROM listed w ${dialect.indexedBy(`listed_${column}`)}
        WHERE ${behindSql([key, last], behind, down)} ORDER BY ${key} ${way}, ${last} ${way} LIMIT ${sql.lit(most)}`,
  };
}

const isBehind = (down: boolean): Sql => (down ? sql`<` : sql`>`);

/** The rows behind a position, in the order or its reverse. */
export function behindSql([key, last]: readonly [Sql, Sql], behind: Position | undefined, down: boolean): Sql {
  if (behind === undefined) return sql`1 = 1`;
  return sql`(${key}, ${last}) ${isBehind(down)} (${behind[0]}, ${behind[1]})`;
}

/** As `after` of a query has it: by id the id alone, else both as JSON. */
export function positionIn(
  after: string | undefined,
  by: NonNullable<DeviceQuery["sort"]>["by"],
): Position | undefined {
  if (after === undefined) return undefined;
  if (by === "id") return [after, after];
  return pairIn(after);
}

/** @throws UptickError `request-invalid` for what is no pair */
export function pairIn(after: string): Position {
  let read: unknown;
  try {
    read = JSON.parse(after);
  } catch {
    read = undefined;
  }
  const pair: readonly unknown[] = Array.isArray(read) ? read : [];
  const [key, last] = pair;
  if (isValue(key) && isValue(last) && pair.length === 2) return [key, last];
  throw new UptickError("request-invalid", "The request's query does not fit: after: is not a cursor of this list.");
}

const isValue = (value: unknown): value is string | number => typeof value === "string" || typeof value === "number";

/** Where the page behind this row begins. */
export function positionAfter(row: SqlRow, by: NonNullable<DeviceQuery["sort"]>["by"]): string {
  if (by === "id") return String(row["sort_key"]);
  return JSON.stringify([valueOf(row["sort_key"]), valueOf(row["sort_last"])]);
}

/** A number of PostgreSQL may come as text or a bigint. */
const valueOf = (value: unknown): string | number =>
  typeof value === "bigint" ? Number(value) : (value as string | number);
