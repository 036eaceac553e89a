import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { clientAddress, headerValues } from "./index.ts";

const isProxy = (address: string): boolean => ["10.0.0.1", "10.0.0.2"].includes(address);
const from = (remoteAddress: string | undefined, ...forwarded: string[]): string | null =>
  clientAddress(
    {
      socket: { remoteAddress } as Socket,
      rawHeaders: ["Host", "x", ...forwarded.flatMap((value) => ["X-Forwarded-For", value])],
    },
    isProxy,
  );

describe("the address of a client", () => {
  it.each<[what: string, remote: string, forwarded: string[], address: string]>([
    ["the connection's own", "192.0.2.1", [], "192.0.2.1"],
    ["the connection's own, whatever a stranger says", "192.0.2.1", ["198.51.100.7"], "192.0.2.1"],
    ["a proxy's, where it adds nothing", "10.0.0.1", [], "10.0.0.1"],
    ["what a proxy has added", "10.0.0.1", ["198.51.100.7"], "198.51.100.7"],
    ["what a proxy has added to a stranger's words", "10.0.0.1", ["1.2.3.4, 198.51.100.7"], "198.51.100.7"],
    ["the same in a second line", "10.0.0.1", ["1.2.3.4", "198.51.100.7"], "198.51.100.7"],
    ["past a second proxy", "10.0.0.1", ["1.2.3.4, 198.51.100.7, 10.0.0.2"], "198.51.100.7"],
    ["the last proxy's, where there is no address before it", "10.0.0.1", ["unknown, 10.0.0.2"], "10.0.0.2"],
    ["with a port", "10.0.0.1", ["198.51.100.7:4711"], "198.51.100.7"],
    ["in brackets", "10.0.0.1", ["[2001:db8::1]:4711"], "2001:db8::1"],
    ["of version 6", "10.0.0.1", ["2001:db8::1"], "2001:db8::1"],
    ["of version 4 written as 6", "::ffff:192.0.2.1", [], "192.0.2.1"],
    ["of version 4 written as 6 by a proxy", "10.0.0.1", ["::ffff:198.51.100.7"], "198.51.100.7"],
    ["behind such a proxy", "::ffff:10.0.0.1", ["198.51.100.7"], "198.51.100.7"],
    ["no text that is no address", "10.0.0.1", ["<script>"], "10.0.0.1"],
    ["no text in brackets that is no address", "10.0.0.1", ["[x"], "10.0.0.1"],
    ["behind a very long list", "10.0.0.1", [`${"1.2.3.4, ".repeat(2000)}198.51.100.7`], "198.51.100.7"],
  ])("is %s", (_what, remote, forwarded, address) => {
    expect(from(remote, ...forwarded)).toBe(address);
  });

  it("is not known once the connection is gone", () => {
    expect(from(undefined, "198.51.100.7")).toBeNull();
    expect(clientAddress({ socket: null, rawHeaders: [] }, isProxy)).toBeNull();
  });
});

describe("the values of a header", () => {
  it("are as many as its lines, whatever the case of its name, and none of a name that is a value", () => {
    const raw = ["Client-Cert", "a, b", "X", "client-cert", "CLIENT-CERT", "c"];
    expect(headerValues(raw, "client-cert")).toEqual(["a, b", "c"]);
    expect(headerValues(raw, "other")).toEqual([]);
  });
});
