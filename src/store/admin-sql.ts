import type { Dialect, RawBuilder } from "kysely";

/** Where the backends' SQL differs. */
export interface AdminSql extends Omit<Dialect, "createDriver"> {
  /** `column` holds the same text as one of these, whatever its case; an index serves it. */
  sameTextAsOne(column: string, texts: readonly string[]): RawBuilder<boolean>;
  /**
   * What the gate asks of `member`, the column of the jobs `j`: `whole` is its text, and may be null where all that an outcome hangs on are
   * the two times.
   */
  readonly member: Readonly<Record<"reachedAt" | "momentAt" | "whole", RawBuilder<unknown>>>;
  /** Bytes of the database; those of a log that is not merged yet aside. */
  readonly databaseBytes: RawBuilder<number>;
  /** The same value, by which no index is used. */
  apart(value: RawBuilder<unknown>): RawBuilder<unknown>;
  /** Behind a table: its rows are read along this index. */
  indexedBy(index: string): RawBuilder<unknown>;
  /** `text` is one of these, however many they are. Not for text with U+0000. */
  isOneOf(text: RawBuilder<unknown>, texts: readonly string[]): RawBuilder<boolean>;
  /** `text` holds `part`, as it is. */
  contains(text: RawBuilder<unknown>, part: string): RawBuilder<boolean>;
  /** Numbers (`n`) of the devices whose text holds `part`, by an index; undefined where it can't be used. */
  textHolds(part: string): RawBuilder<unknown> | undefined;
}
