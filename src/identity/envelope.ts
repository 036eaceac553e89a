/** CMS EnvelopedData (RFC 5652, 6) with RSA key transport. */
import { constants, type KeyObject, privateDecrypt, publicEncrypt, X509Certificate } from "node:crypto";
import {
  CMSVersion,
  ContentEncryptionAlgorithmIdentifier,
  EncryptedContent,
  EncryptedContentInfo,
  EnvelopedData,
  KeyEncryptionAlgorithmIdentifier,
  KeyTransRecipientInfo,
  RecipientIdentifier,
  RecipientInfo,
  RecipientInfos,
} from "@peculiar/asn1-cms";
import { OctetString } from "@peculiar/asn1-schema";
import { IssuerAndSerialAsWritten } from "./as-written.ts";
import { type BerNode, expect, octetsOf, oidOf, parts } from "./ber.ts";
import { buffer } from "./certificate.ts";
import { readCertificateFields } from "./certificate-fields.ts";
import { CIPHERS, type CipherName, cipherNamed, decrypt, encrypt } from "./ciphers.ts";
import { contentOf } from "./cms-read.ts";
import { contentInfo } from "./cms-write.ts";
import { octets, TAG } from "./der.ts";
import { OID } from "./oids.ts";

export interface OpenedEnvelope {
  readonly content: Uint8Array;
  readonly cipher: CipherName;
}

/** Opens what is sealed to the certificate. Throws if it is sealed to another one or can't be opened. */
export function openEnvelope(bytes: Uint8Array, certificateDer: Uint8Array, privateKey: KeyObject): OpenedEnvelope {
  const fields = parts(contentOf(bytes, OID.envelopedData), TAG.sequence);
  const recipients = fields.find(({ tag }) => tag === TAG.set);
  const sealed = fields[fields.indexOf(expect(recipients, TAG.set)) + 1];
  const [, algorithmNode, piece] = parts(sealed, TAG.sequence);
  const [cipherOid, iv] = parts(algorithmNode, TAG.sequence);
  const cipher = cipherNamed(oidOf(cipherOid));
  if (cipher === undefined) throw new Error(`cipher ${oidOf(cipherOid)} is not known`);
  if (piece?.tag !== 0x80 && piece?.tag !== TAG.context0) throw new Error("no encrypted content");
  const wrapped = wrappedKey(parts(recipients, TAG.set), certificateDer);
  // A wrong padding gives a random key, not an error: nobody learns from us whether it was right.
  const key = privateDecrypt({ key: privateKey, padding: constants.RSA_PKCS1_PADDING }, wrapped);
  const content = decrypt(cipher, key, octetsOf(expect(iv, TAG.octets)), octetsOf(piece));
  return { content, cipher };
}

/** The content key that is meant for the certificate. Serials are random: the number alone names it. */
function wrappedKey(recipients: readonly BerNode[], certificateDer: Uint8Array): Uint8Array {
  const { serialDer } = readCertificateFields(certificateDer);
  for (const recipient of recipients) {
    if (recipient.tag !== TAG.sequence) continue;
    const [, identifier, keyAlgorithm, key] = recipient.children;
    const serial = identifier?.tag === TAG.sequence ? identifier.children[1] : undefined;
    if (serial === undefined || !Buffer.from(serial.raw).equals(serialDer)) continue;
    if (oidOf(parts(keyAlgorithm, TAG.sequence)[0]) !== OID.rsaEncryption) throw new Error("an unknown key transport");
    return octetsOf(expect(key, TAG.octets));
  }
  throw new Error("sealed for another recipient");
}

/** Seals `content` to an RSA certificate: a ContentInfo, DER. Key and iv come from `random`. */
export function writeEnvelope(
  content: Uint8Array,
  recipientDer: Uint8Array,
  cipher: CipherName,
  random: (bytes: number) => Uint8Array,
): Uint8Array {
  const { oid: cipherOid, keyBytes, ivBytes } = CIPHERS[cipher];
  const key = random(keyBytes);
  const iv = random(ivBytes);
  const { publicKey } = new X509Certificate(recipientDer);
  const wrapped = publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, key);
  const recipient = new KeyTransRecipientInfo({
    version: CMSVersion.v0,
    rid: new RecipientIdentifier({ issuerAndSerialNumber: new IssuerAndSerialAsWritten(recipientDer) }),
    keyEncryptionAlgorithm: new KeyEncryptionAlgorithmIdentifier({ algorithm: OID.rsaEncryption, parameters: null }),
    encryptedKey: new OctetString(wrapped),
  });
  const sealed = new EncryptedContentInfo({
    contentType: OID.data,
    contentEncryptionAlgorithm: new ContentEncryptionAlgorithmIdentifier({
      algorithm: cipherOid,
      parameters: buffer(octets(iv)),
    }),
    encryptedContent: new EncryptedContent({ value: new OctetString(encrypt(cipher, key, iv, content)) }),
  });
  return contentInfo(
    OID.envelopedData,
    new EnvelopedData({
      version: CMSVersion.v0,
      recipientInfos: new RecipientInfos([new RecipientInfo({ ktri: recipient })]),
      encryptedContentInfo: sealed,
    }),
  );
}
