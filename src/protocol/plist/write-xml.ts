/** Writer of XML property lists: deterministic, tabs and line feeds as Apple's own writer, base64 on one line. */
import { UptickError } from "../../errors/index.ts";
import { formatDate, inIntegerRange } from "./scalars.ts";
import { isArray, isDict, MAX_DEPTH, type PlistValue } from "./value.ts";

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
`;

/** What XML 1.0 can't carry, escaped or not: control characters, lone surrogates, U+FFFE and U+FFFF. */
const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
const EVERY_NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** The value with U+FFFD for every character that XML can't carry; a binary property list may hold such. */
export function withoutForbidden(value: PlistValue): PlistValue {
  if (typeof value === "string") return value.replaceAll(EVERY_NOT_XML, "\ufffd");
  if (isArray(value)) return value.map(withoutForbidden);
  if (!isDict(value)) return value;
  return new Map(Array.from(value, ([key, item]) => [key.replaceAll(EVERY_NOT_XML, "\ufffd"), withoutForbidden(item)]));
}

/**
 * Writes a value as an XML property list in UTF-8. Milliseconds of dates are dropped: Apple's format has whole seconds.
 * @throws UptickError `plist-invalid` for what the format can't hold: non-finite reals, integers beyond 64 bits, invalid
 * dates, characters XML forbids; `plist-too-large` for more than 64 levels.
 */
export function writeXmlPlist(value: PlistValue): Uint8Array {
  const out: string[] = [HEAD];
  write(value, 0, out);
  out.push("</plist>\n");
  return new Uint8Array(Buffer.from(out.join(""), "utf8"));
}

function write(value: PlistValue, level: number, out: string[]): void {
  const indent = "\t".repeat(level);
  if (isDict(value) || isArray(value)) {
    if (level >= MAX_DEPTH)
      throw new UptickError("plist-too-large", `The value nests deeper than ${MAX_DEPTH} levels.`);
    const name = isDict(value) ? "dict" : "array";
    if ((isDict(value) ? value.size : value.length) === 0) {
      out.push(`${indent}<${name}/>\n`);
      return;
    }
    out.push(`${indent}<${name}>\n`);
    if (isDict(value)) {
      for (const [key, item] of value) {
        out.push(`${indent}\t<key>${escape(key)}</key>\n`);
        write(item, level + 1, out);
      }
    } else for (const item of value) write(item, level + 1, out);
    out.push(`${indent}</${name}>\n`);
    return;
  }
  out.push(`${indent}${leaf(value)}\n`);
}

function leaf(value: Exclude<PlistValue, readonly PlistValue[] | ReadonlyMap<string, PlistValue>>): string {
  if (typeof value === "string") return `<string>${escape(value)}</string>`;
  if (typeof value === "boolean") return value ? "<true/>" : "<false/>";
  if (typeof value === "bigint") {
    if (!inIntegerRange(value)) throw new UptickError("plist-invalid", `The integer ${value} has more than 64 bits.`);
    return `<integer>${value}</integer>`;
  }
  if (value instanceof Date) {
    const text = formatDate(value);
    if (text === undefined) throw new UptickError("plist-invalid", "A date is invalid or beyond the year 9999.");
    return `<date>${text}</date>`;
  }
  if (value instanceof Uint8Array) return `<data>${Buffer.from(value).toString("base64")}</data>`;
  if (!Number.isFinite(value.real)) throw new UptickError("plist-invalid", `The real ${value.real} is not finite.`);
  const digits = Object.is(value.real, -0) ? "-0" : String(value.real);
  return `<real>${/[.e]/.test(digits) ? digits : `${digits}.0`}</real>`;
}

function escape(text: string): string {
  if (NOT_XML.test(text)) throw new UptickError("plist-invalid", "A string holds a character that XML forbids.");
  // A bare carriage return would be read back as a line feed.
  return text.replace(/[&<>\r]/g, (c) => (c === "&" ? "&amp;" : c === "<" ? "&lt;" : c === ">" ? "&gt;" : "&#13;"));
}
