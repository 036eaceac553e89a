/** By what lists sort and search, as text and numbers that every database orders alike. */

/** Characters of a key: a database's index has no room for longer ones. */
const LONGEST = 200;

/**
 * Text without case, accents and control characters: equal for what a reader takes as the same. In the order of its code points, digits
 * come before letters. Only the first 200 characters count. Null: there is no text.
 */
export function textKey(text: string | null): string | null {
  if (text === null) return null;
  const plain = text
    .toWellFormed()
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/\p{Cc}/gu, " ")
    // The same letter as "σ", at the end of a word.
    .replaceAll("ς", "σ");
  return Array.from(plain.slice(0, 2 * LONGEST))
    .slice(0, LONGEST)
    .join("");
}

/** In code points, as databases count. */
export const lengthOf = (text: string): number => Array.from(text).length;

/** Parts of a version that count (those that Apple's have), and below which number each stays. */
const PARTS = 4;
const BELOW = 1000;

/** An OS version as a number: 26.1 is the same as 26.1.0, and 26.10 comes after 26.9. Null: it is none. */
export function versionKey(version: string | null): number | null {
  if (version === null || !/^\d{1,9}(\.\d{1,9}){0,5}$/.test(version)) return null;
  const parts = version.split(".").map((part) => Math.min(Number(part), BELOW - 1));
  return Array.from({ length: PARTS }, (_none, n) => parts[n] ?? 0).reduce((key, part) => key * BELOW + part, 0);
}
