/** Lookups and writes as prepared SQL. One statement per shape, prepared once and kept. */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { UptickError } from "../../errors/index.ts";
import type { Lookups, Scalar, Write } from "../exchange.ts";
import { type Condition, conditionsOf } from "../lookups.ts";
import type { TableName } from "../rows.ts";
import { fromSql, type Row, snake, toSql } from "../mapping.ts";
import { TABLES } from "../tables.ts";

export class Statements {
  readonly #db: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  prepare(sql: string): StatementSync {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const made = this.#db.prepare(sql);
    this.#prepared.set(sql, made);
    return made;
  }

  /** The rows of each lookup, done in the order written: a Ref reads the first row of an earlier one. */
  look(lookups: Lookups): Record<string, Row[]> {
    const seen: Record<string, Row[]> = {};
    for (const [name, lookup] of Object.entries(lookups)) {
      const conditions = conditionsOf(lookup, seen);
      seen[name] = conditions === undefined ? [] : this.#select(lookup.from, conditions, lookup.limit);
    }
    return seen;
  }

  #select(table: TableName, where: readonly Condition[], limit: number | undefined): Row[] {
    const shape = TABLES[table];
    const conditions = where.map(([column, value]) =>
      value === null ? `${snake(column)} IS NULL` : `${snake(column)} = ?`,
    );
    const filter = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
    const most = limit === undefined ? "" : ` LIMIT ${Math.floor(limit)}`;
    const sql = `SELECT * FROM ${snake(table)}${filter} ORDER BY ${snake(shape.order)}${most}`;
    const values = where.map(([, value]) => value).filter((value) => value !== null);
    return this.prepare(sql)
      .all(...values)
      .map((row) => fromSql(table, row));
  }

  write(write: Write): void {
    if ("put" in write) this.#insert("INSERT OR REPLACE", write.put, write.row);
    else if ("insert" in write) this.#strictly(write.insert, write.row);
    else if ("patch" in write) this.#patch(write.patch, write.where, write.set);
    else this.#drop(write.drop, write.where);
  }

  #strictly(table: TableName, row: object): void {
    try {
      this.#insert("INSERT", table, row);
    } catch (error) {
      if (!String((error as Error).message).includes("UNIQUE constraint failed")) throw error;
      throw new UptickError("store-conflict", `A row of ${table} exists already.`, { cause: error });
    }
  }

  #insert(verb: string, table: TableName, row: object): void {
    const stored = toSql(table, row);
    const columns = Object.keys(stored);
    const sql = `${verb} INTO ${snake(table)} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`;
    this.prepare(sql).run(...Object.values(stored));
  }

  #patch(table: TableName, where: object, set: object): void {
    const values = toSql(table, set);
    const columns = Object.keys(values);
    if (columns.length === 0) return;
    const filter = filterOf(where);
    const sql = `UPDATE ${snake(table)} SET ${columns.map((column) => `${column} = ?`).join(", ")} WHERE ${filter.sql}`;
    this.prepare(sql).run(...Object.values(values), ...filter.values);
  }

  #drop(table: TableName, where: object): void {
    const filter = filterOf(where);
    this.prepare(`DELETE FROM ${snake(table)} WHERE ${filter.sql}`).run(...filter.values);
  }
}

/** A write without a condition would touch a whole table: that is never meant. */
function filterOf(where: object): { sql: string; values: SQLInputValue[] } {
  const entries = Object.entries(where) as [string, Scalar][];
  if (entries.length === 0) throw new Error("a write names no row");
  const sql = entries
    .map(([column, value]) => (value === null ? `${snake(column)} IS NULL` : `${snake(column)} = ?`))
    .join(" AND ");
  return { sql, values: entries.map(([, value]) => value).filter((value) => value !== null) };
}
