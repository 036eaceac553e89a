/** Reads a request's body to its end, keeping no more than may be kept. */
import type { Readable } from "node:stream";
import { peekCommandUuid } from "../../protocol/index.ts";

export interface Body {
  /** The body, or where it was too large its beginning. */
  readonly bytes: Buffer;
  /** Only where the body was larger than may be kept: all its bytes, and the command that it names. */
  readonly oversize?: { readonly size: number; readonly commandUuid: string | undefined };
}

export interface BodyLimits {
  /** Bytes that are kept. */
  readonly keep: number;
  /** Bytes that are read at all: what lies between is looked at for the command it names, and forgotten. */
  readonly read: number;
}

/** Kept of a body that is too large: enough for a person to see what it was. */
const BEGINNING = 64 * 1024;
/** Longer than the key and value that are looked for, which may lie across two pieces. */
const OVERLAP = 512;

/** Undefined when it is larger than is read. Rejects when the connection breaks. */
export async function readBody(stream: Readable, announced: number, limits: BodyLimits): Promise<Body | undefined> {
  if (announced > limits.read) return undefined;
  let parts: Buffer[] = [];
  let size = 0;
  let commandUuid: string | undefined;
  let last: Buffer = Buffer.alloc(0);
  // A stream that is left early is destroyed else, and the connection with it: the refusal could not be said any more.
  for await (const part of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > limits.read) return undefined;
    if (size <= limits.keep) {
      parts.push(part);
      continue;
    }
    const unseen = last.length === 0 ? Buffer.concat([...parts, part]) : Buffer.concat([last, part]);
    if (last.length === 0) parts = [unseen.subarray(0, BEGINNING)];
    commandUuid ??= peekCommandUuid(unseen);
    last = Buffer.from(unseen.subarray(-OVERLAP));
  }
  const bytes = Buffer.concat(parts);
  return size <= limits.keep ? { bytes } : { bytes, oversize: { size, commandUuid } };
}
