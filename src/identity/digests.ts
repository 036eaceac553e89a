/** Digests that SCEP messages are signed with, under node:crypto's names. */
export const DIGESTS = {
  sha1: "1.3.14.3.2.26",
  sha256: "2.16.840.1.101.3.4.2.1",
  sha384: "2.16.840.1.101.3.4.2.2",
  sha512: "2.16.840.1.101.3.4.2.3",
} as const;

export type DigestName = keyof typeof DIGESTS;

const names = Object.keys(DIGESTS) as DigestName[];

/** The digest with this object identifier. */
export function digestNamed(oid: string): DigestName | undefined {
  return names.find((name) => DIGESTS[name] === oid);
}

/** RSA signature algorithms name their digest; certificate requests are signed with one of these. */
const RSA_SIGNATURES: Readonly<Record<string, DigestName>> = {
  "1.2.840.113549.1.1.5": "sha1",
  "1.2.840.113549.1.1.11": "sha256",
  "1.2.840.113549.1.1.12": "sha384",
  "1.2.840.113549.1.1.13": "sha512",
};

export function digestOfRsaSignature(oid: string): DigestName | undefined {
  return Object.hasOwn(RSA_SIGNATURES, oid) ? RSA_SIGNATURES[oid] : undefined;
}
