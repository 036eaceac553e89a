/** One HTTP/1.1 reply out of the bytes of a connection: as much of the protocol as servers use to answer a device. */

export interface Reply {
  readonly status: number;
  readonly body: Buffer;
  /** The server ends the connection with this reply. */
  readonly last: boolean;
}

const END_OF_HEAD = Buffer.from("\r\n\r\n");
const END_OF_LINE = Buffer.from("\r\n");

/** The reply and what follows it; undefined while it is not whole. `ended`: no more bytes come. */
export function takeReply(received: Buffer, ended = false): { reply: Reply; rest: Buffer } | undefined {
  const head = received.indexOf(END_OF_HEAD);
  if (head < 0) return undefined;
  const text = received.toString("latin1", 0, head);
  const status = Number(text.slice(9, 12));
  const from = head + END_OF_HEAD.length;
  const last = /\r\nconnection: *close/i.test(text) || text.startsWith("HTTP/1.0");
  if (status >= 100 && status < 200) return takeReply(received.subarray(from), ended);
  const whole = (body: Buffer, end: number) => ({ reply: { status, body, last }, rest: received.subarray(end) });
  const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
  if (length !== undefined) {
    const end = from + Number(length);
    return received.length < end ? undefined : whole(received.subarray(from, end), end);
  }
  if (/\r\ntransfer-encoding: *chunked/i.test(text)) {
    const chunked = takeChunks(received, from);
    return chunked && whole(chunked.body, chunked.end);
  }
  if (!last || status === 204) return whole(Buffer.alloc(0), from);
  // As long as the connection.
  return ended ? whole(received.subarray(from), received.length) : undefined;
}

function takeChunks(received: Buffer, from: number): { body: Buffer; end: number } | undefined {
  const parts: Buffer[] = [];
  for (let at = from; ; ) {
    const line = received.indexOf(END_OF_LINE, at);
    if (line < 0) return undefined;
    const size = Number.parseInt(received.toString("latin1", at, line), 16);
    if (Number.isNaN(size)) throw new Error("the server sent a chunk without its size");
    const begin = line + END_OF_LINE.length;
    // The last one is followed by trailers, which nobody sends, and an empty line.
    const end = begin + size + END_OF_LINE.length;
    if (received.length < end) return undefined;
    if (size === 0) return { body: Buffer.concat(parts), end };
    parts.push(received.subarray(begin, begin + size));
    at = end;
  }
}
