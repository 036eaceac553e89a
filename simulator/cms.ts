import { constants, createHash, privateEncrypt, sign, verify, X509Certificate } from "node:crypto";
import type { KeyObject } from "node:crypto";
import forge from "node-forge";

const { asn1 } = forge;
type Asn1 = forge.asn1.Asn1;
export type Digest = "sha1" | "sha256" | "sha384" | "sha512";

export const oids = {
  data: "1.2.840.113549.1.7.1",
  signedData: "1.2.840.113549.1.7.2",
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  rsaEncryption: "1.2.840.113549.1.1.1",
} as const;

const digestOids: Record<Digest, string> = {
  sha1: "1.3.14.3.2.26",
  sha256: "2.16.840.1.101.3.4.2.1",
  sha384: "2.16.840.1.101.3.4.2.2",
  sha512: "2.16.840.1.101.3.4.2.3",
};

const universal = asn1.Class.UNIVERSAL;
export const bytesOf = (node: Asn1): Buffer => Buffer.from(asn1.toDer(node).getBytes(), "binary");
/** Reads BER or DER; bit strings stay opaque, so that writing a node again gives the same bytes. */
export const nodeOf = (bytes: Uint8Array): Asn1 =>
  asn1.fromDer(Buffer.from(bytes).toString("binary"), { decodeBitStrings: false } as unknown as boolean);
export const sequence = (...items: Asn1[]): Asn1 => asn1.create(universal, asn1.Type.SEQUENCE, true, items);
export const setOf = (...items: Asn1[]): Asn1 => asn1.create(universal, asn1.Type.SET, true, items);
export const oid = (dotted: string): Asn1 =>
  asn1.create(universal, asn1.Type.OID, false, asn1.oidToDer(dotted).getBytes());
export const octets = (bytes: Uint8Array): Asn1 =>
  asn1.create(universal, asn1.Type.OCTETSTRING, false, Buffer.from(bytes).toString("binary"));
export const printable = (text: string): Asn1 => asn1.create(universal, asn1.Type.PRINTABLESTRING, false, text);
const integer = (value: number): Asn1 => asn1.create(universal, asn1.Type.INTEGER, false, String.fromCharCode(value));
const nothing = (): Asn1 => asn1.create(universal, asn1.Type.NULL, false, "");
const tagged = (tag: number, items: Asn1[]): Asn1 => asn1.create(asn1.Class.CONTEXT_SPECIFIC, tag, true, items);

export const childrenOf = (node: Asn1 | undefined): Asn1[] => (Array.isArray(node?.value) ? node.value : []);
/** The bytes of a primitive node, or of the pieces of a constructed one. */
export function contentOf(node: Asn1 | undefined): Buffer {
  if (typeof node?.value === "string") return Buffer.from(node.value, "binary");
  return Buffer.concat(childrenOf(node).map(contentOf));
}
export const dotted = (node: Asn1 | undefined): string => asn1.derToOid(contentOf(node).toString("binary"));

/** `issuer` and `serialNumber` of a certificate, as the SEQUENCE a signer is named by. */
function issuerAndSerial(certificate: Uint8Array): Asn1 {
  const fields = childrenOf(childrenOf(nodeOf(certificate))[0]);
  const first = fields[0]?.tagClass === asn1.Class.CONTEXT_SPECIFIC ? 1 : 0;
  const [serial, issuer] = [fields[first], fields[first + 2]];
  if (serial === undefined || issuer === undefined) throw new Error("This is no certificate.");
  return sequence(issuer, serial);
}

export const attribute = (type: string, value: Asn1): Asn1 => sequence(oid(type), setOf(value));

/**
 * A CMS SignedData in a ContentInfo, signed with RSA by `signer`. Contents of type data only.
 * `detached` leaves the content out, as the Mdm-Signature header needs it.
 */
export function signedData(options: {
  readonly content: Uint8Array;
  readonly detached?: boolean;
  readonly signer: { readonly certificate: Uint8Array; readonly key: KeyObject };
  readonly digest: Digest;
  readonly attributes?: readonly Asn1[];
}): Buffer {
  const { content, signer, digest } = options;
  const algorithm = sequence(oid(digestOids[digest]), nothing());
  const attributes = [
    attribute(oids.contentType, oid(oids.data)),
    attribute(oids.messageDigest, octets(createHash(digest).update(content).digest())),
    ...(options.attributes ?? []),
  ].toSorted((a, b) => Buffer.compare(bytesOf(a), bytesOf(b)));
  const signerInfo = sequence(
    integer(1),
    issuerAndSerial(signer.certificate),
    algorithm,
    tagged(0, attributes),
    sequence(oid(oids.rsaEncryption), nothing()),
    octets(sign(digest, bytesOf(setOf(...attributes)), signer.key)),
  );
  const carried = options.detached === true ? [] : [tagged(0, [octets(content)])];
  return bytesOf(
    sequence(
      oid(oids.signedData),
      tagged(0, [
        sequence(
          integer(1),
          setOf(algorithm),
          sequence(oid(oids.data), ...carried),
          tagged(0, [nodeOf(signer.certificate)]),
          setOf(signerInfo),
        ),
      ]),
    ),
  );
}

export interface SignedMessage {
  readonly content: Buffer;
  readonly certificates: readonly X509Certificate[];
  /** First value of each signed attribute of the first signer, by dotted type. */
  readonly attributes: ReadonlyMap<string, Asn1>;
  /** The certificate the first signature was checked with; undefined when there is no signature (degenerate). */
  readonly signer: X509Certificate | undefined;
}

/**
 * Reads a SignedData and checks the first signature. Throws when the digest or the signature is wrong.
 * `known` are certificates to look for the signer in besides those inside.
 */
export function readSignedData(bytes: Uint8Array, known: readonly X509Certificate[] = []): SignedMessage {
  const outer = childrenOf(nodeOf(bytes));
  if (dotted(outer[0]) !== oids.signedData) throw new Error("This is no CMS SignedData.");
  const fields = childrenOf(childrenOf(outer[1])[0]);
  const content = contentOf(childrenOf(childrenOf(fields[2])[1])[0]);
  const certificates = fields
    .filter((field) => field.tagClass === asn1.Class.CONTEXT_SPECIFIC && Number(field.type) === 0)
    .flatMap((field) => childrenOf(field).map((certificate) => new X509Certificate(bytesOf(certificate))));
  const signerInfo = childrenOf(childrenOf(fields.at(-1))[0]);
  if (signerInfo.length === 0) return { content, certificates, attributes: new Map(), signer: undefined };

  const [, name, digestAlgorithm, signed] = signerInfo;
  const digest = (Object.keys(digestOids) as Digest[]).find(
    (digestName) => digestOids[digestName] === dotted(childrenOf(digestAlgorithm)[0]),
  );
  const hasAttributes = signed?.tagClass === asn1.Class.CONTEXT_SPECIFIC;
  const signature = contentOf(signerInfo[hasAttributes ? 5 : 4]);
  const signer = [...certificates, ...known].find(
    (certificate) => name !== undefined && bytesOf(issuerAndSerial(certificate.raw)).equals(bytesOf(name)),
  );
  if (digest === undefined || signer === undefined) throw new Error("The signature cannot be checked.");
  const attributes = new Map<string, Asn1>();
  for (const item of hasAttributes ? childrenOf(signed) : []) {
    const [type, values] = childrenOf(item);
    const [value] = childrenOf(values);
    if (value !== undefined) attributes.set(dotted(type), value);
  }
  if (
    hasAttributes &&
    !contentOf(attributes.get(oids.messageDigest)).equals(createHash(digest).update(content).digest())
  ) {
    throw new Error("The content is not what was signed.");
  }
  const covered = hasAttributes ? bytesOf(setOf(...childrenOf(signed))) : content;
  if (!verify(digest, covered, signer.publicKey, signature)) throw new Error("The signature is wrong.");
  return { content, certificates, attributes, signer };
}

/** A key for node-forge that leaves the arithmetic to node:crypto, which takes a fortieth of the time. */
export function forgeSigner(key: KeyObject): forge.pki.rsa.PrivateKey {
  const prefixes: Record<string, string> = {
    sha1: "3021300906052b0e03021a05000414",
    sha256: "3031300d060960864801650304020105000420",
  };
  const signer = {
    sign(md: forge.md.MessageDigest & { algorithm?: string }): string {
      const info = Buffer.from((prefixes[md.algorithm ?? ""] ?? "") + md.digest().toHex(), "hex");
      return privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, info).toString("binary");
    },
  };
  return signer as unknown as forge.pki.rsa.PrivateKey;
}
