/** Writes CMS SignedData (RFC 5652, 5). The shapes are those of @peculiar/asn1-cms. */
import { createHash, type KeyObject, sign } from "node:crypto";
import { promisify } from "node:util";
import {
  Attribute,
  CertificateChoices,
  CertificateSet,
  CMSVersion,
  DigestAlgorithmIdentifier,
  DigestAlgorithmIdentifiers,
  EncapsulatedContent,
  EncapsulatedContentInfo,
  SignatureAlgorithmIdentifier,
  SignedData,
  SignerIdentifier,
  SignerInfo,
  SignerInfos,
} from "@peculiar/asn1-cms";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import { CertificateAsWritten, IssuerAndSerialAsWritten } from "./as-written.ts";
import { buffer } from "./certificate.ts";
import { octets, oid, sequence, set, TAG, tlv } from "./der.ts";
import { DIGESTS, type DigestName } from "./digests.ts";
import { OID } from "./oids.ts";

const signAsync = promisify(
  (digest: string, data: Uint8Array, key: KeyObject, done: (error: Error | null, signature: Buffer) => void): void => {
    sign(digest, data, key, done);
  },
);

export interface Signing {
  /** What is signed and carried along; its type is `data`. */
  readonly content: Uint8Array;
  readonly signer: { readonly certificateDer: Uint8Array; readonly privateKey: KeyObject };
  readonly digest: DigestName;
  /** Signed attributes other than contentType and messageDigest. */
  readonly attributes: readonly Attribute[];
  /** Certificates to carry along, DER, the signer's own among them if it is wanted. */
  readonly certificates: readonly Uint8Array[];
}

/** DER of a value of the library. */
export const derOf = (value: object): Uint8Array => new Uint8Array(AsnConvert.serialize(value));

/** ContentInfo of some type. Not the library's, which would read the whole content back to write it again. */
export const contentInfo = (type: string, content: object): Uint8Array =>
  sequence(oid(type), tlv(TAG.context0, derOf(content)));

/** An Attribute with one value, DER. */
export const attribute = (type: string, value: Uint8Array): Attribute =>
  new Attribute({ attrType: type, attrValues: [buffer(value)] });

/** A ContentInfo with a SignedData that one signer signed. */
export async function writeSignedData(signing: Signing): Promise<Uint8Array> {
  const { content, digest, signer } = signing;
  const attributes = inOrder([
    attribute(OID.contentType, oid(OID.data)),
    attribute(OID.messageDigest, octets(createHash(digest).update(content).digest())),
    ...signing.attributes,
  ]);
  // Signed as a SET, carried as [0] (RFC 5652, 5.4).
  const signature = await signAsync(digest, set(...attributes.map(derOf)), signer.privateKey);
  const digestAlgorithm = new DigestAlgorithmIdentifier({ algorithm: DIGESTS[digest], parameters: null });
  const signerInfo = new SignerInfo({
    version: CMSVersion.v1,
    sid: new SignerIdentifier({ issuerAndSerialNumber: new IssuerAndSerialAsWritten(signer.certificateDer) }),
    digestAlgorithm,
    signedAttrs: attributes,
    signatureAlgorithm: signatureAlgorithm(signer.privateKey),
    signature: new OctetString(signature),
  });
  return contentInfo(
    OID.signedData,
    new SignedData({
      version: CMSVersion.v1,
      digestAlgorithms: new DigestAlgorithmIdentifiers([digestAlgorithm]),
      encapContentInfo: new EncapsulatedContentInfo({
        eContentType: OID.data,
        eContent: new EncapsulatedContent({ single: new OctetString(content) }),
      }),
      certificates: certificateSet(signing.certificates),
      signerInfos: new SignerInfos([signerInfo]),
    }),
  );
}

/** A ContentInfo that signs nothing and only carries certificates (RFC 8894, 3.4). */
export function writeCertificatesOnly(certificates: readonly Uint8Array[]): Uint8Array {
  return contentInfo(
    OID.signedData,
    new SignedData({
      version: CMSVersion.v1,
      encapContentInfo: new EncapsulatedContentInfo({ eContentType: OID.data }),
      certificates: certificateSet(certificates),
    }),
  );
}

/** DER wants the members of a SET OF in the order of their bytes; the library leaves them as they are. */
function inOrder(attributes: readonly Attribute[]): Attribute[] {
  return attributes.toSorted((a, b) => Buffer.compare(derOf(a), derOf(b)));
}

function certificateSet(certificates: readonly Uint8Array[]): CertificateSet {
  return new CertificateSet(
    certificates.map((der) => new CertificateChoices({ certificate: new CertificateAsWritten(der) })),
  );
}

function signatureAlgorithm(key: KeyObject): SignatureAlgorithmIdentifier {
  if (key.asymmetricKeyType === "rsa") {
    return new SignatureAlgorithmIdentifier({ algorithm: OID.rsaEncryption, parameters: null });
  }
  return new SignatureAlgorithmIdentifier({ algorithm: OID.ecdsaWithSha256 });
}
