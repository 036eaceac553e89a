/** Writes as prepared SQL, beside lookups (`looks.ts`). One statement per shape, prepared once and kept. */
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from "node:sqlite";
import { UptickError } from "../../errors/index.ts";
import { derivedWrite } from "../derived.ts";
import type { Lookups, Write } from "../transaction.ts";
import { type Row, snake } from "../mapping.ts";
import { type Packed, packed } from "../packed.ts";
import type { TableName } from "../rows.ts";
import { TABLES } from "../tables.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { Looks } from "./looks.ts";

/** Statements by their text that are kept. */
const MOST_PREPARED = 500;

export class Statements {
  readonly #db: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();
  /** By the shape of a patch or a drop, so that its SQL is put together once; whole rows have one shape for each table. */
  readonly #shapes = new Map<string, StatementSync>();
  readonly #puts = new Map<string, StatementSync>();
  readonly #inserts = new Map<string, StatementSync>();
  readonly #layouts = new Map<TableName, Layout>();
  readonly #looks: Looks;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#looks = new Looks(db, (table) => this.layout(table));
  }

  /** An admin's questions have more forms than are worth keeping: the oldest goes. */
  prepare(sql: string): StatementSync {
    if (this.#prepared.size >= MOST_PREPARED && !this.#prepared.has(sql)) {
      const [oldest = ""] = this.#prepared.keys();
      this.#prepared.delete(oldest);
    }
    return this.#kept(this.#prepared, sql, () => sql);
  }

  /** All rows of a query. */
  packed(sql: string, values: readonly SQLInputValue[]): Packed {
    const statement = this.prepare(sql);
    statement.setReturnArrays(true);
    try {
      return packed(statement.all(...values) as unknown as SQLOutputValue[][]);
    } finally {
      statement.setReturnArrays(false);
    }
  }

  /** The rows of each lookup, done in the order written. `kind`: the transaction that asks. */
  look(lookups: Lookups, kind = ""): Record<string, Row[]> {
    return this.#looks.look(lookups, kind);
  }

  layout(table: TableName): Layout {
    let layout = this.#layouts.get(table);
    if (layout === undefined) {
      layout = layoutOf(this.#db, table);
      this.#layouts.set(table, layout);
    }
    return layout;
  }

  /** Throws `store-conflict` where a value that must be unique is another row's. */
  write(given: Write): void {
    const write = derivedWrite(given);
    try {
      if ("put" in write) this.#insert(write.put, write.row, true);
      else if ("insert" in write) this.#insert(write.insert, write.row, false);
      else if ("patch" in write) this.#patch(write.patch, write.where, write.set);
      else this.#drop(write.drop, write.where);
    } catch (error) {
      if (!String((error as Error).message).includes("UNIQUE constraint failed")) throw error;
      const table = "put" in write ? write.put : "insert" in write ? write.insert : "patch" in write ? write.patch : "";
      throw new UptickError("store-conflict", `A row of ${table} exists already.`, { cause: error });
    }
  }

  #insert(table: TableName, row: object, replace: boolean): void {
    const layout = this.layout(table);
    const kept = replace ? this.#puts : this.#inserts;
    const sql = (): string => {
      // Not OR REPLACE: that would delete every other row which has a unique value of this one.
      const conflict = replace
        ? ` ON CONFLICT (${TABLES[table].key.map(snake).join(", ")}) DO UPDATE SET ${layout.replaced}`
        : "";
      return `INSERT INTO ${layout.table} (${layout.columns}) VALUES (${layout.places})${conflict}`;
    };
    this.#kept(kept, table, sql).run(...layout.valuesOf(row));
  }

  #patch(table: TableName, where: object, set: object): void {
    const layout = this.layout(table);
    const values: SQLInputValue[] = [];
    const columns: string[] = [];
    for (const [column, value] of Object.entries(set)) {
      if (value === undefined) continue;
      columns.push(column);
      values.push(layout.valueOf(column, value));
    }
    if (columns.length === 0) return;
    const shape = `update ${table} ${columns.join()} ${filterShape(where, layout, values)}`;
    const sql = (): string => {
      const assigned = columns.map((column) => `${snake(column)} = ?`).join(", ");
      return `UPDATE ${layout.table} SET ${assigned} WHERE ${filterOf(where)}`;
    };
    this.#kept(this.#shapes, shape, sql).run(...values);
  }

  #drop(table: TableName, where: object): void {
    const layout = this.layout(table);
    const values: SQLInputValue[] = [];
    const shape = `drop ${table} ${filterShape(where, layout, values)}`;
    this.#kept(this.#shapes, shape, () => `DELETE FROM ${layout.table} WHERE ${filterOf(where)}`).run(...values);
  }

  #kept(kept: Map<string, StatementSync>, shape: string, sql: () => string): StatementSync {
    const known = kept.get(shape);
    if (known !== undefined) return known;
    const made = this.#db.prepare(sql());
    kept.set(shape, made);
    return made;
  }
}

/** All rows of a statement whose columns are the layout's. */
export function rowsOf(layout: Layout, statement: StatementSync, values: readonly SQLInputValue[]): Row[] {
  statement.setReturnArrays(true);
  const found = statement.all(...values) as unknown as SQLOutputValue[][];
  return found.map((row) => layout.rowOf(row));
}

/** What distinguishes one condition from another, for the same columns; its values go to `values`. */
function filterShape(where: object, layout: Layout, values: SQLInputValue[]): string {
  let shape = "";
  for (const [column, value] of Object.entries(where)) {
    shape += value === null ? ` ${column} null` : ` ${column}`;
    if (value !== null) values.push(layout.valueOf(column, value));
  }
  // A write without a condition would touch a whole table: that is never meant.
  if (shape === "") throw new Error("a write names no row");
  return shape;
}

function filterOf(where: object): string {
  return Object.entries(where)
    .map(([column, value]) => (value === null ? `${snake(column)} IS NULL` : `${snake(column)} = ?`))
    .join(" AND ");
}
