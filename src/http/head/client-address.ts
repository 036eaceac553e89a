/** The address that a request comes from, for people to read. It proves nothing, and nothing is decided by it. */
import { isIP, type Socket } from "node:net";
import { headerValues } from "./header-values.ts";

/** What a request is known by before its body: node:http's IncomingMessage fits. */
export interface Head {
  /** Not what the types say: null once the connection is gone. */
  readonly socket: Socket | null;
  /** Name, value, name, value, as they came. */
  readonly rawHeaders: readonly string[];
}

/** Whether an address is that of a proxy whose `X-Forwarded-For` is believed. */
export type IsProxy = (address: string) => boolean;

/** The header is read to this length: some ten proxies. */
const LONGEST = 1000;

/**
 * The address of the connection. Where that is a trusted proxy, the last address in `X-Forwarded-For` that is not one, which
 * that proxy has added; without such an address the proxy's own. Null once the connection is gone.
 */
export function clientAddress({ socket, rawHeaders }: Head, isProxy: IsProxy): string | null {
  let address = plainAddress(socket?.remoteAddress ?? "");
  if (address === "") return null;
  // A list may stand in several lines, which follow each other.
  const list = headerValues(rawHeaders, "x-forwarded-for").join(",").slice(-LONGEST).split(",");
  while (isProxy(address)) {
    const before = addressIn(list.pop() ?? "");
    if (before === undefined) break;
    address = plainAddress(before);
  }
  return address;
}

/** An IPv4 address that came over an IPv6 socket is shown, and compared, as what it is. */
export const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, "");

/** `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1` or `[2001:db8::1]:4711`. */
function addressIn(text: string): string | undefined {
  const entry = text.trim();
  if (isIP(entry) !== 0) return entry;
  const bare = entry.startsWith("[") ? entry.slice(1, entry.indexOf("]")) : entry.slice(0, entry.lastIndexOf(":"));
  return isIP(bare) === 0 ? undefined : bare;
}
