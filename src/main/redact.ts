/** Cuts secrets out of what is logged: by the name of the key they lie under, at any depth, and by their looks. */

export const REDACTED = "[redacted]";
const DEEPEST = 8;

const SECRET_WORDS =
  /token|secret|pass(word|phrase|code|wd)|challenge|authorization|cookie|credential|pushmagic|privatekey|pfx|pkcs12|^pin$/;
// Every other name that ends in "key" is taken for a secret, so that a new kind of key needs no new word here.
const HARMLESS_KEYS = /(product|public|primary|idempotency)key$/;

function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  return SECRET_WORDS.test(plain) || (/keys?$/.test(plain) && !HARMLESS_KEYS.test(plain));
}

function redactText(text: string): string {
  return text
    .replaceAll(/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g, REDACTED)
    .replaceAll(/\b([a-z][a-z0-9+.-]*:\/\/[^\s/?#:@]*):[^\s/?#@]*@/gi, `$1:${REDACTED}@`)
    .replaceAll(/\b(Bearer|Basic) +[^\s"']+/gi, `$1 ${REDACTED}`);
}

function redactError(error: Error, depth: number, above: readonly object[]): object {
  const known = { name: error.name, message: redactText(error.message), stack: redactText(error.stack ?? "") };
  const cause = error.cause === undefined ? {} : { cause: redact(error.cause, depth + 1, above) };
  return { ...redactEntries(Object.entries(error), depth, above), ...known, ...cause };
}

function redactEntries(entries: Iterable<[unknown, unknown]>, depth: number, above: readonly object[]): object {
  const shown: Record<string, unknown> = {};
  for (const [key, value] of entries) {
    const name = String(key);
    shown[name] = isSecretName(name) && value !== undefined ? REDACTED : redact(value, depth + 1, above);
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
  if (Array.isArray(value) || value instanceof Set) return [...value].map((item) => redact(item, depth + 1, path));
  return redactEntries(Object.entries(value), depth, path);
}

/** A copy that can be logged: secrets replaced, bytes by their number, errors with stack and cause. Always plain data. */
export function redactFields(fields: object): object {
  return redactEntries(Object.entries(fields), 0, [fields]);
}
