/**
 * The client certificate as a proxy passes it on: RFC 9440 (`Client-Cert: :BASE64:`), or a PEM with its reserved characters
 * escaped as in a URL (nginx, `$ssl_client_escaped_cert`).
 */
import { X509Certificate } from "node:crypto";

const RFC_9440 = /^:([A-Za-z0-9+/]+={0,2}):$/;

/** DER of the certificate; undefined when the header holds none that can be read. Never throws. */
export function certificateInHeader(value: string): Uint8Array | undefined {
  try {
    const der = RFC_9440.exec(value.trim())?.[1];
    if (der !== undefined) return Buffer.from(der, "base64");
    const pem = decodeURIComponent(value.trim());
    return pem.startsWith("-----BEGIN CERTIFICATE-----") ? new X509Certificate(pem).raw : undefined;
  } catch {
    return undefined;
  }
}
