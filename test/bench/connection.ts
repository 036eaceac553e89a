/** One kept TLS connection that says prepared HTTP/1.1 requests one after the other: a client that costs little itself. */
import { connect, type TLSSocket } from "node:tls";

export interface Reply {
  readonly status: number;
  readonly body: Buffer;
}

export interface Connection {
  send(request: Buffer): Promise<Reply>;
  close(): void;
}

export interface Peer {
  readonly port: number;
  readonly ca: string;
  /** Shown in the handshake. */
  readonly identity?: { readonly cert: string; readonly key: string };
}

const END_OF_HEAD = Buffer.from("\r\n\r\n");

export function openConnection({ port, ca, identity }: Peer): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "localhost", servername: "localhost", ca, ...identity });
    socket.setNoDelay(true);
    socket.once("error", reject);
    socket.once("secureConnect", () => resolve(speak(socket)));
  });
}

function speak(socket: TLSSocket): Connection {
  let received: Buffer = Buffer.alloc(0);
  let waiting: PromiseWithResolvers<Reply> | undefined;
  const fail = (error: Error): void => waiting?.reject(error);
  socket.on("error", fail);
  socket.on("close", () => fail(new Error("the server closed the connection")));
  socket.on("data", (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const head = received.indexOf(END_OF_HEAD);
    if (head < 0) return;
    const text = received.toString("latin1", 0, head);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? 0);
    const end = head + END_OF_HEAD.length + length;
    if (received.length < end) return;
    const reply = { status: Number(text.slice(9, 12)), body: received.subarray(end - length, end) };
    received = received.subarray(end);
    waiting?.resolve(reply);
  });
  return {
    send(request) {
      if (socket.destroyed) return Promise.reject(new Error("the server has closed the connection"));
      waiting = Promise.withResolvers<Reply>();
      socket.write(request);
      return waiting.promise;
    },
    close: () => socket.destroy(),
  };
}

/** A PUT to `/mdm` as one piece of bytes. */
export function putRequest(body: Buffer, headers: Readonly<Record<string, string>>): Buffer {
  const lines = Object.entries({ host: "localhost", ...headers, "content-length": String(body.length) });
  const head = `PUT /mdm HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), body]);
}
