/**
 * How long and how many: what a connection may take before it is closed, so that nobody holds the server by being slow.
 * The numbers are wide for a device on a bad network: 1 MiB in two minutes is 9 KB a second, and an answer is a few KB.
 */
import type { Server } from "node:http";
import type { BudgetLimits } from "../http/body/index.ts";

export interface HttpLimits {
  /** ms for the TLS handshake: a few round trips. */
  readonly handshake: number;
  /** ms for the headers of a request, from the connection's or the request's first byte. */
  readonly headers: number;
  /** ms for the whole request, its body too. The time we take to answer does not count. */
  readonly request: number;
  /** ms for which a connection without a request stays open: longer than proxies keep theirs (60 s), so that they end first. */
  readonly idle: number;
  /** ms between two looks for connections whose time is over. */
  readonly look: number;
  /** ms from when the server is to stop until every connection is closed. */
  readonly stop: number;
  /** Open connections at most; what comes then is closed, and the idle ones are closed to make room. */
  readonly connections: number;
}

/** About 50 KB each with TLS: 400 MB at the very most. A fleet of 100,000 has 4,000 open at 50 pushes a second. */
export const DEVICE_LIMITS: HttpLimits = {
  handshake: 20_000,
  headers: 20_000,
  request: 120_000,
  idle: 75_000,
  look: 5000,
  // Container platforms end a process after 10 s.
  stop: 8000,
  connections: 8192,
};

/** A thousand streams of events, and as many requests beside them. */
export const WEB_LIMITS: HttpLimits = { ...DEVICE_LIMITS, connections: 2048 };

const MIB = 1024 * 1024;

/**
 * Bodies of the MDM endpoint in flight. Known devices have 96 MiB of it for themselves, whatever others send: twelve of the
 * largest reports at once, and 24 when nobody else is there.
 */
export const DEVICE_BODIES: BudgetLimits = { total: 192 * MIB, claimed: 64 * MIB, stranger: 32 * MIB };

/** Only who has a token sends a body that is read. The largest (a plan for 100,000 devices by name) has 16 MiB. */
export const WEB_BODIES: BudgetLimits = { total: 64 * MIB, claimed: 0, stranger: 0 };

/** For Node's createServer. */
export const nodeOptions = ({ headers, request, idle, look, handshake }: HttpLimits) => ({
  headersTimeout: headers,
  requestTimeout: request,
  keepAliveTimeout: idle,
  connectionsCheckingInterval: look,
  handshakeTimeout: handshake,
});

/** For Fastify, which else puts its own in their place: 0, no end, for the request. */
export const fastifyOptions = ({ request, idle }: HttpLimits) => ({ requestTimeout: request, keepAliveTimeout: idle });

export function limitConnections(server: Server, { connections }: HttpLimits): void {
  server.maxConnections = connections;
  // A device comes back when it is turned away; what only waits gives way to it.
  server.on("drop", () => server.closeIdleConnections());
}
