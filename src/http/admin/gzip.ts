/** Compresses replies for clients that ask for it (api A10). */
import { constants } from "node:zlib";
import compress, { type FastifyCompressOptions } from "@fastify/compress";
import type { FastifyInstance } from "fastify";

/** JSON, lines of it, problems, property lists and CSV. Not server-sent events, which must arrive one by one. */
const TEXTS = /^(?:application\/(?:[a-z.-]+\+)?(?:json|x-ndjson|xml)|application\/octet-stream|text\/(?!event-stream))/;

const OPTIONS = {
  encodings: ["gzip"],
  /** Bytes: what is smaller fits into one packet anyway. */
  threshold: 1024,
  customTypes: (type: string) => TEXTS.test(type),
  // Each page of a stream leaves when it is made.
  zlibOptions: { flush: constants.Z_SYNC_FLUSH },
  // A small body could unpack to any size, past the limit of its route.
  globalDecompression: false,
} satisfies FastifyCompressOptions;

/** For all routes that are added to `scope` afterwards. */
export async function compressReplies(scope: FastifyInstance): Promise<void> {
  await scope.register(compress, OPTIONS);
}
