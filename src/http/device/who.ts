/**
 * Who speaks, in all three ways a device can prove its identity: the TLS handshake, a trusted proxy that made the
 * handshake and passes the certificate on, or a signature over the body. What a stranger writes into a header is nothing.
 */
import type { Socket } from "node:net";
import { signerOfMessage } from "../../identity/index.ts";
import { certificateInHeader } from "./client-cert-header.ts";
import { peerCertificate } from "./peer.ts";

export interface Trust {
  /** True for an address whose `header` is believed. */
  proxy(address: string): boolean;
  /** The header with the client's certificate, lower case. */
  readonly header: string;
}

export interface Said {
  /** Not what the types say: null once the connection is gone. */
  readonly socket: Socket | null;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** DER of the certificate whose key the peer has proved to hold; undefined when it proved none. */
export function certificateOf({ socket, headers }: Said, body: Uint8Array, trust: Trust): Uint8Array | undefined {
  const forwarded = one(headers[trust.header]);
  // Behind a proxy the handshake is the proxy's own.
  if (trust.proxy(socket?.remoteAddress ?? "")) {
    if (forwarded !== undefined && forwarded !== "") return certificateInHeader(forwarded);
  } else {
    const own = socket === null ? undefined : peerCertificate(socket);
    if (own !== undefined) return own;
  }
  const signature = one(headers["mdm-signature"]);
  return signature === undefined ? undefined : signerOfMessage(signature, body);
}

/** A header that comes twice is not believed in either form. */
const one = (value: string | string[] | undefined): string | undefined =>
  typeof value === "string" ? value : undefined;
