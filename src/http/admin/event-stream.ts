/** Events as a browser's EventSource reads them (WHATWG HTML, "Server-sent events"). */
import { Readable } from "node:stream";
import type { Feed, Told } from "../../contract/index.ts";

/** Bytes that wait for a client which does not read. It is left then, and may resume where it was. */
const MOST_WAITING = 256 * 1024;
/** ms after which a browser connects again. */
const RETRY = 2000;

/** Written once, however many follow the same. */
const texts = new WeakMap<readonly Told<unknown>[], string>();

function textOf(events: readonly Told<unknown>[]): string {
  const known = texts.get(events);
  if (known !== undefined) return known;
  // JSON has no line breaks: each of its strings has them escaped.
  const text = events
    .map(({ id, event, data }) => `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    .join("");
  texts.set(events, text);
  return text;
}

/** `unsent`: bytes that the connection has taken and not sent. */
export function eventStream(
  feed: Feed<unknown>,
  access: Parameters<Feed<unknown>["follow"]>[1],
  unsent: () => number,
): Readable {
  const following: { leave?: () => void } = {};
  const stream = new Readable({
    read: () => undefined,
    destroy(error, done) {
      following.leave?.();
      done(error);
    },
  });
  stream.push(`retry: ${RETRY}\n\n`);
  const follower = {
    tell(events: readonly Told<unknown>[]): void {
      if (stream.destroyed) return;
      stream.push(textOf(events));
      if (stream.readableLength + unsent() > MOST_WAITING) stream.destroy();
    },
    end: (): void => void stream.push(null),
  };
  following.leave = feed.follow(follower, access);
  return stream;
}
