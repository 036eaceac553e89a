/** Certificates that our CA signs: identities of devices, and the TLS certificate of the MDM endpoint. */
import { generateKeyPair, X509Certificate } from "node:crypto";
import { promisify } from "node:util";
import { AsnConvert } from "@peculiar/asn1-schema";
import { Certificate, type Extension } from "@peculiar/asn1-x509";
import { UptickError } from "../errors/index.ts";
import type { Authority } from "./authority.ts";
import { buffer, commonName, writeCertificate } from "./certificate.ts";
import { alternativeNames, authorityKey, isNoAuthority, keyUsage, purpose, subjectKey } from "./extensions.ts";
import { publicKeyOf, spkiOf } from "./keys.ts";
import { OID } from "./oids.ts";

export interface IdentityOptions {
  readonly authority: Authority;
  /** SubjectPublicKeyInfo of the device's key, DER. */
  readonly publicKey: Uint8Array;
  /** Common name. */
  readonly subject: string;
  /** Up to 20 random bytes, read as a positive number that is not zero. */
  readonly serial: Uint8Array;
  /** ms UTC, whole seconds count. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** An identity certificate for TLS clients, DER. @throws UptickError `certificate-invalid` */
export async function issueIdentity(options: IdentityOptions): Promise<Uint8Array> {
  return issueLeaf(options, [keyUsage("digitalSignature", "keyEncipherment"), purpose(OID.clientAuth)]);
}

export interface ServerCertificateOptions {
  readonly authority: Authority;
  /** DNS names or IP addresses, at least one. */
  readonly hosts: readonly string[];
  readonly serial: Uint8Array;
  /** ms UTC. Apple devices refuse more than 825 days, also from a CA that an admin installed. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/**
 * A TLS server certificate with a new P-256 key. `certPem` is the leaf followed by the CA's certificate, `keyPem` is
 * PKCS#8. Throws UptickError `certificate-invalid`.
 */
export async function issueServerCertificate(
  options: ServerCertificateOptions,
): Promise<{ certPem: string; keyPem: string }> {
  const { authority, hosts } = options;
  const [first] = hosts;
  if (first === undefined) throw new UptickError("certificate-invalid", "A server certificate needs a host.");
  const { publicKey, privateKey } = await promisify(generateKeyPair)("ec", { namedCurve: "P-256" });
  // A common name has at most 64 characters; what counts is the alternative name.
  const der = await issueLeaf({ ...options, publicKey: spkiOf(publicKey), subject: first.slice(0, 64) }, [
    keyUsage("digitalSignature"),
    purpose(OID.serverAuth),
    alternativeNames(hosts),
  ]);
  return {
    certPem: `${new X509Certificate(der).toString()}${authority.certificatePem}`,
    keyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

async function issueLeaf(options: IdentityOptions, extensions: readonly Extension[]): Promise<Uint8Array> {
  const { authority, publicKey } = options;
  const own = new X509Certificate(authority.certificateDer).publicKey;
  return writeCertificate({
    // Taken from the CA's certificate, so that it is the same name byte by byte.
    issuer: AsnConvert.parse(buffer(authority.certificateDer), Certificate).tbsCertificate.subject,
    subject: commonName(options.subject),
    publicKey: checkedKey(publicKey),
    serial: options.serial,
    notBefore: options.notBefore,
    notAfter: options.notAfter,
    extensions: [isNoAuthority(), ...extensions, subjectKey(publicKey), authorityKey(spkiOf(own))],
    signer: authority.privateKey,
  });
}

function checkedKey(publicKey: Uint8Array): Uint8Array {
  try {
    return spkiOf(publicKeyOf(publicKey));
  } catch (cause) {
    throw new UptickError("certificate-invalid", "The public key to certify can't be read.", { cause });
  }
}
