/**
 * Certificates for devices behind a proxy header. Nobody proves a key there, so all of them are of one key that is thrown
 * away; and the CA's is not kept either.
 */
import { createHash, generateKeyPairSync, randomBytes, X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createAuthority, issueIdentity } from "../../../src/identity/index.ts";
import { Refused } from "./options.ts";

const CA_FILE = "ca.pem";
const DAY = 24 * 3_600_000;

/** What most organizations have: with RSA-3072 a server that looks at the CA's signature each time is half as fast. */
const rsa = () => generateKeyPairSync("rsa", { modulusLength: 2048 });

export interface MadeIdentities {
  /** PEM */
  readonly ca: string;
  readonly certificates: readonly X509Certificate[];
}

export async function makeIdentities(count: number): Promise<MadeIdentities> {
  const now = Date.now();
  const serial = () => new Uint8Array(randomBytes(16));
  const key = rsa();
  const authority = await createAuthority({ name: "Bench CA", key, serial: serial(), now, years: 2 });
  const publicKey = rsa().publicKey.export({ type: "spki", format: "der" });
  const certificates: X509Certificate[] = [];
  for (let n = 0; n < count; n += 1) {
    const subject = `Bench device ${n + 1}`;
    const times = { notBefore: now - DAY, notAfter: now + 365 * DAY };
    certificates.push(
      new X509Certificate(await issueIdentity({ authority, publicKey, subject, serial: serial(), ...times })),
    );
  }
  return { ca: authority.certificatePem, certificates };
}

/** `ca.pem`, which the server is to trust, and a file for each device. Nothing is written over. @throws Refused */
export function writeIdentities(folder: string, { ca, certificates }: MadeIdentities): void {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new Refused(`${folder} is not empty: identities are made in a folder of their own.`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, CA_FILE), ca);
  for (const [n, certificate] of certificates.entries())
    writeFileSync(join(folder, `device-${String(n + 1).padStart(4, "0")}.pem`), certificate.toString());
}

/** Every `.pem` of the folder but `ca.pem`, in the order of their names. @throws Refused */
export function readIdentities(folder: string, count: number): X509Certificate[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (cause) {
    throw new Refused(`The folder of --identities can't be read: ${(cause as Error).message}`, { cause });
  }
  const files = names.filter((name) => name.endsWith(".pem") && name !== CA_FILE).toSorted();
  if (files.length < count)
    throw new Refused(`${folder} holds ${files.length} certificates; ${count} connections need as many.`);
  return files.slice(0, count).map((name) => {
    try {
      return new X509Certificate(readFileSync(join(folder, name)));
    } catch (cause) {
      throw new Refused(`${join(folder, name)} is no certificate in PEM.`, { cause });
    }
  });
}

/** What the device calls itself: the same for the same certificate, since a server binds one to the other. */
export function udidOf(certificate: X509Certificate): string {
  const hex = createHash("sha256").update(certificate.raw).digest("hex").toUpperCase();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}
