import { createPublicKey, randomBytes } from "node:crypto";
import { isIP } from "node:net";
import forge from "node-forge";
import { forgeSigner } from "./cms.ts";
import { newKeySync } from "./keys.ts";

export interface CertificateAndKey {
  /** Certificate in PEM. */
  readonly cert: string;
  /** PKCS#8 key in PEM. */
  readonly key: string;
  /** Both in one file, certificate first. */
  readonly pem: string;
}

type Field = { readonly type: string; readonly value: string };
const userId = "0.9.2342.19200300.100.1.1";
const commonName = "2.5.4.3";
const country = "2.5.4.6";

/** A self-signed RSA certificate made now; `days` may be negative for one that has ended. */
function selfSigned(subject: readonly Field[], extensions: object[], days: number): CertificateAndKey {
  const privateKey = newKeySync(2048);
  const key = String(privateKey.export({ type: "pkcs8", format: "pem" }));
  const publicKey = String(createPublicKey(privateKey).export({ type: "spki", format: "pem" }));
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  certificate.serialNumber = `01${randomBytes(15).toString("hex")}`;
  const day = 86_400_000;
  // Certificates live in real time, whatever clock the simulation has.
  const ends = Date.now() + days * day;
  certificate.validity.notAfter = new Date(ends);
  certificate.validity.notBefore = new Date(Math.min(Date.now(), ends) - day);
  const fields = subject.map((field) => ({
    ...field,
    valueTagClass: forge.asn1.Type.UTF8 as unknown as forge.asn1.Class,
  }));
  certificate.setSubject(fields);
  certificate.setIssuer(fields);
  certificate.setExtensions(extensions);
  certificate.sign(forgeSigner(privateKey), forge.md.sha256.create());
  const cert = forge.pki.certificateToPem(certificate).replaceAll("\r\n", "\n");
  return { cert, key, pem: `${cert}${key}` };
}

/** A push certificate for `topic`, its UID in the subject as Apple's have it, self-signed and made now. */
export function pushCertificate(topic: string, options: { readonly days?: number } = {}): CertificateAndKey {
  const subject = [
    { type: userId, value: topic },
    { type: commonName, value: `APSP:${topic.split(".").at(-1) ?? topic}` },
    { type: country, value: "US" },
  ];
  return selfSigned(subject, [{ name: "extKeyUsage", clientAuth: true }], options.days ?? 365);
}

/** A certificate for a server on this machine's loopback, and at the other names and addresses given; its own root. */
export function loopbackCertificate(name: string, hosts: readonly string[] = []): CertificateAndKey {
  const altNames = [...new Set(["localhost", "127.0.0.1", "::1", ...hosts])].map((host) =>
    isIP(host) === 0 ? { type: 2, value: host } : { type: 7, ip: host },
  );
  return selfSigned(
    [{ type: commonName, value: name }],
    [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames },
    ],
    30,
  );
}
