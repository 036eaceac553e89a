import { BlockList } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAmong, isPublic } from "./public-address.ts";

/** First and last address of each range, and their neighbours outside of it. */
const INSIDE = [
  "0.0.0.0",
  "0.255.255.255",
  "10.0.0.0",
  "10.255.255.255",
  "100.64.0.0",
  "100.127.255.255",
  "127.0.0.1",
  "127.255.255.255",
  "169.254.0.0",
  "169.254.169.254",
  "172.16.0.0",
  "172.31.255.255",
  "192.0.0.1",
  "192.168.0.0",
  "192.168.255.255",
  "198.18.0.1",
  "224.0.0.1",
  "239.255.255.255",
  "240.0.0.1",
  "255.255.255.255",
];
const OUTSIDE = [
  "1.0.0.0",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "126.255.255.255",
  "128.0.0.0",
  "169.253.255.255",
  "169.255.0.0",
  "172.15.255.255",
  "172.32.0.0",
  "192.167.255.255",
  "192.169.0.0",
  "223.255.255.255",
];

describe("public addresses", () => {
  it.each([
    ...INSIDE,
    ...INSIDE.map((address) => `::ffff:${address}`),
    ...INSIDE.map((address) => `64:ff9b::${address}`),
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:7f00:1",
    "0:0:0:0:0:ffff:a9fe:a9fe",
    "64:ff9b::a00:1",
    "64:ff9b:1::1",
    "100::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "3fff::1",
    "4000::1",
    "example.com",
    "",
  ])("%s is none", (address) => expect(isPublic(address)).toBe(false));

  it.each([
    ...OUTSIDE,
    ...OUTSIDE.map((address) => `::ffff:${address}`),
    ...OUTSIDE.map((address) => `64:ff9b::${address}`),
    "2000::1",
    "2606:4700::1111",
    "2a00:1450:4001::1",
    "2001:200::1",
    "2003::1",
  ])("%s is one", (address) => expect(isPublic(address)).toBe(true));

  it("are the same however IPv6 writes an IPv4 address", () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
        const hex = `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
        const forms = [`::ffff:${address}`, `::ffff:${hex}`, `0:0:0:0:0:FFFF:${hex}`, `64:ff9b::${hex}`];
        expect(forms.map(isPublic)).toEqual(forms.map(() => isPublic(address)));
      }),
    );
  });

  it("are found among networks that are allowed, in each form", () => {
    const networks = new BlockList();
    networks.addSubnet("10.1.0.0", 16, "ipv4");
    networks.addSubnet("fd00::", 8, "ipv6");
    const asked = ["10.1.2.3", "::ffff:10.1.2.3", "10.2.0.0", "fd12::1", "fe80::1", "fd12::1%eth0", "10.1", "name"];
    expect(asked.map((address) => isAmong(networks, address))).toEqual([
      true,
      true,
      false,
      true,
      ...Array(4).fill(false),
    ]);
    expect(isAmong(undefined, "10.1.2.3")).toBe(false);
  });
});
