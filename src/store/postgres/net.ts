/**
 * The writes of a batch, row by row: what several writes do to one row is folded into one, so that a table is written
 * with a few statements for all rows. What can't be folded keeps its order in stages.
 */
import { derivedWrite } from "../derived.ts";
import type { Write } from "../transaction.ts";
import type { Row } from "../mapping.ts";
import type { TableName } from "../rows.ts";
import { TABLES } from "../tables.ts";

export type Verb = "drop" | "patch" | "put" | "insert";
export interface Op {
  readonly verb: Verb;
  /** Of a drop or patch. */
  readonly where: Row;
  /** Columns that get values: of a patch those named, of a put or insert all. */
  readonly set: Row;
}

/** Text for the key of a row, or of a condition that names one; undefined where a part of it is missing. */
export function keyOf(table: TableName, row: Row): string | undefined {
  let text = "";
  for (const column of TABLES[table].key) {
    const value = row[column];
    if (value === undefined || value === null) return undefined;
    text += `${value as string | number}\0`;
  }
  return text;
}

export class Net {
  readonly #stages = new Map<TableName, Map<string, Op>[]>();
  #unkeyed = 0;

  /** Throws when a write names no row. */
  static check(writes: readonly Write[]): void {
    for (const write of writes) {
      if (!("where" in write)) continue;
      // A write without a condition would touch a whole table: that is never meant.
      if (Object.keys(defined(write.where as Row)).length === 0) throw new Error("a write names no row");
    }
  }

  add(writes: readonly Write[]): void {
    for (const write of writes.map(derivedWrite)) {
      if ("put" in write) this.#add(write.put, { verb: "put", where: {}, set: rowOf(write.row) });
      else if ("insert" in write) this.#add(write.insert, { verb: "insert", where: {}, set: rowOf(write.row) });
      else if ("drop" in write) this.#add(write.drop, { verb: "drop", where: defined(write.where as Row), set: {} });
      else {
        const set = defined(write.set as Row);
        if (Object.keys(set).length > 0)
          this.#add(write.patch, { verb: "patch", where: defined(write.where as Row), set });
      }
    }
  }

  /** In the order in which they must be done; the rows of one stage are all different ones. */
  *stages(): Generator<{ readonly table: TableName; readonly ops: readonly Op[] }> {
    for (const [table, stages] of this.#stages) for (const stage of stages) yield { table, ops: [...stage.values()] };
  }

  #add(table: TableName, op: Op): void {
    const stages = this.#stages.get(table) ?? [new Map<string, Op>()];
    this.#stages.set(table, stages);
    const stage = stages.at(-1) as Map<string, Op>;
    const isRow = op.verb === "put" || op.verb === "insert";
    const key = keyOf(table, isRow ? op.set : op.where);
    if (key === undefined) {
      this.#unkeyed += 1;
      // A row whose key the database gives (the timeline) stands for itself; a condition may mean any row.
      if (isRow) stage.set(`#${this.#unkeyed}`, op);
      else stages.push(new Map([[`#${this.#unkeyed}`, op]]), new Map());
      return;
    }
    const before = stage.get(key);
    if (before === undefined) {
      stage.set(key, op);
      return;
    }
    const folded = fold(table, before, op);
    if (folded === undefined) stages.push(new Map([[key, op]]));
    else stage.set(key, folded);
  }
}

/** What two writes of one row come to; undefined where only the database can say. */
function fold(table: TableName, first: Op, then: Op): Op | undefined {
  if (isConditional(table, first) || isConditional(table, then)) return undefined;
  if (then.verb === "put") return first.verb === "insert" ? undefined : then;
  if (then.verb === "insert") return first.verb === "drop" ? { ...then, verb: "put" } : undefined;
  if (then.verb === "patch") return first.verb === "drop" ? first : { ...first, set: { ...first.set, ...then.set } };
  // An insert that would have been refused must still be refused.
  return first.verb === "insert" ? undefined : then;
}

/** More than its key decides whether it is done. */
function isConditional(table: TableName, { verb, where }: Op): boolean {
  return (verb === "drop" || verb === "patch") && Object.keys(where).length > TABLES[table].key.length;
}

const rowOf = (row: object): Row => defined(row as Row);
function defined(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));
}
