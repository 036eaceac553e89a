/** Holds every reply of a real server's admin API to the OpenAPI document, and notes which replies were seen. */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { LINES_MEDIA } from "../../src/contract/index.ts";
import { judgeReply, routeNamed } from "./reply-document.ts";
import { noteReplyFault } from "./reply-faults.ts";
import { SEEN_VARIABLE } from "./seen-replies.ts";

const seen = new Set<string>();

/** One line for each kind of reply, in a file of this process: `test/run-all.ts` reads them all. */
function noteSeen(kind: string): void {
  const folder = process.env[SEEN_VARIABLE];
  if (folder === undefined || seen.has(kind)) return;
  seen.add(kind);
  appendFileSync(join(folder, String(process.pid)), `${kind}\n`);
}

const essence = (type: unknown): string | undefined =>
  typeof type === "string" ? type.split(";", 1)[0]?.trim().toLowerCase() : undefined;

/** Each value of a stream of lines is judged as it passes, so that the stream stays one. */
async function* judgedLines(stream: Readable, judgeLine: (line: string) => void): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const part of stream as AsyncIterable<Buffer | string>) {
    const bytes = Buffer.from(part);
    const lines = `${rest}${decoder.decode(bytes, { stream: true })}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) judgeLine(line);
    yield bytes;
  }
  if (rest !== "") judgeLine(rest);
}

/** Call it before the routes are there. */
export function holdReplies(app: FastifyInstance): void {
  app.addHook("onSend", async (request, reply, payload) => {
    const route = routeNamed(request.method, request.routeOptions.url);
    // Without a body there is nothing that a route of GET does not answer too.
    if (request.method === "HEAD" || request.method === "OPTIONS") return payload;
    const isEmpty = payload === undefined || payload === null;
    const media = isEmpty ? undefined : essence(reply.getHeader("content-type"));
    const head = { route, status: reply.statusCode, media, headers: reply.getHeaders() };
    const { faults, judgeValue } = judgeReply(head);
    const note = (fault: string): void =>
      noteReplyFault(`${request.method} ${request.url.slice(0, 200)} (${head.status} ${media}): ${fault}`);
    for (const fault of faults) note(fault);
    if (route !== undefined) noteSeen(`${route} ${head.status} ${media}`);
    if (judgeValue === undefined) return payload;
    const judgeText = (text: string): void => {
      const fault = judgeValue(JSON.parse(text));
      if (fault !== undefined) note(fault);
    };
    if (payload instanceof Readable) {
      return media === LINES_MEDIA ? Readable.from(judgedLines(payload, judgeText), { objectMode: false }) : payload;
    }
    judgeText(String(payload));
    return payload;
  });
}
