/**
 * One certificate and nothing beside it, as somebody else hands it on. node:crypto reads the first certificate of whatever
 * holds one and passes over the rest: here the rest decides. Nothing here throws.
 */
import { readBer } from "./ber.ts";
import { TAG } from "./der.ts";

const FIRST_LINE = "-----BEGIN CERTIFICATE-----";
const LAST_LINE = "-----END CERTIFICATE-----";

/** The bytes, where they are one DER value and nothing after it. `verifyIdentity` says whether that is a certificate. */
export function oneCertificate(bytes: Uint8Array): Uint8Array | undefined {
  try {
    const { tag, indefinite } = readBer(bytes);
    return tag === TAG.sequence && !indefinite ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** DER of the one certificate of a PEM text: its first and last line, base64 between them, at most line ends around them. */
export function onePemCertificate(text: string): Uint8Array | undefined {
  const pem = text.trim();
  if (!pem.startsWith(FIRST_LINE) || !pem.endsWith(LAST_LINE)) return undefined;
  const between = pem.slice(FIRST_LINE.length, -LAST_LINE.length);
  const der = fromBase64(between.replaceAll(/[\r\n]/g, ""));
  return der === undefined ? undefined : oneCertificate(der);
}

/** Undefined for anything that is not base64 in one piece: Node stops at the first sign that is none. */
export function fromBase64(text: string): Uint8Array | undefined {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? new Uint8Array(Buffer.from(text, "base64")) : undefined;
}
