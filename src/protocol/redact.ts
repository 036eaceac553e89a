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

/** As status reports name them; broken JSON may also spell a name in escapes. */
const statusNames = /push-?(?:token|magic)/i;
const startsAsJson = /^(?:\xef\xbb\xbf)?\s*[{[]/;
/** The text of an element that ends as a key does; where it began is not looked for, since broken XML may never say it. */
const keyText = />\s*([^\s<>]+)\s*<\/key/gi;

/** No word boundaries: in a binary property list the bytes beside a name are letters too. */
const holdsName = (text: string): boolean => SECRET_KEYS.some((name) => text.includes(name));

function holdsKey(text: string): boolean {
  for (const [, name = ""] of text.matchAll(keyText)) if (isSecretKey(name)) return true;
  return false;
}

/** Data in data in data is looked into; nothing of Apple's is packed deeper, and a message could be packed 100,000 times. */
const DEEPEST_DATA = 3;

/**
 * The same property list without its secrets: data becomes empty, everything else "[redacted]". Without secrets the very
 * bytes come back unchanged, except for binary ones, which become XML. Profiles and property lists inside data are searched too. Never throws: bytes that are no
 * property list come back unchanged unless they name a secret, and then a note takes their place.
 */
export function redactReport(bytes: Uint8Array): Uint8Array {
  const value = tryParse(bytes);
  if (value !== undefined) return redactMessage(bytes, value);
  return namesSecret(bytes) ? note(bytes) : bytes;
}

/** `redactReport` for a command of an admin: the same keys are secret on the way out. `value`: what the bytes say, where they have been parsed. */
export function redactCommand(bytes: Uint8Array, value?: PlistValue): Uint8Array {
  return value === undefined ? redactReport(bytes) : redactMessage(bytes, value);
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
  return cut(value, DEEPEST_DATA);
}

/** `redactValue` of a dictionary. */
export function redactDict(dict: PlistDict): PlistDict {
  return cutDict(dict, DEEPEST_DATA);
}

/** `data` is how many times data in data is still looked into. Recurses: a property list nests no deeper than 64 levels. */
function cut(value: PlistValue, data: number): PlistValue {
  if (value instanceof Uint8Array) return cutData(value, data);
  if (isArray(value)) {
    const items = value.map((item) => cut(item, data));
    return items.every((item, i) => item === value[i]) ? value : items;
  }
  return isDict(value) ? cutDict(value, data) : value;
}

function cutDict(dict: PlistDict, data: number): PlistDict {
  let kept: Map<string, PlistValue> | undefined;
  for (const [key, value] of dict) {
    const left = isSecretKey(key) ? hidden(value) : cut(value, data);
    if (left === value) continue;
    // Most messages hold no secret: only now is a copy worth its while. A key that is set again keeps its place.
    kept ??= new Map(dict);
    kept.set(key, left);
  }
  return kept ?? dict;
}

/** The value that stands in for a secret; what is hidden already stays the same, so redacting twice changes nothing. */
function hidden(value: PlistValue): PlistValue {
  if (value instanceof Uint8Array) return value.length === 0 ? value : new Uint8Array();
  return REDACTED;
}

/** Data may hold a property list (a profile, signed or not) or a status report (JSON) that holds secrets. */
function cutData(data: Uint8Array, depth: number): Uint8Array {
  if (depth === 0) return holdsPacked(data) || namesSecret(data) ? new Uint8Array() : data;
  // Within a message a binary one may not be more than its bytes say: many of them would be beyond any budget together.
  const value = tryParse(data, { maxNodes: Math.min(data.length, 65_536), maxBytes: 4 * data.length });
  if (value !== undefined) {
    const left = cut(value, depth - 1);
    return left === value ? data : writeXmlPlist(withoutForbidden(left));
  }
  const text = textOf(data);
  const json = startsAsJson.test(text);
  if (json) {
    const parsed = parseJson(data, { bytes: data.length, depth: 64 });
    if ("value" in parsed) {
      const { value: kept, paths } = cutSecrets(parsed.value);
      return paths.length === 0 ? data : new TextEncoder().encode(JSON.stringify(kept));
    }
  }
  const names = text.includes("<key") ? namesSecret(data) : text.startsWith("bplist") && holdsName(text);
  const brokenJson = statusNames.test(text) || (json && (holdsName(text) || text.includes("\\u")));
  return names || brokenJson ? new Uint8Array() : data;
}

/** True where data, packed as deep as is looked into, may be a message itself and could hide a name in its own way. */
function holdsPacked(data: Uint8Array): boolean {
  return isBinaryPlist(data) || startsAsJson.test(textOf(data.subarray(0, 100)));
}

function tryParse(bytes: Uint8Array, limits: PlistLimits = {}): PlistValue | undefined {
  if (!isBinaryPlist(bytes) && !startsAsXml(bytes)) return undefined;
  try {
    return parsePlist(bytes, limits);
  } catch {
    return undefined;
  }
}

/** Most data of a message is a status report or a token: to find by an error that it is no property list takes long. */
function startsAsXml(bytes: Uint8Array): boolean {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at += 1;
  return bytes[at] === "<".charCodeAt(0);
}

function namesSecret(bytes: Uint8Array, depth = 0): boolean {
  const text = textOf(bytes);
  // A character reference could spell any name.
  if (text.includes("&#") || holdsName(text) || holdsKey(text) || statusNames.test(text)) return true;
  if (depth === DEEPEST_DATA) return false;
  // Nothing says that it is data but its looks: what stands around it is broken.
  for (const [, packed = ""] of text.matchAll(/>([^<]+)/g)) {
    if (packed.length >= 24 && namesSecret(Buffer.from(packed, "base64"), depth + 1)) return true;
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
