/** Writes X.509 certificates (RFC 5280), signed with SHA-256 by an RSA key. */
import { createHash, type KeyObject, sign } from "node:crypto";
import { promisify } from "node:util";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  Certificate,
  Extension,
  Extensions,
  Name,
  RelativeDistinguishedName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from "@peculiar/asn1-x509";
import { UptickError } from "../errors/index.ts";
import { OID } from "./oids.ts";

const signAsync = promisify(
  (data: Uint8Array, key: KeyObject, done: (error: Error | null, signature: Buffer) => void): void => {
    sign("sha256", data, key, done);
  },
);

export interface CertificateContent {
  readonly issuer: Name;
  readonly subject: Name;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /** Big-endian; read as a positive number. */
  readonly serial: Uint8Array;
  /** ms UTC; X.509 counts whole seconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly extensions: readonly Extension[];
  readonly signer: KeyObject;
}

/** A copy on a separate ArrayBuffer, which is what the ASN.1 library takes. */
export function buffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

/** The extension `oid` around a value of the ASN.1 library. */
export function extension(oid: string, critical: boolean, value: unknown): Extension {
  return new Extension({ extnID: oid, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });
}

/** A name that is one common name. */
export function commonName(text: string): Name {
  const value = new AttributeValue({ utf8String: text });
  return new Name([new RelativeDistinguishedName([new AttributeTypeAndValue({ type: OID.commonName, value })])]);
}

/** SHA-1 of the key's bits, the usual key identifier (RFC 5280, 4.2.1.2). A name for the key, not a protection. */
export function keyIdentifier(publicKey: Uint8Array): ArrayBuffer {
  const info = AsnConvert.parse(publicKey, SubjectPublicKeyInfo);
  return buffer(createHash("sha1").update(Buffer.from(info.subjectPublicKey)).digest());
}

/** The certificate in DER. */
export async function writeCertificate(content: CertificateContent): Promise<Uint8Array> {
  const algorithm = new AlgorithmIdentifier({ algorithm: OID.sha256WithRsa, parameters: null });
  const tbs = new TBSCertificate({
    version: Version.v3,
    serialNumber: positiveInteger(content.serial),
    signature: algorithm,
    issuer: content.issuer,
    validity: new Validity({ notBefore: new Date(content.notBefore), notAfter: new Date(content.notAfter) }),
    subject: content.subject,
    subjectPublicKeyInfo: AsnConvert.parse(content.publicKey, SubjectPublicKeyInfo),
    extensions: new Extensions([...content.extensions]),
  });
  const signature = await signAsync(new Uint8Array(AsnConvert.serialize(tbs)), content.signer);
  const certificate = new Certificate({
    tbsCertificate: tbs,
    signatureAlgorithm: algorithm,
    signatureValue: buffer(signature),
  });
  return new Uint8Array(AsnConvert.serialize(certificate));
}

/** The content of a positive INTEGER in as few bytes as DER wants. */
function positiveInteger(serial: Uint8Array): ArrayBuffer {
  const start = serial.findIndex((byte) => byte !== 0);
  if (start < 0 || serial.length - start > 20) {
    throw new UptickError("certificate-invalid", "A certificate's serial number must be 1 to 20 bytes and not zero.");
  }
  const digits = serial.subarray(start);
  return buffer((digits[0] ?? 0) > 0x7f ? Uint8Array.of(0, ...digits) : digits);
}
