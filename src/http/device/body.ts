/** Reads a request's body from the raw stream to its end, keeping no more than may be kept. */
import type { Readable } from "node:stream";
import { peekCommandUuid } from "../../protocol/index.ts";
import { GrowingBody, type Lease } from "../body/index.ts";

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

/**
 * "too-large" when it is larger than is read, "busy" when the budget has no room for it; what is left of the stream is not
 * read then. `announced`: its bytes, where the request says them. Rejects when the connection breaks.
 */
export async function readBody(
  stream: Readable,
  announced: number | undefined,
  limits: BodyLimits,
  lease: Lease,
): Promise<Body | "too-large" | "busy"> {
  if (announced !== undefined && announced > limits.read) return "too-large";
  const body = new GrowingBody(lease, Math.min(limits.keep, announced ?? limits.keep));
  let size = 0;
  let commandUuid: string | undefined;
  let last: Buffer | undefined;
  // A stream that is left early is destroyed else, and the connection with it: the refusal could not be said any more.
  for await (const part of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > limits.read) return "too-large";
    if (size <= limits.keep) {
      if (!body.add(part)) return "busy";
      continue;
    }
    if (last === undefined) {
      commandUuid = peekCommandUuid(body.bytes());
      last = Buffer.from(body.bytes().subarray(-OVERLAP));
      body.truncate(BEGINNING);
    }
    const unseen = Buffer.concat([last, part]);
    commandUuid ??= peekCommandUuid(unseen);
    last = Buffer.from(unseen.subarray(-OVERLAP));
  }
  return size <= limits.keep ? { bytes: body.bytes() } : { bytes: body.bytes(), oversize: { size, commandUuid } };
}
