/** Whether a browser has spoken TLS, as far as this server can know. */
import { type Head, type IsProxy, plainAddress } from "./client-address.ts";
import { headerValues } from "./header-values.ts";

/** `X-Forwarded-Proto` of a trusted proxy says https: the last value, which that proxy has added. This server itself speaks plain HTTP. */
export function cameByTls({ socket, rawHeaders }: Head, isProxy: IsProxy): boolean {
  if (!isProxy(plainAddress(socket?.remoteAddress ?? ""))) return false;
  return headerValues(rawHeaders, "x-forwarded-proto").join(",").split(",").at(-1)?.trim().toLowerCase() === "https";
}
