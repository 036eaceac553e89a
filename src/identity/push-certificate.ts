/** Reads the certificate that lets this server send pushes, as an admin brings it from Apple's portal. */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { UptickError } from "../errors/index.ts";
import { readCertificateFields } from "./certificate-fields.ts";
import { nameText } from "./names.ts";
import { OID } from "./oids.ts";
import { beginsPrivateKey, CERTIFICATE, pemBlocks } from "./pem.ts";

export interface PushCertificate {
  /** `com.apple.mgmt.…`: the UID in the certificate's subject, and the Topic of the MDM payload. */
  readonly topic: string;
  /** ms UTC. Whether it has ended is for the caller to see. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** The certificate that fits the key; others from the file follow it. */
  readonly certPem: string;
  /** PKCS#8. */
  readonly keyPem: string;
  /** `UID=…, CN=…` */
  readonly subject: string;
}

/**
 * Reads certificate and private key from PEM, in any order, other text between them allowed. `spareKey` (PEM) is taken
 * where the file holds none.
 * @throws UptickError `push-certificate-invalid`; its message never holds any part of the key.
 */
export function readPushCertificate(pem: string, spareKey?: string): PushCertificate {
  const blocks = pemBlocks(beginsPrivateKey(pem) ? pem : `${pem}\n${spareKey ?? ""}`);
  const keyBlocks = blocks.filter(({ label }) => label !== CERTIFICATE);
  const certificates = blocks.filter(({ label }) => label === CERTIFICATE).map(({ text }) => readCertificate(text));
  const [keyBlock] = keyBlocks;
  if (certificates.length === 0) throw invalid("The file holds no certificate in PEM.");
  if (keyBlock === undefined) {
    throw invalid(
      "The file holds no private key in PEM.",
      "Append the private key that the push request was made with.",
    );
  }
  if (keyBlocks.length > 1) throw invalid("The file holds more than one private key.");
  const key = readKey(keyBlock.text, keyBlock.label);
  const leaf = certificates.find((one) => one.checkPrivateKey(key));
  if (leaf === undefined) {
    throw invalid(
      "The private key does not belong to the certificate.",
      "Use the key that the push request was made with.",
    );
  }
  const { subject } = readCertificateFields(leaf.raw);
  const topic = subject.find(({ type }) => type === OID.userId)?.value;
  if (topic === undefined || !/^com\.apple\.mgmt\.[\x21-\x7e]+$/.test(topic)) {
    throw invalid(
      "The certificate is not one for MDM: its subject has no UID that begins with com.apple.mgmt.",
      "Create an MDM push certificate at https://identity.apple.com/pushcert.",
    );
  }
  return {
    topic,
    notBefore: leaf.validFromDate.getTime(),
    notAfter: leaf.validToDate.getTime(),
    certPem: [leaf, ...certificates.filter((one) => one !== leaf)].map((one) => one.toString()).join(""),
    keyPem: key.export({ type: "pkcs8", format: "pem" }).toString(),
    subject: nameText(subject),
  };
}

function readCertificate(text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch {
    throw invalid("A certificate in the file can't be read.");
  }
}

/** As OpenSSL says it within the block, before PKCS#8 had a label for it. */
const isEncrypted = (text: string): boolean =>
  text.split("\n").some((line) => line.startsWith("Proc-Type:") && line.includes("ENCRYPTED"));

function readKey(text: string, label: string): KeyObject {
  if (label.startsWith("ENCRYPTED") || isEncrypted(text)) {
    throw invalid(
      "The private key is protected by a password.",
      "Write it without one, openssl pkey -in KEY -out PLAIN, and delete the plain file after the import.",
    );
  }
  try {
    return createPrivateKey(text);
  } catch {
    // No cause: it may quote the key.
    throw invalid("The private key can't be read.");
  }
}

function invalid(message: string, remedy?: string): UptickError {
  return new UptickError("push-certificate-invalid", message, remedy === undefined ? {} : { remedy });
}
