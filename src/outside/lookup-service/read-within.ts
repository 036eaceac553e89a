import type { IncomingMessage } from "node:http";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { JsonFailure } from "./json-failure.ts";

/** The body, decompressed. Throws JsonFailure `too-large` as soon as it is, before the rest has arrived. */
export async function readWithin(response: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = (): JsonFailure => new JsonFailure("too-large", `more than ${maxBytes} bytes`);
  if (Number(response.headers["content-length"]) > maxBytes) throw tooLarge();
  const encoding = response.headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  if (!["identity", "", "gzip", "x-gzip"].includes(encoding))
    throw new JsonFailure("not-json", "the answer is compressed in another way than gzip");

  const chunks: Buffer[] = [];
  const within = () => {
    let size = 0;
    return async function* (source: AsyncIterable<Buffer>) {
      for await (const chunk of source) {
        size += chunk.length;
        if (size > maxBytes) throw tooLarge();
        yield chunk;
      }
    };
  };
  const collect = async (source: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of source) chunks.push(chunk);
  };
  if (encoding.endsWith("gzip")) await pipeline(response, within(), createGunzip(), within(), collect);
  else await pipeline(response, within(), collect);
  return Buffer.concat(chunks);
}
