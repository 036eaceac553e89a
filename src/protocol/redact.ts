/** Cuts secrets out of what devices and admins send, before it is kept, shown or exported. */
import { cutSecrets } from "./declarations/cut-secrets.ts";
import { parseJson } from "./declarations/json.ts";
import { parsePlist } from "./plist/parse.ts";
import { isBinaryPlist } from "./plist/parse-binary.ts";
import type { PlistLimits } from "./plist/parse-xml.ts";
import { isArray, isDict, type PlistDict, type PlistValue } from "./plist/value.ts";
import { withoutForbidden, writeXmlPlist } from "./plist/write-xml.ts";
import { isSecretKey, SECRET_KEYS } from "./secret-keys.ts";

export const REDACTED = "[redacted]";

const names = SECRET_KEYS.join("|");
/** As status reports name them; broken JSON may also spell a name in escapes. */
const statusNames = /push-?(?:token|magic)/i;
const startsAsJson = /^(?:\xef\xbb\xbf)?\s*[{[]/;
const keyElement = new RegExp(`<key[^>]*>\\s*(?:${names})\\s*</key`, "i");
// No word boundaries: in a binary property list the bytes beside a name are letters too.
const anyName = new RegExp(names);

/**
 * The same property list without its secrets: data becomes empty, everything else "[redacted]". Without secrets the very
 * bytes come back unchanged, but for binary ones, which become XML. Profiles and property lists inside data are searched too. Never throws: bytes that are no
 * property list come back unchanged unless they name a secret, and then a note takes their place.
 */
export function redactReport(bytes: Uint8Array): Uint8Array {
  const value = tryParse(bytes);
  if (value !== undefined) return redactMessage(bytes, value);
  return namesSecret(bytes) ? note(bytes) : bytes;
}

/** `redactReport` for a command of an admin: the same keys are secret on the way out. */
export function redactCommand(bytes: Uint8Array): Uint8Array {
  return redactReport(bytes);
}

/**
 * `redactReport` where the bytes have been parsed already. A binary message is kept as XML in any case: it is what people
 * are shown, and a secret that is cut out must not stay behind in an object that nothing uses any more.
 */
export function redactMessage(bytes: Uint8Array, value: PlistValue): Uint8Array {
  return isBinaryPlist(bytes) ? writeXmlPlist(withoutForbidden(redactValue(value))) : redactParsed(bytes, value);
}

function redactParsed(bytes: Uint8Array, value: PlistValue): Uint8Array {
  const cut = redactValue(value);
  return cut === value ? bytes : writeXmlPlist(withoutForbidden(cut));
}

/** The value without secrets; the very same value when there are none. */
export function redactValue(value: PlistValue): PlistValue {
  if (value instanceof Uint8Array) return redactData(value);
  if (isArray(value)) {
    const items = value.map(redactValue);
    return items.every((item, i) => item === value[i]) ? value : items;
  }
  return isDict(value) ? redactDict(value) : value;
}

/** `redactValue` of a dictionary. */
export function redactDict(dict: PlistDict): PlistDict {
  let cut: Map<string, PlistValue> | undefined;
  for (const [key, value] of dict) {
    const kept = isSecretKey(key) ? hidden(value) : redactValue(value);
    if (kept === value) continue;
    // Most messages hold no secret: only now is a copy worth its while. A key that is set again keeps its place.
    cut ??= new Map(dict);
    cut.set(key, kept);
  }
  return cut ?? dict;
}

/** The value that stands in for a secret; what is hidden already stays the same, so redacting twice changes nothing. */
function hidden(value: PlistValue): PlistValue {
  if (value instanceof Uint8Array) return value.length === 0 ? value : new Uint8Array();
  return REDACTED;
}

/** Data may hold a property list (a profile, signed or not) or a status report (JSON) that holds secrets. */
function redactData(data: Uint8Array): Uint8Array {
  // Within a message a binary one may not be more than its bytes say: many of them would be beyond any budget together.
  const value = tryParse(data, { maxNodes: Math.min(data.length, 65_536), maxBytes: 4 * data.length });
  if (value !== undefined) return redactParsed(data, value);
  const text = textOf(data);
  const json = startsAsJson.test(text);
  if (json) {
    const parsed = parseJson(data, { bytes: data.length, depth: 64 });
    if ("value" in parsed) {
      const { value: kept, paths } = cutSecrets(parsed.value);
      return paths.length === 0 ? data : new TextEncoder().encode(JSON.stringify(kept));
    }
  }
  const names = text.includes("<key") ? namesSecret(data) : text.startsWith("bplist") && anyName.test(text);
  const brokenJson = statusNames.test(text) || (json && (anyName.test(text) || text.includes("\\u")));
  return names || brokenJson ? new Uint8Array() : data;
}

function tryParse(bytes: Uint8Array, limits: PlistLimits = {}): PlistValue | undefined {
  try {
    return parsePlist(bytes, limits);
  } catch {
    return undefined;
  }
}

/** Data in data in data is looked into; nothing of Apple's is packed deeper. */
const DEEPEST_DATA = 3;

function namesSecret(bytes: Uint8Array, depth = 0): boolean {
  const text = textOf(bytes);
  // A character reference could spell any name.
  if (text.includes("&#") || anyName.test(text) || keyElement.test(text) || statusNames.test(text)) return true;
  if (depth === DEEPEST_DATA) return false;
  // Nothing says that it is data but its looks: what stands around it is broken.
  for (const [, packed = ""] of text.matchAll(/>([^<]{24,})/g)) {
    if (namesSecret(Buffer.from(packed, "base64"), depth + 1)) return true;
  }
  return false;
}

/** Text to search. Without the zero bytes, text in UTF-16 is searched as well. */
function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1").replaceAll("\0", "");
}

function note(bytes: Uint8Array): Uint8Array {
  const text = `[${bytes.length} bytes that are no property list, left out because they may hold a secret]\n`;
  return new Uint8Array(Buffer.from(text, "utf8"));
}
