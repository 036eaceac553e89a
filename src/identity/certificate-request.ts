/** Reads PKCS#10 certificate requests (RFC 2986) for RSA keys. */
import { type KeyObject, verify } from "node:crypto";
import { type BerNode, oidOf, parts, readBer } from "./ber.ts";
import { TAG } from "./der.ts";
import { digestOfRsaSignature } from "./digests.ts";
import { publicKeyOf, spkiOf } from "./keys.ts";
import { nameText, readName, textOf } from "./names.ts";
import { OID } from "./oids.ts";

export interface CertificateRequest {
  readonly der: Uint8Array;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /** `CN=…, O=…`: what the device asks for; it proves nothing. */
  readonly subject: string;
  /** The challenge in clear, if the request holds one. */
  readonly challengePassword?: string;
}

const LEAST_BITS = 2048;

/** Throws on what is no request, and on one whose signature is not made with the key it names. */
export function readCertificateRequest(der: Uint8Array): CertificateRequest {
  const [info, signatureAlgorithm, signature] = parts(readBer(der), TAG.sequence);
  const [, subject, keyInfo, attributes] = parts(info, TAG.sequence);
  if (info === undefined || keyInfo === undefined || signature?.tag !== TAG.bits) throw new Error("no request");
  const key = publicKeyOf(keyInfo.raw);
  checkStrength(key);
  const digest = digestOfRsaSignature(oidOf(parts(signatureAlgorithm, TAG.sequence)[0]));
  // The first byte of a BIT STRING counts the bits that are unused: none.
  if (digest === undefined || !verify(digest, info.raw, key, signature.content.subarray(1))) {
    throw new Error("the request's own signature does not verify");
  }
  const challenge = readChallenge(attributes);
  return {
    der,
    publicKey: spkiOf(key),
    subject: nameText(readName(subject)),
    ...(challenge === undefined ? {} : { challengePassword: challenge }),
  };
}

function checkStrength(key: KeyObject): void {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType !== "rsa" || bits < LEAST_BITS) throw new Error(`not an RSA key of ${LEAST_BITS} bits`);
}

function readChallenge(attributes: BerNode | undefined): string | undefined {
  for (const one of attributes?.children ?? []) {
    const [type, values] = parts(one, TAG.sequence);
    const value = oidOf(type) === OID.challengePassword ? parts(values, TAG.set)[0] : undefined;
    if (value !== undefined) return textOf(value);
  }
  return undefined;
}
