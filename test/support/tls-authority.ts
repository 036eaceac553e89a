/** A certificate authority of a test, shaped as the one above Apple's services: a root, an intermediate below it, and servers. */
import { createPublicKey, type KeyObject, randomBytes } from "node:crypto";
import forge from "node-forge";
import { forgeSigner } from "../../simulator/cms.ts";
import { newKeySync } from "../../simulator/keys.ts";

const DAY = 86_400_000;
const CA = [
  { name: "basicConstraints", cA: true, critical: true },
  { name: "keyUsage", keyCertSign: true, critical: true },
];

interface Certified {
  readonly cert: string;
  readonly key: string;
}

interface Wanted {
  readonly name: string;
  readonly issuer: string;
  readonly by: KeyObject;
  readonly of: KeyObject;
  readonly extensions: object[];
  /** In how many days it ends; less than zero: it has. */
  readonly days?: number;
  readonly digest?: "sha1" | "sha256";
}

function certificate({ name, issuer, by, of, extensions, days = 30, digest = "sha256" }: Wanted): string {
  const made = forge.pki.createCertificate();
  made.publicKey = forge.pki.publicKeyFromPem(String(createPublicKey(of).export({ type: "spki", format: "pem" })));
  made.serialNumber = `01${randomBytes(15).toString("hex")}`;
  const ends = Date.now() + days * DAY;
  made.validity.notBefore = new Date(Math.min(Date.now(), ends) - DAY);
  made.validity.notAfter = new Date(ends);
  made.setSubject([{ name: "commonName", value: name }]);
  made.setIssuer([{ name: "commonName", value: issuer }]);
  made.setExtensions(extensions);
  made.sign(forgeSigner(by), forge.md[digest].create());
  return forge.pki.certificateToPem(made).replaceAll("\r\n", "\n");
}

export interface TlsAuthority {
  /** The root alone, PEM. */
  readonly rootPem: string;
  /** A server certificate with the intermediate behind it, and its key. */
  server(host: { readonly name: string; readonly days?: number }): Certified;
}

/** `name`: of the root. It is signed with SHA-1, as Apple's root of 2006 is. */
export function tlsAuthority(name: string): TlsAuthority {
  const [root, below] = [newKeySync(2048), newKeySync(2048)];
  const rootPem = certificate({ name, issuer: name, by: root, of: root, extensions: CA, digest: "sha1" });
  const middle = `${name}, servers`;
  const middlePem = certificate({ name: middle, issuer: name, by: root, of: below, extensions: CA });
  return {
    rootPem,
    server({ name: host, days }) {
      const own = newKeySync(2048);
      const altNames = [{ type: 2, value: host }];
      const cert = certificate({
        name: host,
        issuer: middle,
        by: below,
        of: own,
        extensions: [
          { name: "extKeyUsage", serverAuth: true },
          { name: "subjectAltName", altNames },
        ],
        ...(days === undefined ? {} : { days }),
      });
      return { cert: `${cert}${middlePem}`, key: String(own.export({ type: "pkcs8", format: "pem" })) };
    },
  };
}
