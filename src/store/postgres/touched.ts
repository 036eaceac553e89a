/**
 * Which rows the asks of a batch have written so far. All asks of a batch read before any of them writes; one whose
 * lookups meet what an ask before it has written must read again, in a later batch. So a batch is as good as its asks
 * one after the other, and nobody has to say which asks may meet.
 */
import type { Write } from "../transaction.ts";
import type { Condition } from "../lookups.ts";
import type { Row } from "../mapping.ts";
import type { TableName } from "../rows.ts";
import { keyOf } from "./net.ts";

/** A lookup as it was done. */
export interface Look {
  readonly table: TableName;
  readonly conditions: readonly Condition[];
  readonly limited: boolean;
  readonly rows: readonly Row[];
}

interface Touches {
  readonly keys: Set<string>;
  /** Rows as they are now or were in between, as far as they are known. */
  readonly results: Results;
  /** By key: the newest of them. */
  readonly newest: Map<string, Row>;
  /** Writes whose rows are not known by key. */
  readonly loose: { readonly where: Row; readonly set: Row }[];
}

/** Rows that are searched by a column's value, which is the first condition of a lookup. */
class Results {
  readonly #rows: Row[] = [];
  readonly #by = new Map<string, Map<unknown, Row[]>>();

  add(row: Row): void {
    this.#rows.push(row);
    for (const [column, index] of this.#by) place(index, column, row);
  }

  has(conditions: readonly Condition[]): boolean {
    const [column, wanted] = conditions[0] ?? ["", null];
    let index = this.#by.get(column);
    if (index === undefined) {
      index = new Map();
      for (const row of this.#rows) place(index, column, row);
      this.#by.set(column, index);
    }
    const likely = [...(index.get(wanted) ?? []), ...(index.get(undefined) ?? [])];
    return likely.some((row) => conditions.every(([name, value]) => mayBe(row, name, value)));
  }
}

function place(index: Map<unknown, Row[]>, column: string, row: Row): void {
  const same = index.get(row[column]);
  if (same === undefined) index.set(row[column], [row]);
  else same.push(row);
}

export class Touched {
  readonly #tables = new Map<TableName, Touches>();

  /** Would this lookup, done now, find something else? May say yes too often, never no too often. */
  meets(look: Look): boolean {
    const touches = this.#tables.get(look.table);
    if (touches === undefined) return false;
    if (look.limited || look.conditions.length === 0) return true;
    const { keys, results, loose } = touches;
    if (look.rows.some((row) => keys.has(keyOf(look.table, row) ?? ""))) return true;
    if (results.has(look.conditions)) return true;
    return loose.some(
      ({ where, set }) =>
        look.rows.some((row) => matches(row, where)) ||
        look.conditions.some(([column, value]) => column in set && set[column] === value),
    );
  }

  /** `seen`: what the writing ask had looked up. */
  add(writes: readonly Write[], seen: readonly Look[]): void {
    for (const write of writes) this.#addOne(write, seen);
  }

  #addOne(write: Write, seen: readonly Look[]): void {
    if ("put" in write || "insert" in write) {
      const table = "put" in write ? write.put : write.insert;
      const touches = this.#of(table);
      const row = write.row as unknown as Row;
      const key = keyOf(table, row);
      if (key !== undefined) {
        touches.keys.add(key);
        touches.newest.set(key, row);
      }
      touches.results.add(row);
      return;
    }
    const table = "patch" in write ? write.patch : write.drop;
    const touches = this.#of(table);
    const where = write.where as Row;
    const set = ("patch" in write ? write.set : {}) as Row;
    const key = keyOf(table, where);
    if (key !== undefined) touches.keys.add(key);
    else touches.loose.push({ where, set });
    if ("drop" in write || key === undefined) return;
    // Several writes of one row add up.
    const before = touches.newest.get(key) ?? rowSeen(seen, table, key);
    if (before === undefined) {
      touches.loose.push({ where, set });
      return;
    }
    const row = { ...before, ...set };
    touches.newest.set(key, row);
    touches.results.add(row);
  }

  #of(table: TableName): Touches {
    let touches = this.#tables.get(table);
    if (touches === undefined) {
      touches = { keys: new Set(), results: new Results(), newest: new Map(), loose: [] };
      this.#tables.set(table, touches);
    }
    return touches;
  }
}

function rowSeen(seen: readonly Look[], table: TableName, key: string): Row | undefined {
  for (const look of seen) {
    if (look.table !== table) continue;
    const row = look.rows.find((candidate) => keyOf(table, candidate) === key);
    if (row !== undefined) return row;
  }
  return undefined;
}

/** A column that was not read may have any value. */
const mayBe = (row: Row, column: string, value: unknown): boolean => row[column] === undefined || row[column] === value;

function matches(row: Row, where: Row): boolean {
  return Object.entries(where).every(([column, value]) => mayBe(row, column, value));
}
