/** The secret in an enrollment link's address: of letters and digits only, so that it survives mail programs and a wall. */

/** Digits and lower-case letters without i, l, o and u (Crockford's base 32). */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH = 26;
/** Random bytes that a token is made of; 5 bits of each count, 130 in all. */
export const LINK_TOKEN_BYTES = LENGTH;

export function makeLinkToken(random: Uint8Array): string {
  if (random.length !== LINK_TOKEN_BYTES) throw new Error("a link's token takes 26 random bytes");
  return Array.from(random, (byte) => ALPHABET[byte & 31]).join("");
}

/** The token as it was made, whatever case it is typed in and with what looks alike; undefined for what can be none. */
export function readLinkToken(text: string): string | undefined {
  const token = text.toLowerCase().replaceAll("o", "0").replaceAll(/[il]/g, "1");
  return /^[0-9a-hjkmnp-tv-z]{26}$/.test(token) ? token : undefined;
}
