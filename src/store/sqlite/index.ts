/** The door of the embedded backend. Only main (and tests) name a backend. */
export type { SqliteStore } from "./devices.ts";
export { openSqliteInProcess } from "./open-in-process.ts";
export { openSqliteStore, type SqliteOptions } from "./open.ts";
