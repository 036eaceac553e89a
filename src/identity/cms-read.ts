/** Reads CMS SignedData with one signer (RFC 5652, 5) and checks its signature. */
import { createHash, timingSafeEqual, verify, X509Certificate } from "node:crypto";
import { type BerNode, expect, octetsOf, oidOf, parts, readBer, toDer } from "./ber.ts";
import { readCertificateFields } from "./certificate-fields.ts";
import { concat, set, TAG } from "./der.ts";
import { type DigestName, digestNamed } from "./digests.ts";
import { OID } from "./oids.ts";

export interface SignedMessage {
  readonly content: Uint8Array;
  /** The certificate whose key made the signature; whether it is trusted is another question. */
  readonly signer: X509Certificate;
  readonly digest: DigestName;
  /** The first value of a signed attribute. */
  attribute(type: string): BerNode | undefined;
}

/** The content of a ContentInfo of this type. */
export function contentOf(bytes: Uint8Array, type: string): BerNode | undefined {
  const [found, wrapped] = parts(readBer(bytes), TAG.sequence);
  if (oidOf(found) !== type) throw new Error(`content of another type: ${oidOf(found)}`);
  return parts(wrapped, TAG.context0)[0];
}

/**
 * Throws if anything about the message is not as it must be, the signature included. `detached`: what was signed, where
 * the message does not carry it; a message that carries anything else is then refused.
 */
export function readSignedData(bytes: Uint8Array, detached?: Uint8Array): SignedMessage {
  const fields = parts(contentOf(bytes, OID.signedData), TAG.sequence);
  const [, , encapsulated] = fields;
  const content = detached === undefined ? readContent(encapsulated) : detachedContent(encapsulated, detached);
  const certificates = (fields.find(({ tag }) => tag === TAG.context0)?.children ?? []).map(({ raw }) => raw);
  const signers = parts(fields.at(-1), TAG.set);
  if (signers.length !== 1) throw new Error(`${signers.length} signers`);
  const [, identifier, digestAlgorithm, ...rest] = parts(signers[0], TAG.sequence);
  // Signed attributes may be left out: the signature is over the content itself then (RFC 5652, 5.4).
  const signed = rest[0]?.tag === TAG.context0 ? rest[0] : undefined;
  const [, signature] = signed === undefined ? rest : rest.slice(1);
  const digest = digestNamed(oidOf(parts(digestAlgorithm, TAG.sequence)[0]));
  if (digest === undefined) throw new Error("an unknown digest");
  const values = signed === undefined ? new Map<string, BerNode>() : readAttributes(signed);
  if (signed !== undefined) checkDigest(values, digest, content);
  const signer = findSigner(certificates, identifier);
  const bytesOfSignature = octetsOf(expect(signature, TAG.octets));
  const key = signer.publicKey;
  const fits = (form: Uint8Array): boolean => verify(digest, form, key, bytesOfSignature);
  if (!(signed === undefined ? fits(content) : signedForms(signed).some((form) => fits(form())))) {
    throw new Error("the signature does not verify");
  }
  return { content, signer, digest, attribute: (type) => values.get(type) };
}

/** DER of the certificate that the one signer is said to have; nothing is verified. Throws when there is none. */
export function readSigner(bytes: Uint8Array): Uint8Array {
  const fields = parts(contentOf(bytes, OID.signedData), TAG.sequence);
  const certificates = (fields.find(({ tag }) => tag === TAG.context0)?.children ?? []).map(({ raw }) => raw);
  const signers = parts(fields.at(-1), TAG.set);
  if (signers.length !== 1) throw new Error(`${signers.length} signers`);
  const [, identifier] = parts(signers[0], TAG.sequence);
  return findSigner(certificates, identifier).raw;
}

function checkDigest(values: ReadonlyMap<string, BerNode>, digest: DigestName, content: Uint8Array): void {
  const told = values.get(OID.messageDigest);
  const counted = createHash(digest).update(content).digest();
  const digestFits = told?.content.length === counted.length && timingSafeEqual(told.content, counted);
  if (!digestFits) throw new Error("the content was changed");
}

function readContent(encapsulated: BerNode | undefined): Uint8Array {
  const [, wrapped] = parts(encapsulated, TAG.sequence);
  const [node] = parts(wrapped, TAG.context0);
  if (node?.tag !== TAG.octets && node?.tag !== 0x24) throw new Error("no content");
  return octetsOf(node);
}

/** Some carry what they need not. It must be the same then: of two contents, one checked and one used, neither counts. */
function detachedContent(encapsulated: BerNode | undefined, detached: Uint8Array): Uint8Array {
  const carried = parts(encapsulated, TAG.sequence).length > 1;
  if (carried && !Buffer.from(readContent(encapsulated)).equals(detached))
    throw new Error("it carries another content");
  return detached;
}

function readAttributes(signed: BerNode): ReadonlyMap<string, BerNode> {
  const values = new Map<string, BerNode>();
  for (const one of signed.children) {
    const [type, group] = parts(one, TAG.sequence);
    const [value] = parts(group, TAG.set);
    const name = oidOf(type);
    if (value === undefined || values.has(name)) throw new Error(`attribute ${name} is empty or there twice`);
    values.set(name, value);
  }
  return values;
}

/**
 * What a signer may have signed, likeliest first, each made only when it is asked for: the attributes as a SET. It should
 * be DER whatever was sent (RFC 5652, 5.4), but some sign just what they send.
 */
function signedForms(signed: BerNode): readonly (() => Uint8Array)[] {
  const canonical = (): Uint8Array => set(...signed.children.map(toDer));
  const asSent = (): Uint8Array => concat(Uint8Array.of(TAG.set), signed.raw.subarray(1));
  return signed.indefinite ? [canonical] : [asSent, canonical];
}

function findSigner(certificates: readonly Uint8Array[], identifier: BerNode | undefined): X509Certificate {
  const [issuer, serial] = parts(identifier, TAG.sequence);
  const wanted = Buffer.concat([expect(issuer, TAG.sequence).raw, expect(serial, TAG.integer).raw]);
  const found = certificates.find((der) => {
    const { issuerDer, serialDer } = readCertificateFields(der);
    return Buffer.concat([issuerDer, serialDer]).equals(wanted);
  });
  if (found === undefined) throw new Error("the signer's certificate is not there");
  return new X509Certificate(found);
}
