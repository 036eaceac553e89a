/** The run's one PostgreSQL (`one-postgres.ts`), as a test file has it. */
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { inject } from "vitest";
import type { WherePostgres } from "./one-postgres.ts";
import { postgresAt, type TestPostgres } from "./postgres.ts";

/** Without `stop`: the server ends with the run. */
export type RunPostgres = Pick<TestPostgres, "database" | "query">;

/** The server, or undefined after saying loudly why there is none: tests that need it are skipped then. */
export async function runPostgres(): Promise<RunPostgres | undefined> {
  const where = JSON.parse(await text(connect(inject("postgresSocket")))) as WherePostgres;
  if ("url" in where) return postgresAt(where.url, () => Promise.resolve());
  console.error(`!! no PostgreSQL for these tests: ${where.failed}`);
  return undefined;
}
