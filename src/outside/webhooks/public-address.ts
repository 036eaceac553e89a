/**
 * Which addresses are on the public Internet. Whatever else a name leads to (this machine, its network, the metadata service of a cloud) is
 * not for whoever may add a webhook. Source: the special-purpose registries of IANA for IPv4 and IPv6.
 */
import { BlockList, isIP, isIPv4 } from "node:net";

const SPECIAL: readonly (readonly [network: string, bits: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  // Carrier-grade NAT.
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  // Link-local, and there the metadata services of clouds.
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  // Multicast, reserved, broadcast.
  ["224.0.0.0", 3],
];
/** Of the addresses that are given out at all (2000::/3): tunnels that lead to an IPv4 address, identifiers, documentation. */
const SPECIAL_6: readonly (readonly [network: string, bits: number])[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

const special = new BlockList();
for (const [network, bits] of SPECIAL) special.addSubnet(network, bits, "ipv4");
const special6 = new BlockList();
for (const [network, bits] of SPECIAL_6) special6.addSubnet(network, bits, "ipv6");
const given6 = new BlockList();
given6.addSubnet("2000::", 3, "ipv6");
/** IPv4 addresses as IPv6 writes them (RFC 4291, 2.5.5.2), and as an IPv6 network without IPv4 reaches them (RFC 6052, 2.1). */
const mapped = new BlockList();
mapped.addSubnet("::ffff:0:0", 96, "ipv6");
const translated = new BlockList();
translated.addSubnet("64:ff9b::", 96, "ipv6");

/** The IPv4 address that an IPv6 address stands for; undefined: it stands for none. */
function embedded(address: string): string | undefined {
  const plain = address.split("%", 1)[0] ?? "";
  if (!mapped.check(plain, "ipv6") && !translated.check(plain, "ipv6")) return undefined;
  // In the form that URLs have, the last 32 bits are two groups of hexadecimal digits.
  const groups = new URL(`http://[${plain}]/`).hostname.slice(1, -1).split(":");
  const [high = "0", low = "0"] = groups.slice(-2).map((group) => (group === "" ? "0" : group));
  const bits = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return bits.flatMap((half) => [half >> 8, half & 0xff]).join(".");
}

/** As Node writes addresses: what has a zone belongs to a link. */
export function isPublic(address: string): boolean {
  if (isIP(address) === 0 || address.includes("%")) return false;
  if (isIPv4(address)) return !special.check(address, "ipv4");
  const inside = embedded(address);
  if (inside !== undefined) return isPublic(inside);
  return given6.check(address, "ipv6") && !special6.check(address, "ipv6");
}

/** Whether one of these networks holds the address, in whatever form it is written. */
export function isAmong(networks: BlockList | undefined, address: string): boolean {
  if (networks === undefined || isIP(address) === 0 || address.includes("%")) return false;
  if (isIPv4(address)) return networks.check(address, "ipv4");
  const inside = embedded(address);
  return networks.check(address, "ipv6") || (inside !== undefined && networks.check(inside, "ipv4"));
}
