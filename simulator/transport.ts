import type { IncomingHttpHeaders } from "node:http";
import http from "node:http";
import https from "node:https";
import type { Clock } from "./clock.ts";
import { whileHeld } from "./clock.ts";

export interface HttpReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface HttpRequest {
  readonly method: "GET" | "PUT" | "POST";
  readonly url: string;
  readonly headers?: Record<string, string>;
  readonly body?: Buffer;
  /** What it is about, for whoever watches: `Idle`, `TokenUpdate`, `GetCACert`. */
  readonly what?: string;
}

/** One request and what became of it. */
export interface RequestSeen {
  readonly what: string;
  /** Real ms until the whole reply was there, or until it failed. */
  readonly ms: number;
  /** Undefined when there was no reply; then `error` says why. */
  readonly status: number | undefined;
  readonly error: string | undefined;
}

export interface TransportOptions {
  /** Real ms after which a connection that nobody uses is closed; as long as the server likes when absent. */
  readonly idleMs?: number;
  readonly watch?: (seen: RequestSeen) => void;
}

/** What a device can reach the world with. A failed connection rejects; every HTTP status resolves. */
export interface Transport {
  request(request: HttpRequest): Promise<HttpReply>;
  /** From now on this identity is shown to servers that ask for a client certificate. PEM. */
  identify(identity: { readonly cert: string; readonly key: string }): void;
  /** From now on these roots are trusted as well. PEM. */
  trust(certificates: readonly string[]): void;
  /** Closes what is kept alive, as a device going down does. */
  disconnect(): void;
}

// Real time: a server that hangs must not hang the device.
const patience = 30_000;

/** A short reason for a failed connection: its code where it has one. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}

/** One device's connections: keep-alive, resumed TLS sessions, own trust and identity. */
export function createTransport(clock: Clock, signal: AbortSignal, options: TransportOptions = {}): Transport {
  const { watch } = options;
  // An agent's timeout is that of its free sockets: each request brings its own.
  const idle = options.idleMs === undefined ? {} : { timeout: options.idleMs };
  let identity: { cert: string; key: string } | undefined;
  const trusted: string[] = [];
  let agent: https.Agent | undefined;
  let plainAgent: http.Agent | undefined;

  const agentFor = (secure: boolean): http.Agent => {
    if (!secure) return (plainAgent ??= new http.Agent({ keepAlive: true, ...idle }));
    agent ??= new https.Agent({
      keepAlive: true,
      ...idle,
      ...identity,
      ...(trusted.length > 0 ? { ca: trusted } : {}),
    });
    return agent;
  };

  function once(request: HttpRequest): Promise<HttpReply> {
    return new Promise((resolve, reject) => {
      const url = new URL(request.url);
      const secure = url.protocol === "https:";
      const outgoing = (secure ? https : http).request(
        url,
        {
          method: request.method,
          headers: { ...request.headers, ...(request.body ? { "content-length": String(request.body.length) } : {}) },
          agent: agentFor(secure),
          timeout: patience,
          signal,
        },
        (incoming) => {
          const parts: Buffer[] = [];
          incoming.on("data", (part: Buffer) => parts.push(part));
          incoming.on("error", reject);
          incoming.on("end", () => {
            if (!incoming.complete) return reject(new Error("The answer ended early."));
            resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(parts) });
          });
        },
      );
      outgoing.on("timeout", () => outgoing.destroy(new Error("The server does not answer.")));
      outgoing.on("error", (error: NodeJS.ErrnoException) => {
        // A kept connection the server closed meanwhile: clients open a new one and say it again, once.
        if (outgoing.reusedSocket && error.code === "ECONNRESET" && !signal.aborted) {
          dropAgent();
          once(request).then(resolve, reject);
        } else reject(error);
      });
      outgoing.end(request.body);
    });
  }

  function dropAgent(): void {
    agent?.destroy();
    agent = undefined;
    plainAgent?.destroy();
    plainAgent = undefined;
  }

  async function watched(request: HttpRequest): Promise<HttpReply> {
    if (watch === undefined) return await once(request);
    const { what = request.method } = request;
    const begun = performance.now();
    try {
      const reply = await once(request);
      watch({ what, ms: performance.now() - begun, status: reply.status, error: undefined });
      return reply;
    } catch (error) {
      // What ends because the device ends says nothing about the server.
      if (!signal.aborted) watch({ what, ms: performance.now() - begun, status: undefined, error: reasonOf(error) });
      throw error;
    }
  }

  return {
    async request(request) {
      return await whileHeld(clock, async () => {
        let asked = request;
        for (let hops = 0; ; hops++) {
          const reply = await watched(asked);
          const location = reply.headers.location;
          if (reply.status < 300 || reply.status > 399 || location === undefined || hops === 5) return reply;
          asked = { ...asked, url: new URL(location, asked.url).href };
        }
      });
    },
    identify(shown) {
      identity = shown;
      dropAgent();
    },
    trust(certificates) {
      const fresh = certificates.filter((certificate) => !trusted.includes(certificate));
      if (fresh.length === 0) return;
      trusted.push(...fresh);
      dropAgent();
    },
    disconnect() {
      dropAgent();
    },
  };
}
