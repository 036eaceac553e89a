import type { Dialect, RawBuilder } from "kysely";

/** Where the backends' SQL differs. */
export interface AdminSql extends Omit<Dialect, "createDriver"> {
  /** `column` holds the same text, whatever its case; an index serves it. */
  sameText(column: string, text: string): RawBuilder<boolean>;
  /** `column` is like `pattern` (backslash escapes), whatever its case. */
  like(column: string, pattern: string): RawBuilder<boolean>;
}
