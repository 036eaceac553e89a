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
  /** `column` is like `pattern` (backslash escapes), whatever its case. */
  like(column: string, pattern: string): RawBuilder<boolean>;
  /** Bytes of the database; those of a log that is not merged yet aside. */
  readonly databaseBytes: RawBuilder<number>;
}
