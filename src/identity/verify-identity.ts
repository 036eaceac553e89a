/** Whether a certificate is a device identity that our CA has issued. */
import { X509Certificate } from "node:crypto";
import { fingerprint } from "./hashes.ts";
import { OID } from "./oids.ts";

export interface IdentityQuestion {
  /** The certificate the device shows, DER, of any origin. */
  readonly der: Uint8Array;
  readonly authorityDer: Uint8Array;
  /** ms UTC. */
  readonly now: number;
  /** Accept a certificate that has ended. One that has not begun is refused all the same. */
  readonly allowExpired: boolean;
}

export type IdentityVerdict =
  | {
      readonly ok: true;
      /** SHA-256 of the certificate, lower-case hex. */
      readonly fingerprint: string;
      /** As node:crypto writes names, its parts joined by a comma: `CN=…, O=…`. */
      readonly subject: string;
      /** ms UTC. */
      readonly notBefore: number;
      readonly notAfter: number;
    }
  | { readonly ok: false; readonly reason: string };

const refuse = (reason: string): IdentityVerdict => ({ ok: false, reason });

/** Checks issuer, signature, purpose and validity. Never throws: garbage gets a reason, too. */
export function verifyIdentity(question: IdentityQuestion): IdentityVerdict {
  try {
    return judge(question);
  } catch {
    return refuse("it can't be read as a certificate");
  }
}

function judge({ der, authorityDer, now, allowExpired }: IdentityQuestion): IdentityVerdict {
  const certificate = new X509Certificate(der);
  // Devices are told apart by fingerprint: one certificate must not have two spellings.
  if (!certificate.raw.equals(der)) return refuse("it is not in DER");
  const authority = new X509Certificate(authorityDer);
  if (!certificate.checkIssued(authority)) return refuse("another authority issued it");
  if (!certificate.verify(authority.publicKey)) return refuse("its signature does not verify");
  if (certificate.ca) return refuse("it is an authority's certificate");
  if (!(certificate.keyUsage ?? []).includes(OID.clientAuth)) return refuse("it is not meant for clients");
  const notBefore = certificate.validFromDate.getTime();
  const notAfter = certificate.validToDate.getTime();
  if (now < notBefore) return refuse("it is not valid yet");
  if (now > notAfter && !allowExpired) return refuse("it has expired");
  const subject = certificate.subject.split("\n").join(", ");
  return { ok: true, fingerprint: fingerprint(der), subject, notBefore, notAfter };
}
