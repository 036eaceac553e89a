/**
 * Hashes of passwords: scrypt (RFC 7914), with its parameters and salt in the text, so that a later version may raise the cost and
 * still read what is there. N = 2^17, r = 8, p = 1 is what OWASP names: 128 MiB and some tenths of a second for each guess.
 */
import { scrypt, timingSafeEqual } from "node:crypto";

/** log2 of N. */
export const PASSWORD_COST = 17;
const BLOCK = 8;
const LENGTH = 32;
/** Twice what the usual cost takes. A stored text that asks for more is not ours. */
const MOST_MEMORY = 256 * 1024 * 1024;
const FORM = /^scrypt\$(\d{1,2})\$([A-Za-z0-9_-]{22,})\$([A-Za-z0-9_-]{43})$/;

/** The same letters in another Unicode form are the same password: keyboards and systems differ in what they send. */
const bytesOf = (password: string): Buffer => Buffer.from(password.normalize("NFKC"), "utf8");

function derive(password: string, salt: Uint8Array, cost: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(bytesOf(password), salt, LENGTH, { N: 2 ** cost, r: BLOCK, p: 1, maxmem: MOST_MEMORY }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

/** `salt`: 16 random bytes. */
export async function hashPassword(password: string, salt: Uint8Array, cost: number = PASSWORD_COST): Promise<string> {
  const key = await derive(password, salt, cost);
  return `scrypt$${cost}$${Buffer.from(salt).toString("base64url")}$${key.toString("base64url")}`;
}

/** In a time that tells nothing about where they differ. @throws Error where `stored` is no text of `hashPassword` */
export async function passwordMatches(password: string, stored: string): Promise<boolean> {
  const [, cost = "", salt = "", key = ""] = FORM.exec(stored) ?? [];
  if (key === "") throw new Error("a stored password has another form than this version writes");
  const derived = await derive(password, Buffer.from(salt, "base64url"), Number(cost));
  return timingSafeEqual(derived, Buffer.from(key, "base64url"));
}
