import { constants, createPublicKey, privateDecrypt, X509Certificate } from "node:crypto";
import type { KeyObject } from "node:crypto";
import forge from "node-forge";
import { attribute, contentOf, forgeSigner, nodeOf, octets, printable, readSignedData, signedData } from "./cms.ts";

/** Attribute types of SCEP messages (RFC 8894, 3.2.1). */
const types = {
  messageType: "2.16.840.1.113733.1.9.2",
  pkiStatus: "2.16.840.1.113733.1.9.3",
  failInfo: "2.16.840.1.113733.1.9.4",
  senderNonce: "2.16.840.1.113733.1.9.5",
  recipientNonce: "2.16.840.1.113733.1.9.6",
  transactionId: "2.16.840.1.113733.1.9.7",
} as const;

export type ScepCipher = "aes128-CBC" | "des-EDE3-CBC";
export type ScepDigest = "sha1" | "sha256";
type Names = readonly (readonly [string, string])[];

/** A relative name for node-forge: a short name such as `CN`, or a dotted type. */
const nameField = ([type, value]: readonly [string, string]): forge.pki.CertificateField => ({
  ...(/^\d/.test(type) ? { type } : { shortName: type }),
  value,
  valueTagClass: forge.asn1.Type.UTF8 as unknown as forge.asn1.Class,
});

const forgePublicKey = (key: KeyObject): forge.pki.rsa.PublicKey =>
  forge.pki.publicKeyFromPem(createPublicKey(key).export({ type: "spki", format: "pem" }).toString());

const messageDigest = (digest: ScepDigest): forge.md.MessageDigest =>
  digest === "sha1" ? forge.md.sha1.create() : forge.md.sha256.create();

const derOf = (node: forge.asn1.Asn1): Buffer => Buffer.from(forge.asn1.toDer(node).getBytes(), "binary");

/** A certificate request for `key` with the challenge, in DER. */
export function certificateRequest(
  key: KeyObject,
  subject: Names,
  challenge: string | undefined,
  digest: ScepDigest,
): Buffer {
  const request = forge.pki.createCertificationRequest();
  request.publicKey = forgePublicKey(key);
  request.setSubject(subject.map(nameField));
  if (challenge !== undefined) request.setAttributes([{ name: "challengePassword", value: challenge }]);
  request.sign(forgeSigner(key), messageDigest(digest));
  return derOf(forge.pki.certificationRequestToAsn1(request));
}

/** The certificate a client signs its request with while it has no other: same key, same name, by itself. */
export function temporaryCertificate(key: KeyObject, subject: Names, digest: ScepDigest): Buffer {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forgePublicKey(key);
  certificate.serialNumber = "01";
  // X.509 lives in real time, whatever clock the device has.
  const now = Date.now();
  certificate.validity.notBefore = new Date(now - 3_600_000);
  certificate.validity.notAfter = new Date(now + 7 * 86_400_000);
  const fields = (subject.length > 0 ? subject : ([["CN", "Device"]] as const)).map(nameField);
  certificate.setSubject(fields);
  certificate.setIssuer(fields);
  certificate.sign(forgeSigner(key), messageDigest(digest));
  return derOf(forge.pki.certificateToAsn1(certificate));
}

/** A PKCSReq message: the request, for the eyes of `recipient`, signed with the temporary certificate. DER. */
export function pkcsRequest(options: {
  readonly request: Uint8Array;
  readonly recipient: X509Certificate;
  readonly signer: { readonly certificate: Uint8Array; readonly key: KeyObject };
  readonly cipher: ScepCipher;
  readonly digest: ScepDigest;
  readonly transactionId: string;
  readonly senderNonce: Uint8Array;
}): Buffer {
  const envelope = forge.pkcs7.createEnvelopedData();
  envelope.addRecipient(forge.pki.certificateFromPem(options.recipient.toString()));
  envelope.content = forge.util.createBuffer(Buffer.from(options.request).toString("binary"));
  envelope.encrypt(undefined, forge.pki.oids[options.cipher]);
  return signedData({
    content: derOf(envelope.toAsn1()),
    signer: options.signer,
    digest: options.digest,
    attributes: [
      attribute(types.messageType, printable("19")),
      attribute(types.transactionId, printable(options.transactionId)),
      attribute(types.senderNonce, octets(options.senderNonce)),
    ],
  });
}

/** What a CertRep says; `certificates` only on success. */
export interface CertRep {
  readonly pkiStatus: "success" | "failure" | "pending";
  readonly failInfo: string | undefined;
  readonly certificates: readonly X509Certificate[];
}

/**
 * Reads a CertRep. Throws when it is not signed by one of `authorities`, answers another request, or cannot be opened
 * with `key` and the temporary certificate.
 */
export function readCertRep(
  bytes: Uint8Array,
  expected: {
    readonly authorities: readonly X509Certificate[];
    readonly temporary: Uint8Array;
    readonly key: KeyObject;
    readonly transactionId: string;
    readonly senderNonce: Uint8Array;
  },
): CertRep {
  const message = readSignedData(bytes, expected.authorities);
  const signer = message.signer;
  if (signer === undefined || !expected.authorities.some((authority) => authority.raw.equals(signer.raw))) {
    throw new Error("The CertRep is not signed by the authority.");
  }
  const textOf = (type: string): string => contentOf(message.attributes.get(type)).toString("latin1");
  if (textOf(types.messageType) !== "3") throw new Error("The answer is no CertRep.");
  if (textOf(types.transactionId) !== expected.transactionId)
    throw new Error("The CertRep is for another transaction.");
  if (!contentOf(message.attributes.get(types.recipientNonce)).equals(Buffer.from(expected.senderNonce))) {
    throw new Error("The CertRep does not repeat our nonce.");
  }
  const pkiStatus = ({ "0": "success", "2": "failure", "3": "pending" } as const)[textOf(types.pkiStatus)];
  if (pkiStatus === undefined) throw new Error(`Unknown pkiStatus ${textOf(types.pkiStatus)}.`);
  if (pkiStatus !== "success") return { pkiStatus, failInfo: textOf(types.failInfo) || undefined, certificates: [] };
  const opened = open(message.content, expected.temporary, expected.key);
  return { pkiStatus, failInfo: undefined, certificates: readSignedData(opened).certificates };
}

/** Opens an EnvelopedData that is meant for `certificate`. */
function open(bytes: Uint8Array, certificate: Uint8Array, key: KeyObject): Buffer {
  const envelope = forge.pkcs7.messageFromAsn1(nodeOf(bytes)) as unknown as forge.pkcs7.PkcsEnvelopedData;
  const pem = new X509Certificate(certificate).toString();
  const recipient = envelope.findRecipient(forge.pki.certificateFromPem(pem));
  if (recipient === null) throw new Error("The answer is not meant for this device.");
  const decrypter = {
    decrypt: (sealed: string): string =>
      privateDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(sealed, "binary")).toString("binary"),
  };
  envelope.decrypt(recipient, decrypter as unknown as forge.pki.rsa.PrivateKey);
  const content = envelope.content;
  if (content === undefined || typeof content === "string") throw new Error("The answer cannot be opened.");
  return Buffer.from(content.getBytes(), "binary");
}
