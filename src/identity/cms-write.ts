/** Writes CMS SignedData (RFC 5652, 5). */
import { createHash, type KeyObject, sign } from "node:crypto";
import { promisify } from "node:util";
import { readCertificateFields } from "./certificate-fields.ts";
import { algorithm, concat, integer, octets, oid, sequence, set, TAG, tlv } from "./der.ts";
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
  /** Signed attributes other than contentType and messageDigest, DER. */
  readonly attributes: readonly Uint8Array[];
  /** Certificates to carry along, DER, the signer's own among them if it is wanted. */
  readonly certificates: readonly Uint8Array[];
}

/** ContentInfo of some type. */
export const contentInfo = (type: string, content: Uint8Array): Uint8Array =>
  sequence(oid(type), tlv(TAG.context0, content));

/** An Attribute with one value. */
export const attribute = (type: string, value: Uint8Array): Uint8Array => sequence(oid(type), set(value));

/** A ContentInfo with a SignedData that one signer signed. */
export async function writeSignedData(signing: Signing): Promise<Uint8Array> {
  const { content, digest, signer } = signing;
  const attributes = set(
    attribute(OID.contentType, oid(OID.data)),
    attribute(OID.messageDigest, octets(createHash(digest).update(content).digest())),
    ...signing.attributes,
  );
  const signature = await signAsync(digest, attributes, signer.privateKey);
  const { issuerDer, serialDer } = readCertificateFields(signer.certificateDer);
  const signerInfo = sequence(
    integer(1),
    sequence(issuerDer, serialDer),
    algorithm(DIGESTS[digest]),
    // Signed as a SET, carried as [0] (RFC 5652, 5.4).
    concat(Uint8Array.of(TAG.context0), attributes.subarray(1)),
    signatureAlgorithm(signer.privateKey),
    octets(signature),
  );
  return contentInfo(
    OID.signedData,
    sequence(
      integer(1),
      set(algorithm(DIGESTS[digest])),
      sequence(oid(OID.data), tlv(TAG.context0, octets(content))),
      tlv(TAG.context0, ...signing.certificates),
      set(signerInfo),
    ),
  );
}

/** A ContentInfo that signs nothing and only carries certificates (RFC 8894, 3.4). */
export function writeCertificatesOnly(certificates: readonly Uint8Array[]): Uint8Array {
  return contentInfo(
    OID.signedData,
    sequence(integer(1), set(), sequence(oid(OID.data)), tlv(TAG.context0, ...certificates), set()),
  );
}

function signatureAlgorithm(key: KeyObject): Uint8Array {
  if (key.asymmetricKeyType === "rsa") return algorithm(OID.rsaEncryption);
  return sequence(oid(OID.ecdsaWithSha256));
}
