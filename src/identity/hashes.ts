/** Hashes and comparisons of secrets and certificates. */
import { createHash, timingSafeEqual } from "node:crypto";

/** SHA-256 of a certificate (or of any DER), in lower-case hex. */
export function fingerprint(der: Uint8Array): string {
  return createHash("sha256").update(der).digest("hex");
}

/** SHA-256 of a challenge or token in UTF-8, in lower-case hex: what is stored in the secret's place. */
export function hashSecret(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** A secret that fits in URLs and headers: the random bytes in base64url. 16 bytes or more are hard to guess. */
export function makeChallenge(random: Uint8Array): string {
  return Buffer.from(random).toString("base64url");
}

/** Compares two secrets in a time that tells nothing about where, or in what length, they differ. */
export function secretMatches(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text, "utf8").digest();
  return timingSafeEqual(digest(a), digest(b));
}
