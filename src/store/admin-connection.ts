/** Where the admin's queries are run, and what comes of them. */
import type { Packed } from "./packed.ts";

export type SqlRow = Record<string, unknown>;

/** A connection apart from the devices' path. */
export interface AdminConnection {
  query(sql: string, values: readonly unknown[]): Promise<readonly SqlRow[]>;
  /** The same, for rows without number. Where it is absent what `query` gives is packed. */
  packed?(sql: string, values: readonly unknown[]): Promise<Packed>;
  close(): Promise<void>;
}

/** Tables as SQL names them; rows are mapped by `fromSql`. */
export type Columns = Record<string, Record<string, string | number | null>>;
