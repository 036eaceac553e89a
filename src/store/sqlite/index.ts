/** The door of the embedded backend. Only main (and tests) name a backend. */
export type { SqliteStore } from "./devices.ts";
export { byName, type InProcessOptions, openInProcess, type Point } from "./in-process.ts";
export { migrate } from "./migrate.ts";
export { openSqliteInProcess } from "./open-in-process.ts";
export { openSqliteStore, type SqliteOptions } from "./open.ts";
