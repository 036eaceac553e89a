/** Answers a SCEP request with a CertRep (RFC 8894, 3.3.2). */
import type { Authority } from "../authority.ts";
import { attribute, writeCertificatesOnly, writeSignedData } from "../cms-write.ts";
import { octets, printable } from "../der.ts";
import { writeEnvelope } from "../envelope.ts";
import { SCEP_OID } from "../oids.ts";
import type { ScepRequest } from "./open.ts";

export type ScepResult =
  | { readonly status: "success" /** The issued certificate, DER. */; readonly certificateDer: Uint8Array }
  /** Why not (RFC 8894, 3.2.1.4.5): 2 is badRequest. */
  | { readonly status: "failure"; readonly failInfo: number };

export interface ScepRandomness {
  /** 16 random bytes. */
  readonly senderNonce: Uint8Array;
  /** `n` random bytes: content key and iv. */
  readonly random: (n: number) => Uint8Array;
}

const CERT_REP = "3";
const STATUS = { success: "0", failure: "2" } as const;

/**
 * The CertRep, DER, signed by the CA with the digest of the request. A success holds the issued certificate
 * alone, sealed with the request's cipher to the certificate that signed the request; the CA's stands outside, as the signer's.
 */
export async function sealCertRep(
  authority: Authority,
  request: ScepRequest,
  result: ScepResult,
  { senderNonce, random }: ScepRandomness,
): Promise<Uint8Array> {
  const attributes = [
    attribute(SCEP_OID.transactionId, printable(request.transactionId)),
    attribute(SCEP_OID.messageType, printable(CERT_REP)),
    attribute(SCEP_OID.pkiStatus, printable(STATUS[result.status])),
    attribute(SCEP_OID.recipientNonce, octets(request.senderNonce)),
    attribute(SCEP_OID.senderNonce, octets(senderNonce)),
  ];
  let content: Uint8Array = new Uint8Array();
  if (result.status === "failure") {
    attributes.push(attribute(SCEP_OID.failInfo, printable(String(result.failInfo))));
  } else {
    const issued = writeCertificatesOnly([result.certificateDer]);
    content = writeEnvelope(issued, request.signerCertificate, request.cipher, random);
  }
  return writeSignedData({
    content,
    signer: authority,
    digest: request.digest,
    attributes,
    certificates: [authority.certificateDer],
  });
}
