/** The client certificate of a connection, read once per socket: asking TLS for it costs more than the rest of a poll. */
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";

const known = new WeakMap<Socket, Uint8Array | null>();

/** DER of the certificate that the peer proved it holds the key of; undefined when it sent none. */
export function peerCertificate(socket: Socket): Uint8Array | undefined {
  const before = known.get(socket);
  if (before !== undefined) return before ?? undefined;
  // Not what the types say: null once the connection is gone, an empty object when no certificate was sent.
  const sent = socket instanceof TLSSocket ? (socket.getPeerCertificate(false) as { raw?: Uint8Array } | null) : null;
  const raw = sent?.raw;
  known.set(socket, raw ?? null);
  return raw;
}
