/** The door of the embedded backend. Only main (and tests) name a backend. */
export { openSqliteStore, type SqliteOptions, type SqliteStore } from "./open.ts";
