/** Where a request comes from: the connection's other end, or what a trusted proxy says of it. */
import type { FastifyRequest } from "fastify";
import { isIP } from "node:net";

/** Whether an address is that of a proxy whose `X-Forwarded-For` is believed. */
export type IsProxy = (address: string) => boolean;

/**
 * Walks `X-Forwarded-For` from its end, where the nearest proxy has written, past all trusted proxies: the first other
 * address is the client's. From any other sender the header is ignored; what is not an address ends the walk.
 */
export function clientAddress(request: FastifyRequest, isProxy: IsProxy): string {
  let address = plain(request.socket.remoteAddress ?? "");
  const header = request.headers["x-forwarded-for"];
  const forwarded = (Array.isArray(header) ? header.join(",") : (header ?? "")).split(",").map((text) => text.trim());
  while (isProxy(address)) {
    const before = plain(forwarded.pop() ?? "");
    if (isIP(before) === 0) break;
    address = before;
  }
  return address;
}

/** Without the prefix of an IPv4 address in IPv6, and without a port. */
function plain(address: string): string {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(address)?.[1] ?? address.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, "$1");
  return bare.replace(/^::ffff:(?=\d+\.)/i, "");
}
