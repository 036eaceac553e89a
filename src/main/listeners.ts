/** Where the server listens, with which certificate, and which proxies it believes. */
import { lookup } from "node:dns/promises";
import { type AddressInfo, type BlockList, isIPv6 } from "node:net";
import Fastify, { type FastifyInstance } from "fastify";
import { UptickError } from "../errors/index.ts";
import { answerUndecodable, remembered, type Trust } from "../http/device/index.ts";
import type { ServerIdentity } from "../service/index.ts";
import type { Config } from "./config/index.ts";
import { fastifyOptions, type HttpLimits, nodeOptions } from "./http-limits.ts";

/**
 * Listens on one address. Where a host has several, as `localhost` has, Fastify would open further servers, and they would know nothing
 * of what was set up on this one: limits, handshakes, the usual request. Throws `listen-failed`; `flag` names the setting that says where.
 */
export async function listen(app: FastifyInstance, at: { host: string; port: number }, flag: string): Promise<void> {
  try {
    const { address: host } = await lookup(at.host, { order: "ipv4first" });
    await app.listen({ host, port: at.port });
  } catch (error) {
    const why = (error as Error).message;
    throw new UptickError("listen-failed", `Can't listen on ${at.host}:${at.port} (${flag}): ${why}.`, {
      cause: error,
    });
  }
}

/** Characters of an address, and of all addresses that are remembered. */
const LONGEST_ADDRESS = 64;
const ADDRESSES = 16 * 1024;

/** Which proxies may say whose certificate a device has shown. */
export function trustOf({ trustedProxies, clientCertHeader }: Config): Trust {
  return {
    header: clientCertHeader,
    // Asked several times for each request, of a few addresses.
    proxy: remembered((address) => holds(trustedProxies, address), LONGEST_ADDRESS, ADDRESSES),
  };
}

/** An address is in a list of networks. */
export function holds(list: BlockList | undefined, address: string): boolean {
  return list?.check(address, isIPv6(address) ? "ipv6" : "ipv4") === true;
}

/** A certificate of the MDM endpoint. */
export interface Tls {
  readonly certPem: string;
  readonly keyPem: string;
  /** Signed by our own CA, which devices must be told to trust. */
  readonly own: boolean;
}

/** One of our own CA, for the host of `public-url` and this machine. */
export async function ownTls(config: Config, identity: ServerIdentity): Promise<Tls> {
  const host = config.publicUrl === undefined ? "localhost" : new URL(config.publicUrl).hostname;
  const hosts = [...new Set([host, "localhost", "127.0.0.1"])];
  return { ...(await identity.issueTls(hosts)), own: true };
}

/** The MDM endpoint's HTTP server. */
export function deviceServer(tls: Tls, limits: HttpLimits): FastifyInstance {
  const app = Fastify({
    logger: false,
    frameworkErrors: (_error, request, reply) => answerUndecodable(request, reply),
    forceCloseConnections: "idle",
    ...fastifyOptions(limits),
    https: {
      ...nodeOptions(limits),
      cert: tls.certPem,
      key: tls.keyPem,
      minVersion: "TLSv1.2",
      // Asked for, not demanded: SCEP comes before there is a certificate, and the handler says 403, never TLS.
      requestCert: true,
      rejectUnauthorized: false,
    },
  });
  return app as unknown as FastifyInstance;
}

/** The port that it listens on. */
export function portOf(app: FastifyInstance): number {
  return (app.server.address() as AddressInfo).port;
}
