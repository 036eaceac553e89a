/**
 * TLS handshakes that fail leave no request: what is known of them is the alert or the error, and where they came from. A
 * device that does not trust our certificate shows here and nowhere else.
 */
import type { Server } from "node:https";
import type { Socket } from "node:net";
import { failedHandshakeWords, type HandshakeRefusal } from "../../words/index.ts";

/** Codes of docs/errors.md. */
export type HandshakeReason = HandshakeRefusal;

export interface FailedHandshake {
  readonly reason: HandshakeReason;
  /** The reason in words, with the alert or error as TLS names it. */
  readonly sentence: string;
  readonly address: string | null;
}

/** By OpenSSL's name of an error. Alerts 42, 46 and 48 are a client's word on our certificate: it demands none from the client. */
const REASONS: readonly (readonly [pattern: RegExp, reason: HandshakeReason])[] = [
  [
    /ALERT_(UNKNOWN_CA|CERTIFICATE_UNKNOWN|BAD_CERTIFICATE|CERTIFICATE_EXPIRED|UNSUPPORTED_CERTIFICATE)$/,
    "tls-untrusted",
  ],
  [/HTTP_REQUEST|HTTPS_PROXY_REQUEST/, "tls-plain-http"],
  [
    /NO_SHARED_CIPHER|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS_AVAILABLE|NO_SUITABLE|NO_SHARED|ALERT_(HANDSHAKE_FAILURE|PROTOCOL_VERSION|INSUFFICIENT_SECURITY)|VERSION_TOO_LOW|UNKNOWN_PROTOCOL|WRONG_SSL_VERSION/,
    "tls-incompatible",
  ],
  [/CERTIFICATE|BAD_SIGNATURE|WRONG_SIGNATURE|BAD_KEY|_KEY_TOO_SMALL|_EE_KEY|_MD_TOO_WEAK/, "tls-client-certificate"],
  [
    /^(ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|ERR_TLS_HANDSHAKE_TIMEOUT)$|UNEXPECTED_EOF|ALERT_(CLOSE_NOTIFY|USER_CANCELLED)/,
    "tls-unfinished",
  ],
];

/** TLS numbers of the alerts that a person searches for (RFC 8446, 6.2). */
const ALERTS: Readonly<Record<string, string>> = {
  BAD_CERTIFICATE: "alert 42, bad certificate",
  UNSUPPORTED_CERTIFICATE: "alert 43, unsupported certificate",
  CERTIFICATE_EXPIRED: "alert 45, certificate expired",
  CERTIFICATE_UNKNOWN: "alert 46, certificate unknown",
  UNKNOWN_CA: "alert 48, unknown CA",
};

/** `code`: as Node gives it, such as `ERR_SSL_TLSV1_ALERT_UNKNOWN_CA`. */
export function handshakeReason(code: string): HandshakeReason {
  return REASONS.find(([pattern]) => pattern.test(code))?.[1] ?? "tls-failed";
}

function sentenceOf(reason: HandshakeReason, code: string): string {
  const alert = ALERTS[code.split("ALERT_", 2)[1] ?? ""];
  const detail = alert ?? (reason === "tls-failed" && code !== "" ? code : undefined);
  return failedHandshakeWords(reason, detail);
}

/** Tells of every handshake that fails from now on. */
export function watchHandshakes(server: Server, told: (failed: FailedHandshake) => void): void {
  // Once a connection is gone it does not say where it came from.
  const addresses = new WeakMap<object, string>();
  server.on("connection", (socket: Socket) => {
    if (socket.remoteAddress !== undefined)
      addresses.set(socket, socket.remoteAddress.replace(/^::ffff:(?=\d+\.)/i, ""));
  });
  server.on("tlsClientError", (error: Error & { code?: string }, socket) => {
    const code = error.code ?? "";
    const reason = handshakeReason(code);
    // What a TLS socket is laid over is not in the types.
    const below = (socket as { _parent?: Socket })._parent ?? socket;
    told({ reason, sentence: sentenceOf(reason, code), address: addresses.get(below) ?? socket.remoteAddress ?? null });
  });
}
