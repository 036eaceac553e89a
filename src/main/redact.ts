/** Cuts secrets out of what is logged: by the name of the key they lie under, at any depth, and by their looks. */

export const REDACTED = "[redacted]";
const DEEPEST = 8;

const SECRET_WORDS =
  /token|secret|pass(word|phrase|code|wd)|challenge|authorization|cookie|credential|pushmagic|privatekey|pfx|pkcs12|^pin$/;
// Every other name that ends in "key" is taken for a secret, so that a new kind of key needs no new word here.
const HARMLESS_KEYS = /(product|public|primary|idempotency)key$/;

function isSecretName(name: string): boolean {
  const plain = name
    .slice(-LONGEST_NAME)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "");
  return SECRET_WORDS.test(plain) || (/keys?$/.test(plain) && !HARMLESS_KEYS.test(plain));
}

/** Of one text; a stack is shorter. What a stranger wrote is never searched, or logged, beyond it. */
const LONGEST_TEXT = 16 * 1024;
const LONGEST_NAME = 100;
/** Of one list or object, so that a line stays a line. */
const MOST_ENTRIES = 1000;

/** A text of any length: cut first, so that no pattern sees more than that. */
function redactText(text: string): string {
  if (text.length <= LONGEST_TEXT) return redactShort(text);
  const kept = redactShort(text.slice(0, LONGEST_TEXT));
  // The cut may have parted a password from the @ that shows that it is one.
  const safe = kept.replace(/(:\/\/[^\s/?#:@]*):[^\s/?#@]*$/, `$1:${REDACTED}`);
  return `${safe}… [${text.length - LONGEST_TEXT} characters more]`;
}

function redactShort(text: string): string {
  return cutPrivateKeys(text)
    .replaceAll(/(:\/\/[^\s/?#:@]*):[^\s/?#@]*@/g, `$1:${REDACTED}@`)
    .replaceAll(/\b(Bearer|Basic) +[^\s"']+/gi, `$1 ${REDACTED}`);
}

const BEGIN = "-----BEGIN ";
const END = "-----END ";
const DASHES = "-----";

/** Private keys in PEM, whole or without their end. */
function cutPrivateKeys(text: string): string {
  const kept: string[] = [];
  let done = 0;
  for (let at = text.indexOf(BEGIN); at !== -1; at = text.indexOf(BEGIN, at)) {
    const begin = at;
    at = after(text, DASHES, begin + BEGIN.length);
    if (!text.slice(begin, at).includes("PRIVATE KEY")) continue;
    at = after(text, DASHES, after(text, END, at));
    kept.push(text.slice(done, begin), REDACTED);
    done = at;
  }
  return done === 0 ? text : [...kept, text.slice(done)].join("");
}

/** Where the next of `mark` ends; the end of the text where there is none. */
function after(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at === -1 ? text.length : at + mark.length;
}

/** Of the operating system: not an internal fault, and its stack helps nobody. */
const NO_ROOM: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT"]);

function redactError(error: Error, depth: number, above: readonly object[]): object {
  const full = NO_ROOM.has((error as { code?: unknown }).code);
  const stack = full ? {} : { stack: redactText(error.stack ?? "") };
  const known = { name: error.name, message: redactText(error.message), ...stack };
  const cause = error.cause === undefined ? {} : { cause: redact(error.cause, depth + 1, above) };
  return { ...redactEntries(Object.entries(error), depth, above), ...known, ...cause };
}

function redactEntries(entries: Iterable<[unknown, unknown]>, depth: number, above: readonly object[]): object {
  const shown: Record<string, unknown> = {};
  let count = 0;
  for (const [key, value] of entries) {
    if (++count > MOST_ENTRIES) {
      shown["…"] = "[more entries]";
      break;
    }
    const name = redactText(String(key));
    shown[name] = isSecretName(name) && value !== undefined ? REDACTED : redact(value, depth + 1, above);
  }
  return shown;
}

function redactItems(items: Iterable<unknown>, depth: number, above: readonly object[]): unknown[] {
  const shown: unknown[] = [];
  for (const item of items) {
    if (shown.length === MOST_ENTRIES) return [...shown, "[more items]"];
    shown.push(redact(item, depth + 1, above));
  }
  return shown;
}

function redact(value: unknown, depth: number, above: readonly object[]): unknown {
  if (typeof value === "string") return redactText(value);
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "invalid date" : value.toISOString();
  if (value instanceof URL) return redactText(value.origin + value.pathname);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (above.includes(value)) return "[circular]";
  if (depth > DEEPEST) return "[too deep]";
  const path = [...above, value];
  if (value instanceof Error) return redactError(value, depth, path);
  if (value instanceof Map) return redactEntries(value as Map<unknown, unknown>, depth, path);
  if (Array.isArray(value) || value instanceof Set) return redactItems(value, depth, path);
  return redactEntries(Object.entries(value), depth, path);
}

/** A copy that can be logged: secrets replaced, bytes by their number, errors with stack and cause. Always plain data. */
export function redactFields(fields: object): object {
  return redactEntries(Object.entries(fields), 0, [fields]);
}
