/** Ciphers that SCEP clients seal their requests with, all in CBC mode. */
import { createCipheriv, createDecipheriv } from "node:crypto";

interface CipherForm {
  readonly oid: string;
  /** Name in node:crypto. */
  readonly node: string;
  readonly keyBytes: number;
  readonly ivBytes: number;
}

export const CIPHERS = {
  aes128: { oid: "2.16.840.1.101.3.4.1.2", node: "aes-128-cbc", keyBytes: 16, ivBytes: 16 },
  aes192: { oid: "2.16.840.1.101.3.4.1.22", node: "aes-192-cbc", keyBytes: 24, ivBytes: 16 },
  aes256: { oid: "2.16.840.1.101.3.4.1.42", node: "aes-256-cbc", keyBytes: 32, ivBytes: 16 },
  des3: { oid: "1.2.840.113549.3.7", node: "des-ede3-cbc", keyBytes: 24, ivBytes: 8 },
  /** OpenSSL 3 has no single DES any more; three times the same key makes triple DES the same cipher. */
  des: { oid: "1.3.14.3.2.7", node: "des-ede3-cbc", keyBytes: 8, ivBytes: 8 },
} as const satisfies Record<string, CipherForm>;

export type CipherName = keyof typeof CIPHERS;

const names = Object.keys(CIPHERS) as CipherName[];

/** The cipher with this object identifier. */
export function cipherNamed(oid: string): CipherName | undefined {
  return names.find((name) => CIPHERS[name].oid === oid);
}

const keyFor = (name: CipherName, key: Uint8Array): Uint8Array =>
  name === "des" ? Buffer.concat([key, key, key]) : key;

export function encrypt(name: CipherName, key: Uint8Array, iv: Uint8Array, plain: Uint8Array): Uint8Array {
  const cipher = createCipheriv(CIPHERS[name].node, keyFor(name, key), iv);
  return new Uint8Array(Buffer.concat([cipher.update(plain), cipher.final()]));
}

/** Throws on a key or iv of another length and on bad padding. */
export function decrypt(name: CipherName, key: Uint8Array, iv: Uint8Array, sealed: Uint8Array): Uint8Array {
  if (key.length !== CIPHERS[name].keyBytes) throw new Error("a key of another length");
  const cipher = createDecipheriv(CIPHERS[name].node, keyFor(name, key), iv);
  return new Uint8Array(Buffer.concat([cipher.update(sealed), cipher.final()]));
}
