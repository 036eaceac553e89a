/** Where the admin's queries are run, and what comes of them. */

export type SqlRow = Record<string, unknown>;

/** A connection apart from the devices' path. */
export interface AdminConnection {
  query(sql: string, values: readonly unknown[]): Promise<readonly SqlRow[]>;
  close(): Promise<void>;
}

/** Tables as SQL names them; rows are mapped by `fromSql`. */
export type Columns = Record<string, Record<string, string | number | null>>;
