/** Lookups and writes as SQL over arrays: one statement serves all rows that have the same columns. */
import type { Condition } from "../lookups.ts";
import { snake } from "../mapping.ts";
import type { TableName } from "../rows.ts";
import { TABLES } from "../tables.ts";
import { type ColumnTypes, typeOf } from "./columns.ts";
import type { Op, Verb } from "./net.ts";
import { toText } from "./text.ts";

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Lookups of one shape, each different from the others. `position` in the rows says which they belong to (from 1). */
export function selectMany(
  types: ColumnTypes,
  table: TableName,
  lookups: readonly (readonly Condition[])[],
  limit: number | undefined,
  read?: readonly string[],
): Statement {
  const first = lookups[0] ?? [];
  // What names the row always: by it one knows whether another ask of the batch has written it.
  const all =
    read === undefined ? "t.*" : [...new Set([...TABLES[table].key, ...read])].map((c) => `t.${snake(c)}`).join(", ");
  const columns = first.filter(([, value]) => value !== null).map(([column]) => column);
  const nulls = first.filter(([, value]) => value === null).map(([column]) => `t.${snake(column)} IS NULL`);
  const shape = TABLES[table];
  const order = [shape.order, ...shape.key].map((column) => `t.${snake(column)}`).join(", ");
  const equal = columns.map((column, i) => `t.${snake(column)} = q.c${i}`);
  const where = [...equal, ...nulls];
  const filter = where.length === 0 ? "" : ` WHERE ${where.join(" AND ")}`;
  const most = limit === undefined ? "" : ` LIMIT ${Math.floor(limit)}`;
  if (columns.length === 0) {
    return {
      text: `SELECT 1 AS position, ${all} FROM ${snake(table)} t${filter} ORDER BY ${order}${most}`,
      values: [],
    };
  }
  const arrays = columns.map((column, i) => `$${i + 1}::${typeOf(types, table, column)}[]`).join(", ");
  const names = columns.map((_column, i) => `c${i}`).join(", ");
  const asked = `unnest(${arrays}) WITH ORDINALITY AS q(${names}, position)`;
  const found =
    limit === undefined
      ? `${snake(table)} t${filter}`
      : `LATERAL (SELECT * FROM ${snake(table)} t${filter} ORDER BY ${order}${most}) t`;
  return {
    text: `SELECT q.position, ${all} FROM ${asked}, ${found} ORDER BY q.position, ${order}`,
    values: columns.map((column) => lookups.map((where) => storable(new Map(where).get(column), false))),
  };
}

/** The statements for the ops of one stage: what goes away first, so that its unique values are free. */
export function writeMany(types: ColumnTypes, table: TableName, ops: readonly Op[]): Statement[] {
  const groups = new Map<string, Op[]>();
  for (const op of ops) {
    const where = Object.entries(op.where).map(([column, value]) => (value === null ? `${column} null` : column));
    const shape = `${op.verb} ${where.join()} ${Object.keys(op.set).join()}`;
    const group = groups.get(shape);
    if (group === undefined) groups.set(shape, [op]);
    else group.push(op);
  }
  const rank: Readonly<Record<Verb, number>> = { drop: 0, patch: 1, put: 2, insert: 3 };
  const ordered = [...groups.values()].toSorted((a, b) => rank[verbOf(a)] - rank[verbOf(b)]);
  return ordered.map((group) => writeAlike(types, table, group));
}

const verbOf = (group: readonly Op[]): Verb => group[0]?.verb ?? "drop";

function writeAlike(types: ColumnTypes, table: TableName, group: readonly Op[]): Statement {
  const [first] = group;
  if (first === undefined) throw new Error("a group of writes is never empty");
  const json = TABLES[table].json as readonly string[];
  const name = snake(table);
  const set = Object.keys(first.set);
  const where = Object.keys(first.where).filter((column) => first.where[column] !== null);
  const nulls = Object.keys(first.where).filter((column) => first.where[column] === null);
  const columns = [...set, ...where];
  const arrays = columns.map((column, i) => `$${i + 1}::${typeOf(types, table, column)}[]`).join(", ");
  const asked = `unnest(${arrays}) AS q(${columns.map((_column, i) => `c${i}`).join(", ")})`;
  const values = [
    ...set.map((column) => group.map((op) => storable(op.set[column], json.includes(column)))),
    ...where.map((column) => group.map((op) => storable(op.where[column], json.includes(column)))),
  ];
  const conditions = [
    ...where.map((column, i) => `t.${snake(column)} = q.c${set.length + i}`),
    ...nulls.map((column) => `t.${snake(column)} IS NULL`),
  ].join(" AND ");
  switch (first.verb) {
    case "drop":
      if (where.length === 0) return { text: `DELETE FROM ${name} t WHERE ${conditions}`, values: [] };
      return { text: `DELETE FROM ${name} t USING ${asked} WHERE ${conditions}`, values };
    case "patch": {
      const assigned = set.map((column, i) => `${snake(column)} = q.c${i}`).join(", ");
      return { text: `UPDATE ${name} t SET ${assigned} FROM ${asked} WHERE ${conditions}`, values };
    }
    case "insert":
    case "put": {
      const names = set.map(snake).join(", ");
      const key = TABLES[table].key as readonly string[];
      const rest = set
        .filter((column) => !key.includes(column))
        .map((column) => `${snake(column)} = excluded.${snake(column)}`);
      const replace = rest.length === 0 ? "NOTHING" : `UPDATE SET ${rest.join(", ")}`;
      const conflict = first.verb === "put" ? ` ON CONFLICT (${key.map(snake).join(", ")}) DO ${replace}` : "";
      // The arrays' order is the order in which the timeline is numbered.
      return { text: `INSERT INTO ${name} (${names}) SELECT * FROM ${asked}${conflict}`, values };
    }
  }
}

function storable(value: unknown, json: boolean): unknown {
  if (json) return value === undefined ? null : toText(JSON.stringify(value));
  return typeof value === "string" ? toText(value) : (value ?? null);
}

/** What distinguishes one lookup from another of the same table and limit: the columns, and which are null. */
export function shapeOf(conditions: readonly Condition[]): string {
  return conditions.map(([column, value]) => (value === null ? `${column} null` : column)).join();
}
