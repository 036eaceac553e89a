import type { Dialect, RawBuilder } from "kysely";

/** Where the backends' SQL differs. */
export interface AdminSql extends Omit<Dialect, "createDriver"> {
  /** `column` holds the same text as one of these, whatever its case; an index serves it. */
  sameTextAsOne(column: string, texts: readonly string[]): RawBuilder<boolean>;
  /** The JSON object in `column`, of which only these members are needed: others may be left out. */
  someOf(column: string, members: readonly string[]): RawBuilder<string>;
  /** `column` is like `pattern` (backslash escapes), whatever its case. */
  like(column: string, pattern: string): RawBuilder<boolean>;
}
