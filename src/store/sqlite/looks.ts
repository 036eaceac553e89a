/**
 * Lookups as prepared SQL. A kind of transaction looks up the same again and again with other values, so what it asked last
 * under a name is kept: where the next ask has the same form, only its values are taken.
 */
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from "node:sqlite";
import type { Lookup, Lookups } from "../transaction.ts";
import { followed, isNeedless } from "../lookups.ts";
import { type Row, snake } from "../mapping.ts";
import type { TableName } from "../rows.ts";
import { TABLES } from "../tables.ts";
import { type Layout, readerOf } from "./layout.ts";

/** A lookup of one form, whatever its values. */
interface Prepared {
  readonly from: TableName;
  readonly limit: number | undefined;
  readonly columns: readonly string[] | undefined;
  readonly names: readonly string[];
  /** What stands in the SQL for the condition of the same place: null, a constant, or undefined for a parameter. */
  readonly fixed: readonly (SQLInputValue | undefined)[];
  readonly statement: StatementSync;
  readonly rowOf: (values: readonly SQLOutputValue[]) => Row;
}

type Seen = Record<string, Row[]>;

export class Looks {
  readonly #db: DatabaseSync;
  readonly #layout: (table: TableName) => Layout;
  /** By form, for all kinds of transactions. */
  readonly #prepared = new Map<string, Prepared>();
  /** By kind and name: what was asked last. */
  readonly #last = new Map<string, Map<string, Prepared>>();

  constructor(db: DatabaseSync, layout: (table: TableName) => Layout) {
    this.#db = db;
    this.#layout = layout;
  }

  /** The rows of each lookup, done in the order written: a Ref reads the first row of an earlier one. `kind`: who asks. */
  look(lookups: Lookups, kind: string): Seen {
    let last = this.#last.get(kind);
    if (last === undefined) {
      last = new Map();
      this.#last.set(kind, last);
    }
    const seen: Seen = {};
    for (const name in lookups) {
      const lookup = lookups[name];
      seen[name] = lookup === undefined || isNeedless(lookup, seen) ? [] : this.#rows(lookup, seen, last, name);
    }
    return seen;
  }

  #rows(lookup: Lookup, seen: Seen, last: Map<string, Prepared>, name: string): Row[] {
    const values: SQLInputValue[] = [];
    for (const column in lookup.where) {
      const value = followed(lookup.where[column as never], seen);
      // A Ref into a lookup that found nothing matches nothing.
      if (value === undefined) return [];
      values.push(value);
    }
    let prepared = last.get(name);
    let parameters = prepared === undefined ? undefined : parametersOf(prepared, lookup, values);
    if (prepared === undefined || parameters === undefined) {
      prepared = this.#prepare(lookup, values);
      last.set(name, prepared);
      parameters = parametersOf(prepared, lookup, values) ?? [];
    }
    const found = prepared.statement.all(...parameters) as unknown as SQLOutputValue[][];
    return found.map(prepared.rowOf);
  }

  #prepare(lookup: Lookup, values: readonly SQLInputValue[]): Prepared {
    const { from, limit, columns } = lookup;
    const { constant, order } = TABLES[from];
    const layout = this.#layout(from);
    const names = Object.keys(lookup.where);
    // A partial index does not count for a parameter: the statement would be prepared again for every value.
    const fixed = names.map((name, i) => (values[i] === null || name === constant ? values[i] : undefined));
    const conditions = names.map((name, i) => `${snake(name)} ${sqlOf(fixed[i])}`);
    const read = columns ?? layout.names;
    const sql =
      `SELECT ${read.map(snake).join(", ")} FROM ${layout.table}` +
      (conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`) +
      ` ORDER BY ${snake(order)}${limit === undefined ? "" : ` LIMIT ${Math.floor(limit)}`}`;
    const known = this.#prepared.get(sql);
    if (known !== undefined) return { ...known, columns };
    const statement = this.#db.prepare(sql);
    statement.setReturnArrays(true);
    const prepared = { from, limit, columns, names, fixed, statement, rowOf: readerOf(from, read) };
    this.#prepared.set(sql, prepared);
    return prepared;
  }
}

/** The values that are not in the SQL; undefined: the lookup has another form. */
function parametersOf(
  prepared: Prepared,
  lookup: Lookup,
  values: readonly SQLInputValue[],
): SQLInputValue[] | undefined {
  const { from, limit, columns, names, fixed } = prepared;
  if (from !== lookup.from || limit !== lookup.limit || columns !== lookup.columns || names.length !== values.length)
    return undefined;
  const parameters: SQLInputValue[] = [];
  let i = 0;
  for (const column in lookup.where) {
    if (names[i] !== column) return undefined;
    const [value, inSql] = [values[i], fixed[i]];
    if (inSql === undefined && value !== null) parameters.push(value as SQLInputValue);
    else if (inSql !== value) return undefined;
    i += 1;
  }
  return parameters;
}

function sqlOf(fixed: SQLInputValue | undefined): string {
  if (fixed === undefined) return "= ?";
  return fixed === null ? "IS NULL" : `= ${Number(fixed)}`;
}
