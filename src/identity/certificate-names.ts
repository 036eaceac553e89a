/** What a certificate says about itself. */
import { createHash, X509Certificate } from "node:crypto";
import { readCertificateFields } from "./certificate-fields.ts";

/**
 * The subject as node:crypto writes names, its parts joined by a comma; empty where the subject is empty. The types of
 * node:crypto say that `subject` and `issuer` are texts, but they are undefined for an empty name.
 */
export const subjectOf = (certificate: X509Certificate): string => nameText(certificate.subject);

/** The issuer, written like the subject. */
export const issuerOf = (certificate: X509Certificate): string => nameText(certificate.issuer);

/** How people call it: the subject, else the alternative names, else the serial number. */
export const labelOf = (certificate: X509Certificate): string =>
  subjectOf(certificate) || certificate.subjectAltName || `serial number ${certificate.serialNumber}`;

/** Both for people. @throws on what is not a certificate */
export function namesIn(der: Uint8Array): { readonly subject: string; readonly issuer: string } {
  const certificate = new X509Certificate(der);
  return { subject: labelOf(certificate), issuer: issuerOf(certificate) };
}

const nameText = (name: string | undefined): string => (name ?? "").split("\n").join(", ");

/**
 * SHA-256 hex of issuer, serial number and public key. A certificate with an ECDSA signature (r, s) is also valid with
 * (r, n - s), under another fingerprint: what the CA has signed is the same in both.
 * @throws on what is not a certificate
 */
export function identityHash(der: Uint8Array): string {
  const { issuerDer, serialDer, keyDer } = readCertificateFields(der);
  const hash = createHash("sha256");
  // DER says its own length, so the parts can't run into each other.
  for (const part of [issuerDer, serialDer, keyDer]) hash.update(part);
  return hash.digest("hex");
}

const UDID =
  /(?<![0-9A-Za-z-])(?:[0-9A-F]{8}-[0-9A-F]{16}|[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}|[0-9A-F]{40})(?![0-9A-Za-z-])/gi;

/** The UDIDs in subject and alternative names, upper case: a UUID, 8 and 16 hexadecimal digits, or 40 of them. */
export function udidsIn(certificate: X509Certificate): readonly string[] {
  const names = `${subjectOf(certificate)}\n${certificate.subjectAltName ?? ""}`;
  return [...new Set((names.match(UDID) ?? []).map((udid) => udid.toUpperCase()))];
}
