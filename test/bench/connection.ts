/** One kept connection that says prepared HTTP/1.1 requests one after the other: a client that costs little itself. */
import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type Reply, takeReply } from "./reply.ts";

export interface Connection {
  /** False once it has ended. */
  readonly open: boolean;
  send(request: Buffer): Promise<Reply>;
  close(): void;
}

export interface Peer {
  /** Default: localhost. */
  readonly host?: string;
  readonly port: number;
  /** Root of the server's certificate, PEM. "any": none is looked at. "plain": no TLS. */
  readonly ca: string;
  /** Shown in the handshake. */
  readonly identity?: { readonly cert: string; readonly key: string };
}

/** A reply that takes longer than this (ms) does not come. */
const PATIENCE = 30_000;

export function openConnection({ port, ca, identity, host = "localhost" }: Peer): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket =
      ca === "plain"
        ? connectPlain({ port, host })
        : connectTls({
            port,
            host,
            servername: "localhost",
            ...(ca === "any" ? { rejectUnauthorized: false } : { ca }),
            ...identity,
          });
    socket.setNoDelay(true);
    socket.once("error", reject);
    socket.once(ca === "plain" ? "connect" : "secureConnect", () => resolve(speak(socket)));
  });
}

function speak(socket: Socket): Connection {
  let received: Buffer = Buffer.alloc(0);
  let waiting: PromiseWithResolvers<Reply> | undefined;
  const answer = (ended = false): boolean => {
    const taken = takeReply(received, ended);
    if (taken === undefined) return false;
    received = taken.rest;
    const { resolve } = waiting ?? {};
    waiting = undefined;
    // Before the answer is told: who says the next thing at once must see that this connection is over.
    if (taken.reply.last) socket.destroy();
    resolve?.(taken.reply);
    return true;
  };
  const fail = (error: Error): void => waiting?.reject(error);
  socket.on("error", fail);
  socket.on("close", () => {
    if (waiting !== undefined && !answer(true)) fail(new Error("the server closed the connection"));
  });
  socket.on("data", (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    try {
      answer();
    } catch (error) {
      socket.destroy(error as Error);
    }
  });
  socket.setTimeout(PATIENCE, () => {
    if (waiting !== undefined) socket.destroy(new Error(`no answer came in ${PATIENCE / 1000} s`));
  });
  return {
    get open() {
      return !socket.destroyed && !socket.readableEnded;
    },
    send(request) {
      if (socket.destroyed) return Promise.reject(new Error("the server has closed the connection"));
      waiting = Promise.withResolvers<Reply>();
      socket.write(request);
      return waiting.promise;
    },
    close: () => socket.destroy(),
  };
}

/** A connection that is opened anew where the server has ended it between two requests, as proxies do after a while. */
export async function openAgain(peer: Peer): Promise<Connection> {
  let connection = await openConnection(peer);
  return {
    get open() {
      return connection.open;
    },
    async send(request) {
      if (!connection.open) {
        connection.close();
        connection = await openConnection(peer);
      }
      return connection.send(request);
    },
    close: () => connection.close(),
  };
}

/** A request as one piece of bytes. */
export function requestBytes(
  method: string,
  path: string,
  body: Buffer,
  headers: Readonly<Record<string, string>>,
): Buffer {
  const lines = Object.entries({ host: "localhost", ...headers, "content-length": String(body.length) });
  const head = `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), body]);
}

/** A PUT to `/mdm`. */
export const putRequest = (body: Buffer, headers: Readonly<Record<string, string>>): Buffer =>
  requestBytes("PUT", "/mdm", body, headers);
