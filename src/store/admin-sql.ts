import type { Dialect, RawBuilder } from "kysely";

/** Where the backends' SQL differs. */
export interface AdminSql extends Omit<Dialect, "createDriver"> {
  /** `column` holds the same text as one of these, whatever its case; an index serves it. */
  sameTextAsOne(column: string, texts: readonly string[]): RawBuilder<boolean>;
  /** `column` is like `pattern` (backslash escapes), whatever its case. */
  like(column: string, pattern: string): RawBuilder<boolean>;
}
