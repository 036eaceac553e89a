/** Whether a certificate is a device identity that our CA has issued. */
import { X509Certificate } from "node:crypto";
import { identityHash, subjectOf } from "./certificate-names.ts";
import { fingerprint } from "./hashes.ts";
import { OID } from "./oids.ts";

export interface IdentityQuestion {
  /** The certificate the device shows, DER, of any origin. */
  readonly der: Uint8Array;
  readonly authorityDer: Uint8Array;
}

export type IdentityVerdict =
  | {
      readonly ok: true;
      /** SHA-256 of the certificate, lower-case hex. */
      readonly fingerprint: string;
      /** As node:crypto writes names, its parts joined by a comma: `CN=…, O=…`; may be empty. */
      readonly subject: string;
      /** See `identityHash`. */
      readonly identityHash: string;
      /** See `udidsIn`; empty for our own CA, whose identities name no device. */
      readonly udids: readonly string[];
      readonly validity: Validity;
    }
  | { readonly ok: false; readonly reason: string };

/** From when and until when a certificate is valid, ms UTC. */
export interface Validity {
  readonly notBefore: number;
  readonly notAfter: number;
}

/**
 * Why a certificate may not be used at this moment; undefined: it may. Time moves on and clocks are set right, so this is
 * asked for each message and never remembered. `allowExpired`: accept a certificate that has ended. `latest`: what a clock says
 * that runs ahead and is not believed; a certificate that has begun by it may have begun.
 */
export function refusedNow(
  { notBefore, notAfter }: Validity,
  now: number,
  allowExpired: boolean,
  latest = now,
): string | undefined {
  if (latest < notBefore) return "it is not valid yet";
  if (now > notAfter && !allowExpired) return "it has expired";
  return undefined;
}

export const validityOf = (certificate: X509Certificate): Validity => ({
  notBefore: certificate.validFromDate.getTime(),
  notAfter: certificate.validToDate.getTime(),
});

const refuse = (reason: string): IdentityVerdict => ({ ok: false, reason });

/** Checks issuer, signature and purpose, which do not change with time. Never throws: garbage gets a reason, too. */
export function verifyIdentity(question: IdentityQuestion): IdentityVerdict {
  try {
    return judge(question);
  } catch {
    return refuse("it can't be read as a certificate");
  }
}

function judge({ der, authorityDer }: IdentityQuestion): IdentityVerdict {
  const certificate = new X509Certificate(der);
  // Devices are told apart by fingerprint: one certificate must not have two spellings.
  if (!certificate.raw.equals(der)) return refuse("it is not in DER");
  const authority = new X509Certificate(authorityDer);
  if (!certificate.checkIssued(authority)) return refuse("another authority issued it");
  if (!certificate.verify(authority.publicKey)) return refuse("its signature does not verify");
  if (certificate.ca) return refuse("it is an authority's certificate");
  if (!(certificate.keyUsage ?? []).includes(OID.clientAuth)) return refuse("it is not meant for clients");
  return {
    ok: true,
    fingerprint: fingerprint(der),
    subject: subjectOf(certificate),
    identityHash: identityHash(der),
    udids: [],
    validity: validityOf(certificate),
  };
}
