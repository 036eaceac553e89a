import type { FastifyRequest } from "fastify";
import { describe, expect, it } from "vitest";
import { clientAddress } from "./client-address.ts";

const request = (remoteAddress: string, forwarded?: string): FastifyRequest =>
  ({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { "x-forwarded-for": forwarded },
  }) as unknown as FastifyRequest;
const isProxy = (address: string): boolean => address.startsWith("10.");

describe("the address of a client", () => {
  it.each<[string, string, string | undefined, string]>([
    ["the connection's own", "192.0.2.1", undefined, "192.0.2.1"],
    ["not what a stranger writes", "192.0.2.1", "203.0.113.9", "192.0.2.1"],
    ["what a trusted proxy has written last", "10.0.0.1", "203.0.113.9, 192.0.2.7", "192.0.2.7"],
    ["before all trusted proxies", "10.0.0.1", "203.0.113.9,192.0.2.7 , 10.0.0.2", "192.0.2.7"],
    ["the proxy's, where it says nothing", "10.0.0.1", undefined, "10.0.0.1"],
    ["the last that is an address", "10.0.0.1", "unknown, 10.0.0.2", "10.0.0.2"],
    ["of IPv4 in IPv6", "::ffff:10.0.0.1", "::ffff:192.0.2.7", "192.0.2.7"],
    ["without a port", "10.0.0.1", "192.0.2.7:4711", "192.0.2.7"],
    ["of IPv6 with a port", "10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"],
  ])("is %s", (_what, remote, forwarded, address) => {
    expect(clientAddress(request(remote, forwarded), isProxy)).toBe(address);
  });
});
