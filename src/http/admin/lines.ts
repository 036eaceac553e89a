/** A reply that is too much for one value: JSON objects, one a line, sent as they are made. */
import { Readable } from "node:stream";
import type { FastifyRequest } from "fastify";
import { type Log, problemOf, toldOf } from "./problem.ts";

/** Lines, some at a time. Nothing is made that the client has not room for, and nothing more once it has gone away. */
export type Pages = AsyncGenerator<readonly unknown[]>;

/**
 * Resolves when the first lines are there; rejects with what fails before. What fails later is told by a last line, `{"problem": …}`,
 * since the status has been sent by then.
 */
export async function linesOf(request: FastifyRequest, pages: Pages, log: Log): Promise<Readable> {
  const first = await pages.next();
  return Readable.from(texts(request, first, pages, log), { objectMode: false });
}

async function* texts(
  request: FastifyRequest,
  first: IteratorResult<readonly unknown[]>,
  pages: Pages,
  log: Log,
): AsyncGenerator<string> {
  let page = first;
  try {
    while (page.done !== true) {
      yield textOf(page.value);
      try {
        page = await pages.next();
      } catch (error) {
        yield textOf([{ problem: problemOf(toldOf(request, error, log), request.id) }]);
        return;
      }
    }
  } finally {
    await pages.return(undefined);
  }
}

/** Lines of CSV, as `linesOf`. No line can tell what fails later: it is logged, and the reply is cut off, which its reader notices. */
export async function csvOf(
  request: FastifyRequest,
  pages: AsyncGenerator<readonly string[]>,
  log: Log,
): Promise<Readable> {
  const first = await pages.next();
  return Readable.from(joined(request, first, pages, log), { objectMode: false });
}

async function* joined(
  request: FastifyRequest,
  first: IteratorResult<readonly string[]>,
  pages: AsyncGenerator<readonly string[]>,
  log: Log,
): AsyncGenerator<string> {
  try {
    for (let page = first; page.done !== true; page = await pages.next()) yield page.value.join("");
  } catch (error) {
    throw toldOf(request, error, log);
  } finally {
    await pages.return(undefined);
  }
}

const textOf = (page: readonly unknown[]): string => page.map((line) => `${JSON.stringify(line)}\n`).join("");
