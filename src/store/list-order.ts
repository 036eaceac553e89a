/** The orders of the list of devices: along which index its rows are read, and where a page of it begins. */
import { type RawBuilder, sql } from "kysely";
import { UptickError } from "../errors/index.ts";
import type { SqlRow } from "./admin-connection.ts";
import type { AdminSql } from "./admin-sql.ts";
import type { DeviceQuery } from "./device-query.ts";

type Sql = RawBuilder<unknown>;
type Sort = NonNullable<DeviceQuery["sort"]>;

/** The last row of the page before: its key, and what tells it from others with the same key. */
export type Position = readonly [key: string | number, last: string | number];

export interface Order {
  readonly down: boolean;
  readonly way: Sql;
  /** Of `listed l` and what is `beside` it. */
  readonly key: Sql;
  readonly last: Sql;
  readonly beside: Sql;
  /** The first devices behind a position by the index of the order: `place`, `sort_key` and `sort_last` of each. */
  walk(behind: Position | undefined, most: number): Sql;
  /** The column of `listed` that `place` is. */
  readonly place: "n" | "id";
}

/** The columns that are sorted by. What is not known has the last value of all there (step `device-list`). */
const COLUMNS = { name: "name", os: "os", compliance: "worst", deadline: "deadline" } as const;

/** An index, and what of its rows (`w`) an order is by. */
interface Along {
  readonly table: Sql;
  readonly place: Sql;
  readonly key: Sql;
  readonly last: Sql;
}

export function orderOf(dialect: AdminSql, { by, down }: Sort): Order {
  const way = down ? sql`DESC` : sql`ASC`;
  const common = { down, way };
  switch (by) {
    case "id": {
      const along = { table: sql`listed w`, place: sql`w.n`, key: sql`w.id`, last: sql`w.id` };
      return { ...common, key: sql`l.id`, last: sql`l.id`, beside: sql``, place: "n", walk: walkOf(along, way, down) };
    }
    case "lastSeen": {
      const index = dialect.indexedBy("enrollment_last_seen");
      const key = sql`coalesce(w.last_seen_at, 0)`;
      const along = { table: sql`enrollment w ${index}`, place: sql`w.id`, key, last: sql`w.id` };
      return {
        ...common,
        key: sql`coalesce(e.last_seen_at, 0)`,
        last: sql`e.id`,
        beside: sql`JOIN enrollment e ON e.id = l.id`,
        place: "id",
        walk: walkOf(along, way, down),
      };
    }
    default: {
      const column = COLUMNS[by];
      const table = sql`listed w ${dialect.indexedBy(`listed_${column}`)}`;
      const along = { table, place: sql`w.n`, key: sql.ref(`w.${column}`), last: sql`w.n` };
      const key = sql.ref(`l.${column}`);
      return { ...common, key, last: sql`l.n`, beside: sql``, place: "n", walk: walkOf(along, way, down) };
    }
  }
}

/** As two searches behind a position, of those with its key and of those behind them: an index serves no search by both at once. */
const walkOf =
  ({ table, place, key, last }: Along, way: Sql, down: boolean) =>
  (behind: Position | undefined, most: number): Sql => {
    const some = (
      condition: Sql,
    ): Sql => sql`SELECT ${place} AS place, ${key} AS sort_key, ${last} AS sort_last FROM ${table}
      WHERE ${condition} ORDER BY ${key} ${way}, ${last} ${way} LIMIT ${sql.lit(most)}`;
    if (behind === undefined) return some(sql`1 = 1`);
    const is = down ? sql`<` : sql`>`;
    const alike = some(sql`${key} = ${behind[0]} AND ${last} ${is} ${behind[1]}`);
    const further = some(sql`${key} ${is} ${behind[0]}`);
    return sql`SELECT place, sort_key, sort_last FROM (SELECT * FROM (${alike}) AS alike UNION ALL SELECT * FROM (${further}) AS further) AS both_of
      ORDER BY sort_key ${way}, sort_last ${way} LIMIT ${sql.lit(most)}`;
  };

/** The rows behind a position, in the order or its reverse. */
export function behindSql([key, last]: readonly [Sql, Sql], behind: Position | undefined, down: boolean): Sql {
  if (behind === undefined) return sql`1 = 1`;
  return sql`(${key}, ${last}) ${down ? sql`<` : sql`>`} (${behind[0]}, ${behind[1]})`;
}

/** As `after` of a query has it: by id the id alone, else both as JSON. */
export function positionIn(after: string | undefined, by: Sort["by"]): Position | undefined {
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
export function positionAfter(row: SqlRow, by: Sort["by"]): string {
  if (by === "id") return String(row["sort_key"]);
  return JSON.stringify(
    [row["sort_key"], row["sort_last"]].map((value) => (typeof value === "bigint" ? Number(value) : value)),
  );
}
