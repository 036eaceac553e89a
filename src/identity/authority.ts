/** The certificate authority (CA): the one key that vouches for devices, and opens and signs SCEP messages. */
import { createPrivateKey, generateKeyPair, type KeyObject, X509Certificate } from "node:crypto";
import { promisify } from "node:util";
import { UptickError } from "../errors/index.ts";
import { commonName, writeCertificate } from "./certificate.ts";
import { isAuthority, keyUsage, subjectKey } from "./extensions.ts";
import { spkiOf } from "./keys.ts";

/** The CA: its certificate and its RSA key. */
export interface Authority {
  readonly certificatePem: string;
  readonly certificateDer: Uint8Array;
  readonly privateKey: KeyObject;
}

/** Public and private half of one key. */
export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** RSA, since SCEP encrypts to the CA's key (RFC 8894, 3.1). */
const RSA_BITS = 3072;

/** A new RSA key for a CA. Randomness comes from node:crypto. */
export async function generateAuthorityKey(): Promise<KeyPair> {
  return promisify(generateKeyPair)("rsa", { modulusLength: RSA_BITS });
}

export interface AuthorityOptions {
  /** Common name of the CA, shown to whoever looks at a profile. */
  readonly name: string;
  readonly key: KeyPair;
  /** Up to 20 random bytes, read as a positive number that is not zero. */
  readonly serial: Uint8Array;
  /** ms UTC. Validity starts a day earlier, for devices whose clock is behind. */
  readonly now: number;
  readonly years: number;
}

const DAY = 24 * 3_600_000;

/** Makes the CA's self-signed certificate: CA:true, pathlen 0, SHA-256. @throws UptickError `certificate-invalid` */
export async function createAuthority(options: AuthorityOptions): Promise<Authority> {
  const { key, name, now } = options;
  const publicKey = spkiOf(key.publicKey);
  const end = new Date(now);
  end.setUTCFullYear(end.getUTCFullYear() + options.years);
  const der = await writeCertificate({
    issuer: commonName(name),
    subject: commonName(name),
    publicKey,
    serial: options.serial,
    notBefore: now - DAY,
    notAfter: end.getTime(),
    extensions: [
      isAuthority(),
      // The last two: it also signs SCEP answers and opens what is sealed to it.
      keyUsage("keyCertSign", "cRLSign", "digitalSignature", "keyEncipherment"),
      subjectKey(publicKey),
    ],
    signer: key.privateKey,
  });
  return { certificatePem: new X509Certificate(der).toString(), certificateDer: der, privateKey: key.privateKey };
}

/** The CA from what was stored. @throws UptickError `certificate-invalid` if one can't be read or they do not fit. */
export function loadAuthority(certificatePem: string, keyPem: string): Authority {
  const { certificate, privateKey } = read(certificatePem, keyPem);
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new UptickError("certificate-invalid", "The CA's private key does not belong to its certificate.");
  }
  return {
    certificatePem: certificate.toString(),
    certificateDer: new Uint8Array(certificate.raw),
    privateKey,
  };
}

function read(certificatePem: string, keyPem: string): { certificate: X509Certificate; privateKey: KeyObject } {
  try {
    return { certificate: new X509Certificate(certificatePem), privateKey: createPrivateKey(keyPem) };
  } catch {
    // No cause: what node:crypto says may quote the key.
    throw new UptickError("certificate-invalid", "The CA's certificate or private key can't be read.");
  }
}
