/** The file that a long command writes at its end. */
import { closeSync, existsSync, openSync, realpathSync, rmSync } from "node:fs";
import { UptickError } from "../errors/index.ts";

/**
 * Found out now, not after a minute's run, and by trying: permissions do not tell all. Leaves no file behind.
 * @throws UptickError `usage-invalid`
 */
export function mustBeWritable(file: string): void {
  const wasThere = existsSync(file);
  try {
    closeSync(openSync(file, "a"));
  } catch (error) {
    throw new UptickError("usage-invalid", `"${file}" can't be written: ${(error as Error).message}.`);
  }
  // What was made, where a link that led nowhere may point to it: the link itself is its owner's.
  if (!wasThere) rmSync(realpathSync(file));
}
