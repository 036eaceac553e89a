import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { cameByTls } from "./index.ts";

const isProxy = (address: string): boolean => address === "10.0.0.1";

describe("whether a browser has spoken TLS", () => {
  it.each<[what: string, remote: string | undefined, said: string[], tls: boolean]>([
    ["a trusted proxy says so", "10.0.0.1", ["https"], true],
    ["it says so in capitals", "10.0.0.1", [" HTTPS "], true],
    ["over an IPv6 socket", "::ffff:10.0.0.1", ["https"], true],
    ["the last of a list counts", "10.0.0.1", ["http, https"], true],
    ["the last line counts", "10.0.0.1", ["https", "http"], false],
    ["a trusted proxy says http", "10.0.0.1", ["http"], false],
    ["a trusted proxy says nothing", "10.0.0.1", [], false],
    ["a stranger says so", "192.0.2.1", ["https"], false],
    ["the connection is gone", undefined, ["https"], false],
  ])("%s", (_what, remoteAddress, said, tls) => {
    const rawHeaders = said.flatMap((value) => ["X-Forwarded-Proto", value]);
    expect(cameByTls({ socket: { remoteAddress } as Socket, rawHeaders }, isProxy)).toBe(tls);
  });
});
