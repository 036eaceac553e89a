/**
 * One transaction against rows in memory, for tables of (transaction, input, rows) → (rows after, reply). It does what a
 * backend does and nothing else; `in-memory.test.ts` holds it to a real one.
 */
import { deepStrictEqual } from "node:assert/strict";
import type { Transaction, Lookups, Write } from "./transaction.ts";
import { conditionsOf } from "./lookups.ts";
import type { Row } from "./mapping.ts";
import type { Rows, TableName } from "./rows.ts";
import { TABLES } from "./tables.ts";

export type MemoryRows = { readonly [T in TableName]?: readonly Rows[T][] };

/** Columns that no two rows of a table may share, beside its key; `only`: among the rows that have these values. */
const UNIQUE: { readonly [T in TableName]?: readonly { readonly columns: readonly string[]; readonly only?: Row }[] } =
  {
    enrollment: [{ columns: ["appleId"] }],
    job: [{ columns: ["enrollmentId"], only: { live: 1 } }],
    enrollmentLink: [{ columns: ["hash"] }],
    certificate: [{ columns: ["transactionId", "keyHash"] }],
    adminToken: [{ columns: ["name"] }],
    account: [{ columns: ["nameKey"] }],
  };

type Tables = Map<TableName, readonly Row[]>;

const matches = (row: Row, where: Row): boolean => Object.entries(where).every(([name, value]) => row[name] === value);

const keyed = (table: TableName, row: Row): string => TABLES[table].key.map((column) => String(row[column])).join("/");

function lookUp(tables: Tables, lookups: Lookups): Record<string, readonly Row[]> {
  const seen: Record<string, readonly Row[]> = {};
  for (const [name, lookup] of Object.entries(lookups)) {
    const conditions = conditionsOf(lookup, seen);
    const { order } = TABLES[lookup.from];
    const found =
      conditions === undefined
        ? []
        : (tables.get(lookup.from) ?? []).filter((row) => matches(row, Object.fromEntries(conditions)));
    const sorted = found.toSorted((a, b) => Number(after(a[order], b[order])) - Number(after(b[order], a[order])));
    const rows = sorted.slice(0, lookup.limit ?? sorted.length);
    seen[name] = structuredClone(rows.map((row) => cut(row, lookup.columns)));
  }
  return seen;
}

/** What a lookup reads of a row. */
const cut = (row: Row, columns: readonly string[] | undefined): Row =>
  columns === undefined ? row : Object.fromEntries(columns.map((column) => [column, row[column]]));

/** SQL's order: null first. */
const after = (a: unknown, b: unknown): boolean =>
  a !== null && (b === null || (a as number | string) > (b as number | string));

function write(tables: Tables, change: Write): void {
  const [table, named] =
    "put" in change
      ? [change.put, change.row]
      : "insert" in change
        ? [change.insert, change.row]
        : "patch" in change
          ? [change.patch, change.where]
          : [change.drop, change.where];
  const row = structuredClone(named) as unknown as Row;
  const rows = tables.get(table) ?? [];
  if ("patch" in change || "drop" in change) {
    if (Object.keys(row).length === 0) throw new Error(`a write of ${table} names no row`);
    const changed = (old: Row): Row[] => ("drop" in change ? [] : [{ ...old, ...structuredClone(change.set) }]);
    tables.set(
      table,
      rows.flatMap((old) => (matches(old, row) ? changed(old) : [old])),
    );
  } else {
    const made = table === "timeline" ? { ...row, seq: rows.length + 1 } : row;
    const same = rows.findIndex((old) => keyed(table, old) === keyed(table, made));
    if (same >= 0 && "insert" in change) throw new Error(`conflict: ${table} ${keyed(table, made)} exists`);
    tables.set(table, same < 0 ? [...rows, made] : rows.with(same, made));
  }
  for (const { columns, only = {} } of UNIQUE[table] ?? []) {
    const values = (tables.get(table) ?? [])
      .filter((one) => matches(one, only))
      .map((one) => JSON.stringify(columns.map((column) => one[column])));
    if (new Set(values).size < values.length) throw new Error(`conflict: ${table} shares ${columns.join(", ")}`);
  }
}

export interface Transacted<Result> {
  readonly rows: MemoryRows;
  readonly reply: Result;
  /**
   * What has changed, by table and key: the columns that differ, whole rows that are new, "gone". Timeline and kept bytes
   * are left out: see `notes`.
   */
  readonly changed: Readonly<Record<string, unknown>>;
  /** Kinds of the entries that were added to the timeline. */
  readonly notes: readonly string[];
  /** What was added to the timeline. */
  readonly entries: readonly Rows["timeline"][];
}

/** Tables that only tell what happened, or hold bytes. */
const TOLD: ReadonlySet<TableName> = new Set(["timeline", "body", "bodyBatch", "commandBytes"]);

/**
 * Does one transaction: reads, decides, writes all or nothing. Throws where a backend would refuse a write, and where the
 * decision is not the same a second time.
 */
export function transact<Input, Result, L extends Lookups, Decoded>(
  transaction: Transaction<Input, Result, L, Decoded>,
  input: Input,
  before: MemoryRows,
): Transacted<Result> {
  const tables: Tables = new Map(
    Object.entries(before).map(([table, rows]) => [table as TableName, structuredClone(rows) as unknown as Row[]]),
  );
  const decided = () => {
    const decoded = transaction.decode(structuredClone(input));
    const decision = transaction.decide(decoded, lookUp(tables, transaction.reads(decoded)) as never);
    if (!("late" in decision)) return decision;
    const { late, ...rest } = decision;
    return { ...rest, result: late.result(lookUp(tables, late.reads) as never) };
  };
  const first = decided();
  const { writes, result } = first;
  deepStrictEqual(decided(), first, `${transaction.name} decides otherwise when it is asked again`);
  for (const one of writes) write(tables, one);
  const entries = (tables.get("timeline") ?? []).slice(before.timeline?.length ?? 0) as unknown as Rows["timeline"][];
  return {
    rows: Object.fromEntries(tables) as unknown as MemoryRows,
    reply: structuredClone(result),
    changed: differences(before, tables),
    entries,
    notes: entries.map(({ kind }) => kind),
  };
}

function differences(before: MemoryRows, tables: Tables): Record<string, unknown> {
  const changed: Record<string, unknown> = {};
  for (const [table, rows] of tables) {
    if (TOLD.has(table)) continue;
    const old = new Map(
      ((before[table] ?? []) as readonly unknown[]).map((row) => [keyed(table, row as Row), row as Row]),
    );
    for (const row of rows) {
      const key = keyed(table, row);
      const was = old.get(key);
      old.delete(key);
      const differ = Object.entries(row).filter(([name, value]) => !same(was?.[name], value));
      if (was === undefined) changed[`${table} ${key}`] = row;
      else if (differ.length > 0) changed[`${table} ${key}`] = Object.fromEntries(differ);
    }
    for (const key of old.keys()) changed[`${table} ${key}`] = "gone";
  }
  return changed;
}

const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);
