/** A reply of text that is too much for one value, sent as it is made. */
import { Readable } from "node:stream";

/** Text, some at a time. Nothing is made that the client has not room for, and nothing more once it has gone away. */
export type Texts = AsyncGenerator<string>;

/**
 * Resolves when the first text is there; rejects with what fails before. What fails later ends the connection before the end of the reply,
 * by which the client knows that it is not whole.
 */
export async function textOf(texts: Texts): Promise<Readable> {
  const first = await texts.next();
  return Readable.from(from(first, texts), { objectMode: false });
}

async function* from(first: IteratorResult<string>, texts: Texts): AsyncGenerator<string> {
  try {
    for (let next = first; next.done !== true; next = await texts.next()) yield next.value;
  } finally {
    await texts.return(undefined);
  }
}
