/** Brings a database to the newest schema: forward only, all steps or none, a newer schema refused. */
import type { ClientBase } from "pg";
import { UptickError } from "../../errors/index.ts";
import { LOCK } from "./batch.ts";
import { first } from "./migrations/0001-first.ts";
import { renewals } from "./migrations/0002-renewals.ts";
import { links } from "./migrations/0003-links.ts";
import { declarations } from "./migrations/0004-declarations.ts";
import { policies } from "./migrations/0005-policies.ts";
import { withdrawn } from "./migrations/0006-withdrawn.ts";
import { chunkAdded } from "./migrations/0007-chunk-added.ts";
import { reach } from "./migrations/0008-reach.ts";
import { pending } from "./migrations/0009-pending.ts";
import { bindings } from "./migrations/0010-bindings.ts";
import { audit } from "./migrations/0011-audit.ts";
import { begun } from "./migrations/0012-begun.ts";
import { bodies } from "./migrations/0013-bodies.ts";
import { refusals } from "./migrations/0014-refusals.ts";
import { warnings } from "./migrations/0015-warnings.ts";
import { repeats } from "./migrations/0016-repeats.ts";
import { removed } from "./migrations/0017-removed.ts";
import { fellBack } from "./migrations/0018-fell-back.ts";
import { catalogList } from "./migrations/0019-catalog-list.ts";

/** In order; the schema's version is the number of steps taken. */
export const STEPS: readonly string[] = [
  first,
  renewals,
  links,
  declarations,
  policies,
  withdrawn,
  chunkAdded,
  reach,
  pending,
  bindings,
  audit,
  begun,
  bodies,
  refusals,
  warnings,
  repeats,
  removed,
  fellBack,
  catalogList,
];

/** `steps` is for tests: a database as an earlier release left it. */
export async function migrate(client: ClientBase, steps = STEPS): Promise<void> {
  await client.query("BEGIN");
  try {
    // Two processes that start at once take turns; the second finds nothing left to do.
    await client.query(LOCK.text);
    await refuseEncoding(client);
    await client.query("CREATE TABLE IF NOT EXISTS uptick_schema (version bigint NOT NULL)");
    const { rows } = await client.query<{ version: number }>("SELECT version FROM uptick_schema");
    const version = Number(rows[0]?.version ?? 0);
    if (version > steps.length) {
      throw new UptickError("schema-newer", `The database has schema ${version}; this program knows ${steps.length}.`);
    }
    for (const step of steps.slice(version)) await client.query(step);
    if (version < steps.length) {
      await client.query("DELETE FROM uptick_schema");
      await client.query("INSERT INTO uptick_schema VALUES ($1)", [steps.length]);
    }
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

async function refuseEncoding(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ encoding: string }>("SELECT current_setting('server_encoding') AS encoding");
  const encoding = rows[0]?.encoding;
  if (encoding === "UTF8") return;
  throw new UptickError("config-invalid", `The database is encoded in ${encoding}; it has to be UTF8.`, {
    remedy: "Make one for this server: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0.",
  });
}
