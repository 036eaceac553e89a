/** What is counted of the whole store, asked at most every few seconds. */
import { type Compilable, type RawBuilder, sql } from "kysely";
import type { AdminSql } from "./admin-sql.ts";
import type { AdminStore } from "./admin-store.ts";
import type { Queries } from "./plan-queries.ts";

/** Constants stand in the SQL: only then is a partial index sure to be used. */
export function figureQueries({ build, run }: Queries, dialect: AdminSql): Pick<AdminStore, "figures"> {
  const asked = (query: RawBuilder<unknown>): Compilable => ({ compile: () => query.compile(build) });
  async function byState(query: RawBuilder<unknown>): Promise<ReadonlyMap<string, number>> {
    return new Map((await run(asked(query))).map(({ state, n }) => [String(state), Number(n)]));
  }
  const numberOrNull = (value: unknown): number | null =>
    value === null || value === undefined ? null : Number(value);
  return {
    async figures() {
      const jobs = await byState(sql`SELECT state, count(*) AS n FROM job WHERE live = 1 GROUP BY state`);
      const commands = await byState(sql`SELECT state, count(*) AS n FROM command GROUP BY state`);
      const [row = {}] = await run(
        asked(sql`SELECT (SELECT count(*) FROM outbox) AS pushes, (SELECT min(due_at) FROM outbox) AS first,
          (SELECT min(ends_at) FROM renewal) AS ends, ${dialect.databaseBytes} AS bytes`),
      );
      return {
        jobs,
        commands,
        outbox: { rows: Number(row["pushes"]), firstDueAt: numberOrNull(row["first"]) },
        identityEndsAt: numberOrNull(row["ends"]),
        databaseBytes: Number(row["bytes"]),
      };
    },
  };
}
