/** The message of a SCEP PKIOperation by GET (RFC 8894, 4.1): base64 in the query, as well as each client escapes it. */

/**
 * The bytes of the query's `message`, decoded once by the router already. Forgiven, since clients do it: a plus that was
 * not escaped and became a space, the URL-safe alphabet, line ends, missing padding, an escape that was made twice. What
 * is no base64 even so gives no bytes, which is no SCEP message.
 */
export function messageInQuery(value: unknown): Uint8Array {
  if (typeof value !== "string") return new Uint8Array();
  const text = unescaped(value)
    .replace(/[\r\n\t]/g, "")
    .replaceAll(" ", "+")
    .replaceAll("-", "+")
    .replaceAll("_", "/");
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? new Uint8Array(Buffer.from(text, "base64")) : new Uint8Array();
}

function unescaped(value: string): string {
  // Base64 has no percent sign.
  if (!value.includes("%")) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return "";
  }
}
