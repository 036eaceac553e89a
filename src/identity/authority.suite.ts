/** An authority and keys for tests, made at run time. */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { type Authority, createAuthority, generateAuthorityKey, type KeyPair } from "./authority.ts";

export const NOW = Date.UTC(2026, 7, 1);
export const DAY = 24 * 3_600_000;
/** For openssl: seconds since 1970. */
export const AT_NOW = ["-attime", String(NOW / 1000)] as const;

/** 16 random bytes whose number is positive. */
export function serial(): Uint8Array {
  const bytes = new Uint8Array(randomBytes(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

export async function testAuthority(name = "Test CA"): Promise<Authority> {
  return createAuthority({ name, key: await generateAuthorityKey(), serial: serial(), now: NOW, years: 20 });
}

export function rsaKey(bits = 2048): KeyPair {
  return generateKeyPairSync("rsa", { modulusLength: bits });
}
