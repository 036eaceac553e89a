/** Brings a database to the newest schema: forward only, a backup first, a newer schema refused. */
import { closeSync, openSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { UptickError } from "../../errors/index.ts";
import { first } from "./migrations/0001-first.ts";
import { factsAsked } from "./migrations/0002-facts-asked.ts";
import { renewals } from "./migrations/0003-renewals.ts";
import { links } from "./migrations/0004-links.ts";
import { declarations } from "./migrations/0005-declarations.ts";
import { policies } from "./migrations/0006-policies.ts";
import { withdrawn } from "./migrations/0007-withdrawn.ts";
import { chunkAdded } from "./migrations/0008-chunk-added.ts";
import { reach } from "./migrations/0009-reach.ts";
import { pending } from "./migrations/0010-pending.ts";
import { bindings } from "./migrations/0011-bindings.ts";
import { audit } from "./migrations/0012-audit.ts";
import { begun } from "./migrations/0013-begun.ts";
import { bodies } from "./migrations/0014-bodies.ts";
import { refusals } from "./migrations/0015-refusals.ts";
import { warnings } from "./migrations/0016-warnings.ts";
import { repeats } from "./migrations/0017-repeats.ts";
import { removed } from "./migrations/0018-removed.ts";
import { fellBack } from "./migrations/0019-fell-back.ts";
import { catalogList } from "./migrations/0020-catalog-list.ts";

/** In order; the schema's version is the number of steps taken (PRAGMA user_version). */
export const STEPS: readonly string[] = [
  first,
  factsAsked,
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
export function migrate(db: DatabaseSync, directory: string, steps = STEPS): void {
  const version = versionOf(db);
  if (version > steps.length) {
    throw new UptickError("schema-newer", `The database has schema ${version}; this program knows ${steps.length}.`);
  }
  if (version === steps.length) return;
  if (version > 0) backUp(db, join(directory, `backup-before-schema-${steps.length}-${version}.sqlite`));
  for (const [index, sql] of steps.entries()) {
    if (index < version) continue;
    db.exec(`BEGIN IMMEDIATE; ${sql} PRAGMA user_version = ${index + 1}; COMMIT;`);
  }
}

/** Whole or not at all: what an attempt that was cut off left behind is in nobody's way. */
function backUp(db: DatabaseSync, file: string): void {
  const part = `${file}.part`;
  rmSync(part, { force: true });
  // Made here, since SQLite would make it with the mode of the umask: it holds all that the database does.
  closeSync(openSync(part, "wx", 0o600));
  db.prepare("VACUUM INTO ?").run(part);
  renameSync(part, file);
}

function versionOf(db: DatabaseSync): number {
  return Number(db.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
}
