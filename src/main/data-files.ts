/**
 * The files of a data directory belong to the user that runs the server and to nobody else (0600), whatever the umask or
 * the mode of the directory: they hold the CA's key, admin tokens and what devices said.
 */
import { chmodSync, closeSync, existsSync, lstatSync, mkdirSync, openSync, readdirSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { UptickError } from "../errors/index.ts";
import type { Logger } from "./log.ts";
import { fileTrouble } from "./setting-files.ts";

const DATABASE = "uptick.sqlite";
/** Ours by their names: the database and what stands beside it while it is open, its lock, its backups, the data key. */
const OURS = /^(uptick\.sqlite(-wal|-shm|-journal)?|uptick\.lock(-journal)?|backup-.*\.sqlite(\.part)?|\.?data-key.*)$/;
const OWNER_ONLY = 0o600;

/** Whether the directory holds a database, of whatever age. */
export function hasDatabase(directory: string): boolean {
  return existsSync(join(directory, DATABASE));
}

/** Bytes that this process may still write there; undefined where there is no such directory. */
export async function freeIn(directory: string | undefined): Promise<number | undefined> {
  if (directory === undefined) return undefined;
  const { bavail, bsize } = await statfs(directory).catch(() => ({ bavail: Number.NaN, bsize: 0 }));
  return Number.isNaN(bavail) ? undefined : bavail * bsize;
}

/**
 * Mends this server's files that others may read, with a line in the log for each. `make`: makes the directory where there is
 * none. Throws `config-invalid` where the directory can't be used.
 */
export function prepareDataDirectory(directory: string, log: Logger, { make }: { readonly make: boolean }): void {
  if (!make && !existsSync(directory)) return;
  try {
    if (make) mkdirSync(directory, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(directory)) if (OURS.test(name)) mend(join(directory, name), log);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const what = code === "EEXIST" || code === "ENOTDIR" ? "is not a directory" : fileTrouble(error);
    if (what === undefined) throw error;
    throw new UptickError("config-invalid", `data-dir: ${directory} ${what}.`, {
      remedy: "Name a directory with data-dir that the user that runs the server may write to.",
      cause: error,
    });
  }
}

/**
 * Makes the files that SQLite would make with the mode of the umask. What it puts beside a database (-wal, -shm) gets the
 * mode of the database.
 */
export function makeDatabaseFiles(directory: string): void {
  for (const name of [DATABASE, "uptick.lock"]) {
    try {
      closeSync(openSync(join(directory, name), "a", OWNER_ONLY));
    } catch (error) {
      throw new UptickError(
        "config-invalid",
        `data-dir: ${join(directory, name)} ${fileTrouble(error) ?? "can't be written"}.`,
        {
          remedy: "Let the user that runs the server write to data-dir and to the files in it.",
          cause: error,
        },
      );
    }
  }
}

function mend(path: string, log: Logger): void {
  const { mode } = lstatSync(path);
  const isFile = (mode & 0o170000) === 0o100000;
  if (!isFile || (mode & 0o077) === 0) return;
  const before = (mode & 0o777).toString(8).padStart(4, "0");
  try {
    chmodSync(path, OWNER_ONLY);
    log.warn("file-mode-mended", {
      file: path,
      before,
      now: "0600",
      reason: "other users of this machine could read this file",
    });
  } catch (error) {
    log.error("file-mode-too-wide", { file: path, before, error, remedy: `chmod 600 ${path}` });
  }
}
