/** A reply of text that is too much for one value, sent as it is made. */
import { Readable } from "node:stream";
import type { FastifyRequest } from "fastify";
import { type Log, toldOf } from "./problem.ts";

/** Text, some at a time. Nothing is made that the client has not room for, and nothing more once it has gone away. */
export type Texts = AsyncGenerator<string>;

/**
 * Resolves when the first text is there; rejects with what fails before. What fails later is logged, and ends the connection before the end of
 * the reply, by which the client knows that it is not whole.
 */
export async function textOf(request: FastifyRequest, texts: Texts, log: Log): Promise<Readable> {
  const first = await texts.next();
  return Readable.from(from(request, first, texts, log), { objectMode: false });
}

async function* from(
  request: FastifyRequest,
  first: IteratorResult<string>,
  texts: Texts,
  log: Log,
): AsyncGenerator<string> {
  try {
    for (let next = first; next.done !== true; next = await texts.next()) yield next.value;
  } catch (error) {
    throw toldOf(request, error, log);
  } finally {
    await texts.return(undefined);
  }
}
