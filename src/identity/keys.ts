/** Keys in their bytes. */
import { createPublicKey, type KeyObject } from "node:crypto";

/** SubjectPublicKeyInfo of a public key, DER. */
export function spkiOf(key: KeyObject): Uint8Array {
  return new Uint8Array(key.export({ type: "spki", format: "der" }));
}

/** The public key of a SubjectPublicKeyInfo in DER. Throws on what is none. */
export function publicKeyOf(spki: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.from(spki), type: "spki", format: "der" });
}
