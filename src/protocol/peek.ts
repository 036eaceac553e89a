/** What can be seen of an answer that can't be read. */

/**
 * The CommandUUID that stands in the bytes of a broken or too large XML report, wherever; undefined where there is none.
 * It proves nothing: it is good for finding a command that is waited for, and for nothing else.
 */
export function peekCommandUuid(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes).toString("latin1");
  return /<key>\s{0,20}CommandUUID\s{0,20}<\/key>\s{0,100}<string>([^<]{1,200})<\/string>/.exec(text)?.[1]?.trim();
}
