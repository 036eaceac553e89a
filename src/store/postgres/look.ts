/**
 * The lookups of a whole batch: in each round every lookup whose Refs are known, one statement for each shape. A device's
 * poll takes three rounds, whether one device polls or two hundred.
 */
import type { Lookup, Lookups, Ref, Scalar } from "../transaction.ts";
import { type Condition, conditionsOf } from "../lookups.ts";
import { fromSql, type Row } from "../mapping.ts";
import type { TableName } from "../rows.ts";
import { type ColumnTypes, Fault } from "./columns.ts";
import { selectMany, shapeOf, type Statement } from "./sql.ts";
import type { Look } from "./touched.ts";

/** One ask's lookups on their way. */
export class Seeing {
  readonly seen: Record<string, readonly Row[]> = {};
  readonly looks: Look[] = [];
  #open: [string, Lookup][];

  constructor(lookups: Lookups) {
    this.#open = Object.entries(lookups);
  }

  /** Takes out what can be asked now; what can find nothing is settled at once. */
  take(): { readonly name: string; readonly lookup: Lookup; readonly conditions: readonly Condition[] }[] {
    const ready: { name: string; lookup: Lookup; conditions: Condition[] }[] = [];
    let settled: boolean;
    do {
      settled = false;
      const waiting: [string, Lookup][] = [];
      for (const [name, lookup] of this.#open) {
        if (!refsOf(lookup).every((ref) => ref.of in this.seen)) {
          waiting.push([name, lookup]);
          continue;
        }
        const conditions = conditionsOf(lookup, this.seen as Record<string, Row[]>);
        if (conditions === undefined) {
          this.seen[name] = [];
          settled = true;
        } else ready.push({ name, lookup, conditions });
      }
      this.#open = waiting;
    } while (settled && this.#open.length > 0);
    if (ready.length === 0 && this.#open.length > 0)
      throw new Fault(`the lookup "${this.#open[0]?.[0]}" hangs on one that does not exist`);
    return ready;
  }

  found(name: string, look: Look): void {
    this.seen[name] = look.rows;
    this.looks.push(look);
  }
}

function refsOf(lookup: Lookup): Ref[] {
  const values = [...Object.values(lookup.where), lookup.unless] as (Scalar | Ref | undefined)[];
  return values.filter((value) => typeof value === "object" && value !== null);
}

interface Group {
  readonly table: TableName;
  readonly limit: number | undefined;
  readonly columns: readonly string[] | undefined;
  /** By their values: asks that want the same get the same rows. */
  readonly wanted: Map<
    string,
    { readonly conditions: readonly Condition[]; readonly takers: ((look: Look) => void)[] }
  >;
}

export type Ask = (statement: Statement) => Promise<readonly Row[]>;

/** Done when all are. */
export async function lookAll(types: ColumnTypes, all: readonly Seeing[], ask: Ask): Promise<void> {
  for (;;) {
    const groups = new Map<string, Group>();
    for (const seeing of all) {
      for (const { name, lookup, conditions } of seeing.take())
        join(groups, lookup, conditions, (look) => seeing.found(name, look));
    }
    if (groups.size === 0) return;
    await Promise.all([...groups.values()].map((group) => answer(types, group, ask)));
  }
}

function join(
  groups: Map<string, Group>,
  lookup: Lookup,
  conditions: readonly Condition[],
  taker: (look: Look) => void,
): void {
  const shape = `${lookup.from} ${shapeOf(conditions)} ${lookup.limit ?? ""} ${lookup.columns?.join() ?? ""}`;
  let group = groups.get(shape);
  if (group === undefined) {
    group = { table: lookup.from, limit: lookup.limit, columns: lookup.columns, wanted: new Map() };
    groups.set(shape, group);
  }
  const values = JSON.stringify(conditions.map(([, value]) => value));
  const same = group.wanted.get(values);
  if (same === undefined) group.wanted.set(values, { conditions, takers: [taker] });
  else same.takers.push(taker);
}

async function answer(types: ColumnTypes, { table, limit, columns, wanted }: Group, ask: Ask): Promise<void> {
  const lookups = [...wanted.values()];
  const found: Row[][] = lookups.map(() => []);
  const statement = selectMany(
    types,
    table,
    lookups.map(({ conditions }) => conditions),
    limit,
    columns,
  );
  for (const { position, ...row } of await ask(statement)) found[Number(position) - 1]?.push(fromSql(table, row));
  for (const [i, { conditions, takers }] of lookups.entries()) {
    const look: Look = { table, conditions, limited: limit !== undefined, rows: found[i] ?? [] };
    for (const taker of takers) taker(look);
  }
}
