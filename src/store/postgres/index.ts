/** The door of the PostgreSQL backend. Only main (and tests) name a backend. */
export { openPostgresStore, type PostgresOptions, type PostgresStore } from "./open.ts";
