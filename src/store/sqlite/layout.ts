/**
 * A table as this file has it: columns in their order, and rows made from arrays of values. Turning a row into an object by
 * the names SQLite gives costs more than finding it, so the order is asked for once and names are mapped once.
 */
import type { DatabaseSync, SQLInputValue, SQLOutputValue } from "node:sqlite";
import { compileFunction } from "node:vm";
import { camel, type Row, snake } from "../mapping.ts";
import type { TableName } from "../rows.ts";
import { TABLES } from "../tables.ts";

export interface Layout {
  /** The table's name in SQL. */
  readonly table: string;
  /** As rows name them. */
  readonly names: readonly string[];
  /** "id, apple_id, …" */
  readonly columns: string;
  /** "?, ?, …" */
  readonly places: string;
  /** "id = excluded.id, apple_id = excluded.apple_id, …" */
  readonly replaced: string;
  rowOf(values: readonly SQLOutputValue[]): Row;
  /** A whole row in the order of `columns`; what the row does not have is NULL. */
  valuesOf(row: object): SQLInputValue[];
  /** A value of this column as SQLite takes it. */
  valueOf(name: string, value: unknown): SQLInputValue;
}

export function layoutOf(db: DatabaseSync, name: TableName): Layout {
  const table = snake(name);
  const stored = db.prepare("SELECT name FROM pragma_table_info(?)").all(table);
  const names = stored.map((column) => camel(String(column["name"])));
  const json: ReadonlySet<string> = new Set(TABLES[name].json);
  const isJson = names.map((column) => json.has(column));
  const take = (value: unknown, asJson: boolean): SQLInputValue => {
    if (value === undefined) return null;
    return asJson ? JSON.stringify(value) : (value as SQLInputValue);
  };
  return {
    table,
    names,
    columns: names.map(snake).join(", "),
    replaced: names.map((column) => `${snake(column)} = excluded.${snake(column)}`).join(", "),
    places: names.map(() => "?").join(", "),
    rowOf: readerOf(name, names),
    valuesOf: (row) => names.map((column, i) => take((row as Row)[column], isJson[i] === true)),
    valueOf: (column, value) => take(value, json.has(column)),
  };
}

/**
 * Makes rows of a table from the values of these columns. The object is written out as source text, which the engine compiles:
 * a row that is filled column by column costs twenty times as much, and is slower to read.
 */
export function readerOf(table: TableName, names: readonly string[]): Reader {
  const of = `${table} ${names.join()}`;
  const known = readers.get(of);
  if (known !== undefined) return known;
  const made = compile(table, names);
  readers.set(of, made);
  return made;
}

type Reader = (values: readonly SQLOutputValue[]) => Row;

/** The engine gets to know a function by its calls, so it is made once however many connections there are. */
const readers = new Map<string, Reader>();

function compile(table: TableName, names: readonly string[]): Reader {
  const json: ReadonlySet<string> = new Set(TABLES[table].json);
  const members = names.map((name, i) => {
    // The names are those of the schema; whatever else a database may hold is no source text.
    if (!/^[A-Za-z]\w*$/.test(name)) throw new Error(`"${name}" is no name of a column`);
    return `${name}: ${json.has(name) ? `JSON.parse(values[${i}])` : `values[${i}]`}`;
  });
  return compileFunction(`return { ${members.join(", ")} };`, ["values"]) as Reader;
}
