/**
 * Pages and counts of the list of devices, whatever is asked of it and in whatever order. No statistics say how many devices a filter
 * leaves, so a page is found in one of three ways, each of them bounded:
 * - where a filter leaves few devices and has an index that says so soon, these are read;
 * - else some rows are read along the index of the order: they have a page unless all filters together leave few;
 * - else all of `listed` is read once, and the first rows of the order are kept.
 */
import { type RawBuilder, sql } from "kysely";
import type { SqlRow } from "./admin-connection.ts";
import type { Page } from "./admin-store.ts";
import type { AdminSql } from "./admin-sql.ts";
import type { CountedBy, DeviceFilter, DeviceQuery, ValueCount } from "./device-query.ts";
import { type ListFilter, listFilter, type Source } from "./list-filter.ts";
import { behindSql, orderOf, pairIn, positionAfter, positionIn } from "./list-order.ts";
import type { Queries } from "./plan-queries.ts";

/** How far each way goes. */
export interface ListBounds {
  /** So many devices that a filter leaves are read one by one. */
  readonly few: number;
  /** Rows that are read along the index of an order for a page of `limit`. */
  readonly walked: (limit: number) => number;
}
/** Of 100,000 devices those that are not few are so many that the rows that are walked hold a page. */
const BOUNDS: ListBounds = { few: 5000, walked: (limit) => 2000 + 2 * limit };

const COUNTED = { class: "class", reason: "reason", version: "os_version", model: "product_name" } as const;

type Sql = RawBuilder<unknown>;

export interface ListQueries {
  /** Columns of `listed` of the devices of a page, `id` among them. */
  page(query: DeviceQuery, columns: readonly string[]): Promise<Page<SqlRow>>;
  count(filter: DeviceFilter): Promise<number>;
  /** The most first, then by value; `after`: `next` of the page before. */
  counts(by: CountedBy, filter: DeviceFilter, after: string | undefined, limit: number): Promise<Page<ValueCount>>;
}

/** `bounds` are for tests: a small fleet goes all ways. */
export function listQueries(
  { build, run }: Pick<Queries, "build" | "run">,
  dialect: AdminSql,
  { few, walked: rowsFor }: ListBounds = BOUNDS,
): ListQueries {
  const rows = (query: Sql) => run({ compile: () => query.compile(build) });

  async function numberOf(query: Sql): Promise<number> {
    const [row] = await rows(query);
    return Number(row?.["number"] ?? 0);
  }

  /** The shortest of the sources, where one is short. */
  async function shortest({ sources }: ListFilter): Promise<Source | undefined> {
    let found: Source | undefined;
    let most = few + 1;
    for (const source of sources) {
      const some = sql`SELECT 1 FROM (${source.select}) AS source LIMIT ${sql.lit(most)}`;
      const length = await numberOf(sql`SELECT count(*) AS number FROM (${some}) AS found`);
      if (length >= most) continue;
      found = source;
      most = length;
    }
    return found;
  }

  /** Which rows of `listed l` may pass a filter: all of them where no source is short. */
  const among = (source: Source | undefined): Sql =>
    source === undefined ? sql`1 = 1` : sql`${sql.ref(`l.${source.by}`)} IN (${source.select})`;

  return {
    async page({ sort = { by: "id", down: false }, after, limit, ...filter }, columns) {
      const { all, ...wanted } = listFilter(dialect, filter);
      const order = orderOf(dialect, sort);
      const { key, last, way, beside, down } = order;
      const behind = positionIn(after, sort.by);
      const named = sql.join([...new Set(["id", ...columns])].map((column) => sql.ref(`l.${column}`)));
      const source = await shortest({ all, ...wanted });

      /** Undefined: the rows that were read do not say what the page is. */
      async function walked(): Promise<readonly SqlRow[] | undefined> {
        const most = rowsFor(limit);
        const walk = order.walk(behind, most);
        // In this order: each row is looked up, and none is looked for.
        const found = await rows(sql`SELECT ${named}, s.sort_key, s.sort_last FROM (${walk}) AS s CROSS JOIN listed l
          WHERE ${sql.ref(`l.${order.place}`)} = s.place AND ${all} ORDER BY s.sort_key ${way}, s.sort_last ${way} LIMIT ${sql.lit(limit + 1)}`);
        if (found.length > limit) return found;
        // Fewer: the list has ended.
        return (await numberOf(sql`SELECT count(*) AS number FROM (${walk}) AS s`)) < most ? found : undefined;
      }

      const scanned = () =>
        // Not along the index of the order, by which each row would be looked up.
        rows(sql`SELECT ${named}, ${key} AS sort_key, ${last} AS sort_last FROM listed l ${beside}
          WHERE ${among(source)} AND ${all} AND ${behindSql([dialect.apart(key), dialect.apart(last)], behind, down)}
          ORDER BY ${dialect.apart(key)} ${way}, ${dialect.apart(last)} ${way} LIMIT ${sql.lit(limit + 1)}`);

      const found = (source === undefined ? await walked() : undefined) ?? (await scanned());
      const shown = found.slice(0, limit);
      const end = found.length > limit ? shown.at(-1) : undefined;
      return { rows: shown, next: end === undefined ? undefined : positionAfter(end, sort.by) };
    },
    async count(filter) {
      const wanted = listFilter(dialect, filter);
      const source = await shortest(wanted);
      return numberOf(sql`SELECT count(*) AS number FROM listed l WHERE ${among(source)} AND ${wanted.all}`);
    },
    async counts(by, filter, after, limit) {
      const wanted = listFilter(dialect, filter);
      const source = await shortest(wanted);
      const value = sql`coalesce(${sql.ref(`l.${COUNTED[by]}`)}, '')`;
      const [number, last] = after === undefined ? [] : pairIn(after);
      const behind =
        number === undefined
          ? sql``
          : sql`HAVING count(*) < ${number} OR (count(*) = ${number} AND ${value} > ${last})`;
      const found = await rows(sql`SELECT ${value} AS value, count(*) AS number FROM listed l
        WHERE ${among(source)} AND ${wanted.all} GROUP BY ${value} ${behind} ORDER BY count(*) DESC, ${value} LIMIT ${sql.lit(limit + 1)}`);
      const counts = found.slice(0, limit).map((row) => [Number(row["number"]), String(row["value"])] as const);
      const end = found.length > limit ? counts.at(-1) : undefined;
      return {
        rows: counts.map(([count, text]) => ({ value: text === "" ? null : text, count })),
        next: end === undefined ? undefined : JSON.stringify(end),
      };
    },
  };
}
