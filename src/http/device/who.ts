/**
 * Who speaks, in all three ways a device can prove its identity: the TLS handshake, a trusted proxy that made the
 * handshake and passes the certificate on, or a signature over the body. What a stranger writes into a header is nothing.
 */
import { signerOfMessage } from "../../identity/index.ts";
import { type Head, headerValues } from "../head/index.ts";
import { certificateInHeader } from "./client-cert-header.ts";
import { peerCertificate } from "./peer.ts";

export interface Trust {
  /** True for an address whose `header` is believed. */
  proxy(address: string): boolean;
  /** The header with the client's certificate, lower case. */
  readonly header: string;
}

/** The proxy was shown no certificate: it sends no header, or one that is empty. */
export const isNone = (values: readonly string[]): boolean =>
  values.length === 0 || (values.length === 1 && values[0] === "");

/**
 * DER of the certificate whose key the peer has proved to hold; undefined when it proved none. `body`: what a signature
 * would be over; undefined while it is not known, and signatures are not looked at then.
 */
export function certificateOf(
  { socket, rawHeaders }: Head,
  body: Uint8Array | undefined,
  trust: Trust,
): Uint8Array | undefined {
  // Behind a proxy the handshake is the proxy's own.
  if (trust.proxy(socket?.remoteAddress ?? "")) {
    const forwarded = headerValues(rawHeaders, trust.header);
    // A header that can't be believed is not passed over: the proxy says that there is a certificate, and we can't tell whose.
    if (!isNone(forwarded)) {
      return forwarded.length === 1 ? certificateInHeader(forwarded[0] ?? "") : undefined;
    }
  } else {
    const own = socket === null ? undefined : peerCertificate(socket);
    if (own !== undefined) return own;
  }
  if (body === undefined) return undefined;
  const [signature, ...more] = headerValues(rawHeaders, "mdm-signature");
  return signature === undefined || more.length > 0 ? undefined : signerOfMessage(signature, body);
}
