/**
 * An APNs client for MDM pushes over one HTTP/2 connection that is kept. Trouble of the network is an outcome, never a
 * throw; tokens and magic appear in no error.
 */
import { type ClientHttp2Session, connect, constants } from "node:http2";
import type { PushClient, PushMessage, PushOutcome } from "../../service/index.ts";
import { outcomeOf } from "./outcome.ts";

export interface ApnsOptions {
  readonly host: string;
  readonly port: number;
  /** Push certificate and key, PEM. */
  readonly certPem: string;
  readonly keyPem: string;
  /** Roots to trust instead of the system's, PEM. */
  readonly ca?: string;
  /** How long an answer may take, ms. */
  readonly timeoutMs?: number;
}

type Failing = Error & { readonly code?: string; readonly cause?: { readonly code?: string } };

const TIMEOUT_MS = 30_000;
const LATER_MS = 30_000;
/** Before APNs has named its limit. */
const FIRST_STREAMS = 100;
/** A stream that a GOAWAY cut off is tried again on the next connection, this often. */
const MAX_TRIES = 3;
/** A stream or its session was ended by the other side in good order: the push was not taken, and may be sent again. */
const OF_HTTP2 = /^ERR_HTTP2_/;
/** Neither side believes the other's certificate; only an admin can change that. */
const OF_TLS = /CERT|SSL|TLS|ALERT|ISSUER|SELF_SIGNED/;

function failedConnection(code: string): PushOutcome {
  if (OF_TLS.test(code)) return { kind: "misconfigured", of: "connection", reason: code };
  return { kind: "later", retryAfterMs: LATER_MS, reason: code };
}

export function createApnsClient(options: ApnsOptions): PushClient {
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const waiting: (() => void)[] = [];
  let session: ClientHttp2Session | undefined;
  let flying = 0;
  let closed = false;

  function current(): ClientHttp2Session {
    if (session !== undefined && !session.closed && !session.destroyed) return session;
    const made = connect(`https://${options.host}:${options.port}`, {
      cert: options.certPem,
      key: options.keyPem,
      ...(options.ca === undefined ? {} : { ca: options.ca }),
      minVersion: "TLSv1.2",
    });
    const forget = (): void => {
      if (session === made) session = undefined;
    };
    // Each stream reports its own end; the session's is noted so that the next push opens a new one. Node closes a session
    // that was told to go away, so no push goes over it.
    made.on("error", forget);
    made.on("close", forget);
    made.on("remoteSettings", wake);
    session = made;
    return made;
  }

  /** A connection on which nothing came back may be dead without saying so: it gets no more pushes. */
  function giveUp(silent: ClientHttp2Session): void {
    if (session === silent) session = undefined;
    // One that has not even been made would wait for its other side when closed.
    if (silent.connecting) silent.destroy();
    else silent.close();
  }

  function limit(): number {
    return Math.max(1, session?.remoteSettings?.maxConcurrentStreams ?? FIRST_STREAMS);
  }
  function wake(): void {
    for (let free = limit() - flying; free > 0 && waiting.length > 0; free -= 1) waiting.shift()?.();
  }

  async function turn(): Promise<void> {
    while (flying >= limit()) await new Promise<void>((resolve) => waiting.push(resolve));
    flying += 1;
  }

  function once(message: PushMessage): Promise<PushOutcome | "again"> {
    return new Promise((resolve) => {
      const connection = current();
      const stream = connection.request({
        [constants.HTTP2_HEADER_METHOD]: "POST",
        [constants.HTTP2_HEADER_PATH]: `/3/device/${Buffer.from(message.token).toString("hex")}`,
        "apns-topic": message.topic,
        "apns-push-type": "mdm",
        "apns-priority": "10",
        "apns-expiration": String(Math.floor(message.expiresAt / 1000)),
      });
      let status = 0;
      let retryAfter: string | undefined;
      let apnsId: string | undefined;
      let body = "";
      let failure: string | undefined;
      stream.setEncoding("utf8");
      stream.setTimeout(timeoutMs, () => {
        resolve({ kind: "later", retryAfterMs: LATER_MS, reason: "no answer in time" });
        stream.close(constants.NGHTTP2_CANCEL);
        giveUp(connection);
      });
      stream.on("response", (headers) => {
        status = Number(headers[":status"]);
        retryAfter = headers["retry-after"];
        apnsId = headers["apns-id"] === undefined ? undefined : String(headers["apns-id"]);
      });
      stream.on("data", (chunk: string) => {
        if (body.length < 4096) body += chunk;
      });
      // The close that follows says what to make of it.
      // A stream that its session took with it names the session's error as its cause.
      stream.on("error", (error: Failing) => (failure = error.cause?.code ?? error.code));
      stream.on("close", () => {
        if (status > 0) resolve(outcomeOf(status, body, retryAfter, apnsId));
        else resolve(failure === undefined || OF_HTTP2.test(failure) ? "again" : failedConnection(failure));
      });
      stream.end(JSON.stringify({ mdm: message.magic }));
    });
  }

  return {
    async push(message) {
      const gone: PushOutcome = { kind: "later", retryAfterMs: LATER_MS, reason: "the connection was closed" };
      if (closed) return gone;
      await turn();
      try {
        for (let tries = 0; tries < MAX_TRIES && !closed; tries += 1) {
          const outcome = await once(message);
          if (outcome !== "again") return outcome;
        }
        return gone;
      } catch {
        // The session ended between being looked at and being used.
        return gone;
      } finally {
        flying -= 1;
        wake();
      }
    },
    async close() {
      closed = true;
      const last = session;
      if (last === undefined || last.destroyed) return;
      // close() lets the streams in flight finish.
      await new Promise<void>((resolve) => {
        const limit = setTimeout(() => last.destroy(), timeoutMs);
        last.once("close", () => {
          clearTimeout(limit);
          resolve();
        });
        last.close();
      });
    },
  };
}
