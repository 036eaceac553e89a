/** Certificates of others: an identity that chains to a CA the admin trusts, and what a PEM file holds. */
import { X509Certificate } from "node:crypto";
import { UptickError } from "../errors/index.ts";
import { identityHash, labelOf, subjectOf, udidsIn } from "./certificate-names.ts";
import { fingerprint } from "./hashes.ts";
import { OID } from "./oids.ts";
import { type IdentityVerdict, validityOf } from "./verify-identity.ts";
import { CERTIFICATE, pemBlocks } from "./pem.ts";

export interface CertificateInfo {
  /** For people, see `labelOf`: the subject may be empty. */
  readonly subject: string;
  /** ms UTC. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly isAuthority: boolean;
  readonly der: Uint8Array;
}

/** Every certificate of a PEM text, in its order. @throws UptickError `certificate-invalid` when there is none or one can't be read */
export function readCertificates(pem: string): CertificateInfo[] {
  const blocks = pemBlocks(pem).flatMap(({ label, text }) => (label === CERTIFICATE ? [text] : []));
  if (blocks.length === 0) throw new UptickError("certificate-invalid", "There is no certificate in PEM.");
  return blocks.map((block) => {
    try {
      const one = new X509Certificate(block);
      return {
        subject: labelOf(one),
        notBefore: one.validFromDate.getTime(),
        notAfter: one.validToDate.getTime(),
        isAuthority: one.ca,
        der: new Uint8Array(one.raw),
      };
    } catch (cause) {
      throw new UptickError("certificate-invalid", "A certificate in the file can't be read.", { cause });
    }
  });
}

export interface ChainQuestion {
  readonly der: Uint8Array;
  /** CA certificates, DER: roots, or intermediates that are trusted as they stand. */
  readonly authorities: readonly Uint8Array[];
}

/** Whether one of the authorities has issued this identity, whenever it is valid. Never throws. */
export function verifyChained(question: ChainQuestion): IdentityVerdict {
  try {
    return judge(question);
  } catch {
    return { ok: false, reason: "it can't be read as a certificate" };
  }
}

/** Every CA in the list is trusted as it stands, so one signature decides; a CA's own validity is the admin's to watch. */
function judge({ der, authorities }: ChainQuestion): IdentityVerdict {
  const refuse = (reason: string): IdentityVerdict => ({ ok: false, reason });
  const certificate = new X509Certificate(der);
  if (!certificate.raw.equals(der)) return refuse("it is not in DER");
  const issuer = authorities
    .map((authority) => new X509Certificate(authority))
    .find((authority) => authority.ca && certificate.checkIssued(authority) && certificate.verify(authority.publicKey));
  if (issuer === undefined) return refuse("no authority that is trusted here issued it");
  if (certificate.ca) return refuse("it is an authority's certificate");
  const purposes = certificate.keyUsage ?? [];
  if (purposes.length > 0 && !purposes.includes(OID.clientAuth)) return refuse("it is not meant for clients");
  return {
    ok: true,
    fingerprint: fingerprint(der),
    subject: subjectOf(certificate),
    identityHash: identityHash(der),
    udids: udidsIn(certificate),
    validity: validityOf(certificate),
  };
}
