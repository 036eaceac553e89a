import { randomUUID } from "node:crypto";
import type { Http2SecureServer, ServerHttp2Session, ServerHttp2Stream, IncomingHttpHeaders } from "node:http2";
import { constants, createSecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { judgePush } from "./apns-rules.ts";
import type { PushVerdict } from "./apns-rules.ts";
import { loopbackCertificate } from "./push-certificate.ts";

/** A push as the device sees it. */
export interface Push {
  readonly topic: string | undefined;
  readonly magic: string;
}

/** A device's ear. Nothing is delivered before `setOnline(true)`. */
export interface PushListener {
  setOnline(online: boolean): void;
  close(): void;
}

/** What a device listens to. */
export interface PushSource {
  /** Makes the token known (hex, any case) and calls `callback` for each push while online. */
  listen(tokenHex: string, callback: (push: Push) => void): PushListener;
}

/** One request the fake answered. */
export interface PushLogEntry {
  /** Real ms since the epoch: push services live in real time. */
  readonly at: number;
  readonly token: string;
  readonly topic: string | undefined;
  readonly magic: string | undefined;
  readonly apnsId: string;
  readonly status: number;
  readonly reason: string | undefined;
  /** UID of the client certificate's subject, if it showed one. */
  readonly certificateUid: string | undefined;
}

export interface ScriptedFailure {
  readonly status: number;
  readonly reason: string;
  /** Real ms since the epoch, for 410. */
  readonly timestamp?: number;
  /** How many pushes fail so; every one when absent. */
  readonly times?: number;
}

/** Ears that hear nothing: for devices of a server that no push of ours can come from. */
export const deafness: PushSource = {
  listen: () => ({ setOnline: () => undefined, close: () => undefined }),
};

export interface FakeApns extends PushSource {
  /** `https://127.0.0.1:port`, or where else it was told to listen. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** The root a client must trust. */
  readonly caPem: string;
  readonly pushes: readonly PushLogEntry[];
  /** Lets pushes to a token (or to `*`, all) fail; `undefined` ends it. */
  fail(tokenHex: string, failure: ScriptedFailure | undefined): void;
  /** Tells every connection to go away, as a server being taken out does. `reason` is Apple's word, such as `Shutdown`. */
  goAway(reason?: string): void;
  /** Cuts every connection at once. */
  cut(): void;
  close(): Promise<void>;
}

interface Box {
  listeners: Set<{ online: boolean; callback: (push: Push) => void }>;
  /** The last push nobody was online for: APNs keeps one. */
  kept: { push: Push; expiresAt: number } | undefined;
}

export interface FakeApnsOptions {
  /** False accepts pushes to any token. */
  readonly requireKnownTokens?: boolean;
  /** Where it listens; a free port of 127.0.0.1 when absent. */
  readonly listen?: { readonly host: string; readonly port: number };
  /** How many pushes the log holds, the newest; all when absent. */
  readonly keep?: number;
}

/** Starts the fake; its certificate is made now, for the loopback and the address it listens at. */
export async function startFakeApns(options: FakeApnsOptions = {}): Promise<FakeApns> {
  const { host, port: wantedPort } = options.listen ?? { host: "127.0.0.1", port: 0 };
  const own = loopbackCertificate("Fake push service", [host]);
  const boxes = new Map<string, Box>();
  const failures = new Map<string, ScriptedFailure & { left: number }>();
  const pushes: PushLogEntry[] = [];
  const sessions = new Set<ServerHttp2Session>();
  const server: Http2SecureServer = createSecureServer({
    cert: own.cert,
    key: own.key,
    requestCert: true,
    rejectUnauthorized: false,
    settings: { maxConcurrentStreams: 500 },
  });

  function box(token: string): Box {
    const known = boxes.get(token);
    if (known !== undefined) return known;
    const fresh: Box = { listeners: new Set(), kept: undefined };
    boxes.set(token, fresh);
    return fresh;
  }

  function scripted(token: string): ScriptedFailure | undefined {
    const failure = failures.get(token) ?? failures.get("*");
    if (failure === undefined || failure.left <= 0) return undefined;
    failure.left--;
    return failure;
  }

  function deliver(token: string, push: Push, expiration: number): void {
    const to = box(token);
    const online = [...to.listeners].filter((listener) => listener.online);
    // Coalesced: a later push replaces the kept one. Without an expiration it is tried once and forgotten.
    if (online.length === 0) to.kept = expiration > 0 ? { push, expiresAt: expiration * 1000 } : undefined;
    for (const listener of online) queueMicrotask(() => listener.callback(push));
  }

  function answer(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, body: Buffer): void {
    const token = (headers[":path"] ?? "").split("/").at(-1)?.toLowerCase() ?? "";
    const uid = certificateUid(stream.session?.socket as TLSSocket | undefined);
    const known = options.requireKnownTokens === false || boxes.has(token);
    const verdict: PushVerdict = judgePush({ headers, body, certificateUid: uid, knownToken: known });
    const failure = verdict.ok ? scripted(token) : undefined;
    const given = headers["apns-id"];
    const apnsId = typeof given === "string" ? given : randomUUID().toUpperCase();
    const status = failure?.status ?? verdict.status;
    const reason = failure?.reason ?? (verdict.ok ? undefined : verdict.reason);
    const magic = verdict.ok ? verdict.magic : undefined;
    const topic = typeof headers["apns-topic"] === "string" ? headers["apns-topic"] : undefined;
    pushes.push({ at: Date.now(), token, topic, magic, apnsId, status, reason, certificateUid: uid?.uid });
    if (pushes.length > (options.keep ?? Infinity)) pushes.shift();
    if (stream.destroyed) return;
    stream.respond({ ":status": status, "apns-id": apnsId });
    stream.end(reason === undefined ? undefined : JSON.stringify({ reason, timestamp: failure?.timestamp }));
    if (status === 200 && verdict.ok)
      deliver(token, { topic: topic ?? uid?.uid, magic: verdict.magic }, verdict.expiration);
  }

  server.on("session", (session) => {
    sessions.add(session);
    session.on("error", () => session.destroy());
    session.on("close", () => sessions.delete(session));
  });
  server.on("stream", (stream, headers) => {
    const parts: Buffer[] = [];
    stream.on("error", () => stream.destroy());
    stream.on("data", (part: Buffer) => parts.push(part));
    stream.on("end", () => answer(stream, headers, Buffer.concat(parts)));
  });
  // A client that does not trust us, or goes away in the handshake, is its own business.
  server.on("sessionError", () => undefined);
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(wantedPort, host, resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    url: `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
    host,
    port,
    caPem: own.cert,
    pushes,
    listen(tokenHex, callback) {
      const to = box(tokenHex.toLowerCase());
      const listener = { online: false, callback };
      to.listeners.add(listener);
      return {
        setOnline(online) {
          listener.online = online;
          const { kept } = to;
          if (!online || kept === undefined) return;
          to.kept = undefined;
          if (kept.expiresAt > Date.now()) queueMicrotask(() => callback(kept.push));
        },
        close() {
          to.listeners.delete(listener);
        },
      };
    },
    fail(tokenHex, failure) {
      const token = tokenHex.toLowerCase();
      if (failure === undefined) failures.delete(token);
      else failures.set(token, { ...failure, left: failure.times ?? Infinity });
    },
    goAway(reason = "Shutdown") {
      const why = Buffer.from(JSON.stringify({ reason }));
      for (const session of sessions) session.goaway(constants.NGHTTP2_NO_ERROR, 0, why);
    },
    cut() {
      for (const session of sessions) session.destroy();
    },
    async close() {
      for (const session of sessions) session.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** What the client's certificate says; undefined when it showed none. */
function certificateUid(socket: TLSSocket | undefined): { readonly uid: string | undefined } | undefined {
  const certificate = socket?.getPeerX509Certificate?.();
  if (certificate === undefined) return undefined;
  const uid = /(?:^|\n)UID=(.+)/.exec(certificate.subject ?? "")?.[1];
  return { uid };
}
