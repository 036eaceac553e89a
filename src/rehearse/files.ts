/** The files of a rehearsal: read in pieces or whole, and refused where they are no text. */
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { UptickError } from "../errors/index.ts";

/** Apple's list has less than 1 MiB, and an inventory of 100,000 devices some 20 MiB. */
const LARGEST = 256 * 1024 * 1024;

/** In pieces. @throws UptickError `file-unreadable`, `inventory-invalid` for what is no UTF-8 */
export async function* piecesOf(path: string): AsyncGenerator<string> {
  await mustBeFile(path);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const text = (bytes?: Uint8Array): string => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch (cause) {
      throw new UptickError("inventory-invalid", `${path} is not text in UTF-8.`, { cause });
    }
  };
  try {
    for await (const bytes of createReadStream(path)) {
      const piece = text(bytes as Uint8Array);
      if (piece.includes("\0")) throw new UptickError("inventory-invalid", `${path} is not text: it has a NUL byte.`);
      yield piece;
    }
  } catch (cause) {
    throw cause instanceof UptickError ? cause : unreadable(path, cause);
  }
  yield text();
}

/** @throws UptickError `file-unreadable` */
export async function textOf(path: string): Promise<string> {
  await mustBeFile(path);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
  } catch (cause) {
    if (cause instanceof TypeError && !("syscall" in cause))
      throw new UptickError("file-unreadable", `${path} is not text in UTF-8.`, { cause });
    throw unreadable(path, cause);
  }
}

async function mustBeFile(path: string): Promise<void> {
  const found = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  if (found.isDirectory()) throw new UptickError("file-unreadable", `${path} is a directory.`);
  if (found.size > LARGEST)
    throw new UptickError("file-unreadable", `${path} is larger than ${LARGEST / 1024 / 1024} MiB.`);
}

function unreadable(path: string, cause: unknown): UptickError {
  const why = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
  return new UptickError("file-unreadable", `${path} can't be read${why}.`, { cause });
}
