/**
 * The unit of work is data: read the rows an ask names, decide in a pure synchronous function, apply its writes. A
 * conversation inside a transaction would cost many times the throughput, and could not be batched.
 */
import type { Json, Rows, TableName } from "./rows.ts";

export type Scalar = string | number | null;
/** The value of a column of the first row that an earlier lookup of the same ask found (no row: nothing matches). */
export interface Ref {
  readonly of: string;
  readonly column: string;
}
/** Rows of one table whose columns equal the given values; by TABLES' order. `where` names indexed columns. */
export interface Lookup<T extends TableName = TableName> {
  readonly from: T;
  readonly where: { readonly [C in keyof Rows[T] & string]?: Scalar | Ref };
  /**
   * The columns that are read, where the ask needs few of many, or none of the wide ones; all of them when absent. A constant: the
   * same list each time it is asked.
   */
  readonly columns?: readonly ColumnOf<Rows[T]>[];
  /** 0: nothing is looked up, for an ask that has no use for it. */
  readonly limit?: number;
  /** Nothing is looked up where an earlier lookup of the same ask found a row with this value: it says all there is to know. */
  readonly unless?: Ref & { readonly is: Scalar };
}
/** Named lookups, done in the order written. */
export type Lookups = { readonly [name: string]: Lookup };
export type Seen<L extends Lookups> = { readonly [N in keyof L]: readonly Found<L[N]>[] };
type Found<K extends Lookup> = K extends { readonly columns: readonly (infer C)[] }
  ? Pick<Rows[K["from"]], C & keyof Rows[K["from"]]>
  : Rows[K["from"]];
/** Of a union, the columns of each. */
type ColumnOf<R> = R extends unknown ? keyof R & string : never;

/**
 * `put` inserts or replaces a whole row by its key. `insert` fails the ask with StoreConflict when the key (or a
 * unique index) is taken. `patch` sets columns of the rows that match `where`; `drop` deletes them. For timeline rows
 * use `insert` without `seq`.
 */
export type Write = {
  [T in TableName]:
    | { readonly put: T; readonly row: Rows[T] }
    | { readonly insert: T; readonly row: Rows[T] }
    | { readonly patch: T; readonly where: Partial<Rows[T]>; readonly set: Partial<Rows[T]> }
    | { readonly drop: T; readonly where: Partial<Rows[T]> };
}[TableName];

/** What an object was before a change and is after it; the audit keeps what differs, bounded (`change.ts`). */
export interface Change {
  /** Null: it was not there. */
  readonly before: Pictured | null;
  /** Null: it is not there any more. */
  readonly after: Pictured | null;
}

/** Fields by the names that the API has for them. What is undefined is left out. */
export type Pictured = { readonly [field: string]: Json | undefined };

export interface Decision<Result> {
  readonly writes: readonly Write[];
  /** Of a transaction with `changes`: what the object was and is, for the audit. */
  readonly change?: Change | undefined;
  readonly result: Result;
}

/**
 * A decision whose result needs rows that only it names, as the one command of many that is delivered. They must be rows that never
 * change once they are there: with what else is decided in the same batch they are not compared. `late.result` does not throw.
 */
export interface LateDecision<Result> {
  readonly writes: readonly Write[];
  readonly change?: Change | undefined;
  readonly late: Late<Result>;
}
/** A result that waits for the rows of these lookups. */
export class Late<Result> {
  readonly reads: Lookups;
  /** Given the rows that the lookups name. */
  readonly result: (seen: never) => Result;

  private constructor(reads: Lookups, result: (seen: never) => Result) {
    this.reads = reads;
    this.result = result;
  }

  static of<Result, const L extends Lookups>(reads: L, result: (seen: Seen<L>) => Result): Late<Result> {
    return new Late(reads, result);
  }
}

/**
 * One kind of transaction. Its asks are done as if one after the other, with those of all other kinds. Everything in `Input` and `Result` can be structured-cloned; `now` and new ids are in the ask. All of
 * its functions are pure and synchronous. A throw of any touches only its own ask: nothing is written, `run` rejects with it.
 */
export interface Transaction<Input, Result, L extends Lookups = Lookups, Decoded = Input> {
  /** Unique; how a worker thread finds it again. */
  readonly name: string;
  /** What the ask tells. A device's message goes to the store as bytes and is read there: a tree is dear to hand over. */
  decode(input: Input): Decoded;
  reads(decoded: Decoded): L;
  decide(decoded: Decoded, seen: Seen<L>): Decision<Result> | LateDecision<Result>;
  /** Nobody waits for its asks: of many only some are done at a time, so that those for which somebody waits come soon (`next-batch.ts`). */
  readonly patient?: true;
  /** Set where somebody's wish is carried out: on which object, for the audit. */
  changes?(decoded: Decoded): Changed;
}

/** The object of a change. */
export interface Changed {
  /** Null: there is one of its kind only. */
  readonly id: string | null;
  readonly detail?: string;
}

/** Types a transaction from its parts; its asks tell everything as it is. */
export function transaction<Input, Result, const L extends Lookups>(
  parts: Omit<Transaction<Input, Result, L>, "decode">,
): Transaction<Input, Result, L> {
  return { decode: (input) => input, ...parts };
}

/** A transaction whose asks have to be read first. */
export function decodedTransaction<Input, Decoded, Result, const L extends Lookups>(
  decode: (input: Input) => Decoded,
  parts: Omit<Transaction<Decoded, Result, L>, "decode">,
): Transaction<Input, Result, L, Decoded> {
  return { decode, ...parts };
}
