/** The parts of a certificate that CMS and we name it by. */
import { readBer, expect, parts } from "./ber.ts";
import { TAG } from "./der.ts";
import { type NamePart, readName } from "./names.ts";

export interface CertificateFields {
  /** The INTEGER and the Name as they are written in the certificate. */
  readonly serialDer: Uint8Array;
  readonly issuerDer: Uint8Array;
  readonly subject: readonly NamePart[];
  /** SubjectPublicKeyInfo as it is written in the certificate. */
  readonly keyDer: Uint8Array;
}

/** Throws on what is no certificate. */
export function readCertificateFields(der: Uint8Array): CertificateFields {
  const [tbs] = parts(readBer(der), TAG.sequence);
  const fields = parts(tbs, TAG.sequence);
  // Version 1 has no version field.
  const [serial, , issuer, , subject, key] = fields[0]?.tag === TAG.context0 ? fields.slice(1) : fields;
  return {
    serialDer: expect(serial, TAG.integer).raw,
    issuerDer: expect(issuer, TAG.sequence).raw,
    subject: readName(subject),
    keyDer: expect(key, TAG.sequence).raw,
  };
}
