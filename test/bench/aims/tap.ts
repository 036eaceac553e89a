/**
 * Loaded into a server before its own modules (`--import tap.ts?folder`): takes down all that its writer's thread says to
 * SQLite, transaction by transaction, and writes it into the folder when the database is closed. It measures nothing, and what
 * is measured does not have it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue, StatementSync } from "node:sqlite";
import { serialize } from "node:v8";
import { isMainThread } from "node:worker_threads";
import { PHASE, RECORDING, type Recorded, type Step } from "./recording.ts";

if (!isMainThread) tap(decodeURIComponent(new URL(import.meta.url).search.slice(1)));

function tap(folder: string): void {
  const batches: Recorded["batches"] = [];
  const texts = new Map<string, number>();
  let steps: Step[] | undefined;
  const note = (statement: StatementSync, reads: boolean, values: readonly SQLInputValue[]): void => {
    const { sourceSQL } = statement;
    const sql = texts.get(sourceSQL) ?? texts.size;
    texts.set(sourceSQL, sql);
    steps?.push({ sql, reads, values });
  };

  const exec = Reflect.get(DatabaseSync.prototype, "exec") as (sql: string) => void;
  const close = Reflect.get(DatabaseSync.prototype, "close") as () => void;
  DatabaseSync.prototype.exec = function (sql) {
    if (sql === "BEGIN IMMEDIATE") steps = [];
    exec.call(this, sql);
    if (sql !== "COMMIT" || steps === undefined) return;
    batches.push({ phase: readFileSync(join(folder, PHASE), "utf8"), steps });
    steps = undefined;
  };
  DatabaseSync.prototype.close = function () {
    if (batches.length > 0) {
      const recorded: Recorded = { statements: [...texts.keys()], batches };
      writeFileSync(join(folder, RECORDING), serialize(recorded));
    }
    close.call(this);
  };

  // Each method says what it always did, and is taken down.
  for (const name of ["run", "all", "get"] as const) {
    const method = Reflect.get(StatementSync.prototype, name) as (...values: SQLInputValue[]) => unknown;
    Reflect.set(StatementSync.prototype, name, function (this: StatementSync, ...values: SQLInputValue[]) {
      note(this, name !== "run", values);
      return method.apply(this, values);
    });
  }
}
