/** Runs openssl, the other opinion on every certificate and signature that the tests make. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Output of `openssl ARGS` in a new folder that holds `files`. Throws, with what it said, if it fails. */
export function openssl(args: readonly string[], files: Files = {}): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "uptick-openssl-"));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    return execFileSync("openssl", args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
