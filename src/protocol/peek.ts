/** What can be seen of an answer that can't be read. */

/**
 * The CommandUUID that stands in the bytes of a broken or too large XML report, wherever; undefined where there is none.
 * It proves nothing: it is good for finding a command that is waited for, and for nothing else.
 */
export function peekCommandUuid(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes).toString("latin1");
  return /<key>\s{0,20}CommandUUID\s{0,20}<\/key>\s{0,100}<string>([^<]{1,200})<\/string>/.exec(text)?.[1]?.trim();
}

/** Only the ends of a large message are looked at. */
const LOOKED_AT = 32 * 1024;

/**
 * What the sender of an XML message calls itself (UDID, or EnrollmentID of a user enrollment), where nothing is proved or the
 * message can't be read; undefined where it does not say. It is a claim, good for showing it to a person.
 */
export function peekAppleId(bytes: Uint8Array): string | undefined {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ends = all.length <= 2 * LOOKED_AT ? [all] : [all.subarray(0, LOOKED_AT), all.subarray(-LOOKED_AT)];
  const text = ends.map((part) => part.toString("latin1")).join("\0");
  return /<key>(?:UDID|EnrollmentID)<\/key>\s{0,100}<string>([^<]{1,100})<\/string>/.exec(text)?.[1]?.trim();
}
