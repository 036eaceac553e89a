/** A step of the schema, and how one text makes its SQL for both backends. */
export interface Step {
  readonly name: string;
  /** May be empty: there is nothing to do. */
  readonly sqlite: string;
  readonly postgres: string;
  /** Columns that SQL alone can't fill for the rows that are there; done after its SQL, in the same transaction. */
  readonly fill?: Fill;
}

/** Names as SQL has them. */
export interface Fill {
  readonly table: string;
  readonly key: string;
  /** Columns that are read. */
  readonly from: readonly string[];
  /** Columns that are written, and their types in PostgreSQL. */
  readonly to: Readonly<Record<string, "text" | "bigint">>;
  /** What is written, in the order of `to`. */
  readonly of: (from: readonly unknown[]) => readonly (string | number | null)[];
}

/** How a backend writes what a step is made of. */
export interface Dialect {
  /** Text that is compared byte by byte. */
  readonly text: string;
  readonly integer: string;
  readonly bytes: string;
  /** What stands behind the columns of a table. */
  readonly strict: string;
  /** A field of a column that holds a JSON object as text. */
  readonly jsonText: (column: string, field: string) => string;
  readonly jsonInteger: (column: string, field: string) => string;
}

const extract = (column: string, field: string): string => `json_extract(${column}, '$.${field}')`;
const SQLITE: Dialect = {
  text: "TEXT",
  integer: "INTEGER",
  bytes: "BLOB",
  strict: " STRICT",
  jsonText: extract,
  jsonInteger: extract,
};
const POSTGRES: Dialect = {
  text: 'text COLLATE "C"',
  integer: "bigint",
  bytes: "bytea",
  strict: "",
  jsonText: (column, field) => `(${column}::json ->> '${field}')`,
  jsonInteger: (column, field) => `(${column}::json ->> '${field}')::bigint`,
};

export const STEP_DIALECTS: { readonly sqlite: Dialect; readonly postgres: Dialect } = {
  sqlite: SQLITE,
  postgres: POSTGRES,
};

/** A step that is written once. */
export const step = (name: string, sql: (dialect: Dialect) => string, fill?: Fill): Step => ({
  name,
  sqlite: sql(SQLITE),
  postgres: sql(POSTGRES),
  ...(fill === undefined ? {} : { fill }),
});
