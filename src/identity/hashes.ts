/** Hashes and comparisons of secrets and certificates. */
import { createHash, hash, timingSafeEqual } from "node:crypto";

/** SHA-256 of a certificate (or of any DER), in lower-case hex. */
export function fingerprint(der: Uint8Array): string {
  return hash("sha256", der, "hex");
}

/** SHA-256 of a text in UTF-8, in lower-case hex. */
export const hashText = (text: string): string => hash("sha256", text, "hex");

/** The same of a challenge or token: what is stored in the secret's place. */
export const hashSecret = (text: string): string => hashText(text);

/** A secret that fits in URLs and headers: the random bytes in base64url. 16 bytes or more are hard to guess. */
export function makeChallenge(random: Uint8Array): string {
  return Buffer.from(random).toString("base64url");
}

/** Compares two secrets in a time that tells nothing about where, or in what length, they differ. */
export function secretMatches(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text, "utf8").digest();
  return timingSafeEqual(digest(a), digest(b));
}
