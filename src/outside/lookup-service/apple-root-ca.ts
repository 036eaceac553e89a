/**
 * The root of Apple's Software Lookup Service. Public trust stores do not have it, so it is carried as a file. Source: Apple,
 * "Apple PKI", Apple Root CA, valid until 2035-02-09.
 */
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";

/** SHA-256 of the certificate (DER). */
export const APPLE_ROOT_CA = "B0B1730ECBC7FF4505142C49F1295E6EDA6BCAED7E2C68C5BE91B5A11001F024";

/** PEM. Throws for a file that is another certificate: it would be trusted for the choice of every release. */
export function appleRootCa(file: URL = new URL("apple-root-ca.pem", import.meta.url)): string {
  const pem = readFileSync(file, "utf8");
  const found = new X509Certificate(pem).fingerprint256.replaceAll(":", "");
  if (found !== APPLE_ROOT_CA) throw new Error(`${file.pathname} is not the certificate of Apple's root: ${found}`);
  return pem;
}
