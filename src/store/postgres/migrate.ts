/** Brings a database to the newest schema: forward only, all steps or none, a newer schema refused. */
import type { ClientBase } from "pg";
import { UptickError } from "../../errors/index.ts";
import type { Fill, Step } from "../migrations/step.ts";
import { postgresNumber, postgresSteps, STEPS } from "../migrations/steps.ts";
import { LOCK } from "./batch.ts";

/** `steps` is for tests: a database as an earlier release left it. */
export async function migrate(client: ClientBase, steps: readonly Step[] = STEPS): Promise<void> {
  await client.query("BEGIN");
  try {
    // Two processes that start at once take turns; the second finds nothing left to do.
    await client.query(LOCK.text);
    await refuseEncoding(client);
    await client.query("CREATE TABLE IF NOT EXISTS uptick_schema (version bigint NOT NULL)");
    const { rows } = await client.query<{ version: number }>("SELECT version FROM uptick_schema");
    const version = Number(rows[0]?.version ?? 0);
    const newest = postgresNumber(steps.length);
    if (version > newest) {
      throw new UptickError("schema-newer", `The database has schema ${version}; this program knows ${newest}.`);
    }
    for (const { postgres, fill } of steps.slice(postgresSteps(version))) {
      if (postgres !== "") await client.query(postgres);
      if (fill !== undefined) await filled(client, fill);
    }
    if (version < newest) {
      await client.query("DELETE FROM uptick_schema");
      await client.query("INSERT INTO uptick_schema VALUES ($1)", [newest]);
    }
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

/** In one statement, whatever number of rows there are. */
async function filled(client: ClientBase, { table, key, from, to, of }: Fill): Promise<void> {
  const { rows } = await client.query<Record<string, unknown>>(`SELECT ${[key, ...from].join(", ")} FROM ${table}`);
  const made = rows.map((row) => [String(row[key]), ...of(from.map((column) => row[column]))]);
  const columns = Object.entries(to);
  const arrays = ["text", ...columns.map(([, type]) => type)].map((type, n) => `$${n + 1}::${type}[]`);
  const names = columns.map(([column]) => column);
  await client.query(
    `UPDATE ${table} t SET ${names.map((column) => `${column} = q.${column}`).join(", ")}
      FROM unnest(${arrays.join(", ")}) AS q(${[key, ...names].join(", ")}) WHERE t.${key} = q.${key}`,
    arrays.map((_type, n) => made.map((row) => row[n])),
  );
}

async function refuseEncoding(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ encoding: string }>("SELECT current_setting('server_encoding') AS encoding");
  const encoding = rows[0]?.encoding;
  if (encoding === "UTF8") return;
  throw new UptickError("config-invalid", `The database is encoded in ${encoding}; it has to be UTF8.`, {
    remedy: "Make one for this server: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0.",
  });
}
