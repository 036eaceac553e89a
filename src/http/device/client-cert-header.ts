/**
 * The client certificate as a proxy passes it on: RFC 9440 (`Client-Cert: :BASE64:`), or a PEM escaped as in a URL. Two
 * ways of escaping are in use: a blank is `%20` (nginx, `$ssl_client_escaped_cert`) or `+`, as in a form (Go's
 * `url.QueryEscape`, which NanoMDM expects). In the first, `+` may stand for itself.
 */
import { remembered } from "./remembered.ts";
import { fromBase64, oneCertificate, onePemCertificate } from "../../identity/index.ts";

/** Longer than the head of a request may be. */
const LONGEST = 64 * 1024;

/** Certificates have a quarter of this; what is longer is read each time. */
const REMEMBERED = 8 * 1024;

/**
 * DER of the certificate; undefined unless the header holds exactly one and nothing beside it. Never throws. A device's header is
 * the same at each request, and gives the same object. Who issued the certificate, and whether it may be used now, is checked at each request.
 */
export const certificateInHeader = remembered(read, REMEMBERED);

function read(value: string): Uint8Array | undefined {
  if (value.length > LONGEST) return undefined;
  const text = value.trim();
  if (text.startsWith(":")) {
    const der = text.endsWith(":") ? fromBase64(text.slice(1, -1)) : undefined;
    return der === undefined ? undefined : oneCertificate(der);
  }
  const pem = unescaped(text);
  return pem === undefined ? undefined : onePemCertificate(pem);
}

function unescaped(text: string): string | undefined {
  const asInForms = text.startsWith("-----BEGIN+");
  try {
    return decodeURIComponent(asInForms ? text.replaceAll("+", "%20") : text);
  } catch {
    return undefined;
  }
}
