/** Files that a command line names. */
import { UptickError } from "../errors/index.ts";
import type { CliIo } from "./io.ts";

/** "-" is stdin. @throws UptickError `file-unreadable` */
export async function readFileNamed(io: CliIo, path: string): Promise<Uint8Array> {
  if (path === "-") return io.readStdin();
  try {
    return await io.readFile(path);
  } catch (cause) {
    const why = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
    throw new UptickError("file-unreadable", `${path} can't be read${why}.`, { cause });
  }
}

/**
 * When it was last changed, ms UTC; undefined for what is no file, such as stdin: nothing says how old that is.
 * @throws UptickError `file-unreadable`
 */
export async function modifiedAtOf(io: CliIo, path: string): Promise<number | undefined> {
  if (path === "-") return undefined;
  try {
    return await io.modifiedAt(path);
  } catch (cause) {
    throw new UptickError("file-unreadable", `${path} can't be read.`, { cause });
  }
}

/** Only the owner may read it. @throws UptickError `file-unreadable` */
export async function writeFileNamed(io: CliIo, path: string, bytes: Uint8Array): Promise<void> {
  try {
    await io.writeFile(path, bytes);
  } catch (cause) {
    const why = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
    throw new UptickError("file-unreadable", `${path} can't be written${why}.`, { cause });
  }
}
