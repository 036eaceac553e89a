/** What can be seen of an answer that can't be read. */

const NAME = "CommandUUID";
/** Characters before and after the name that are looked at: tags, blanks, and a value that is longer than a UUID's 36. */
const BEFORE = 30;
const AFTER = 400;
const LONGEST = 200;

/**
 * The CommandUUID that stands in the bytes of a broken or too large XML report, wherever; undefined where there is none.
 * It proves nothing: it is good for finding a command that is waited for, and for nothing else.
 */
export function peekCommandUuid(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes).toString("latin1");
  for (let at = text.indexOf(NAME); at !== -1; at = text.indexOf(NAME, at + NAME.length)) {
    const before = text.slice(Math.max(0, at - BEFORE), at).trimEnd();
    const after = text.slice(at + NAME.length, at + NAME.length + AFTER);
    const value = /^\s*<\/key>\s*<string>([^<]+)<\/string>/.exec(after)?.[1]?.trim();
    if (before.endsWith("<key>") && value !== undefined && value.length <= LONGEST) return value;
  }
  return undefined;
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
