/** A device's answer for people: its property list as indented lines. */
import { isArray, isDict, isReal, parseXmlPlist, type PlistValue } from "../protocol/index.ts";
import { clean, cleanLines } from "./clean.ts";

/** Keys that say nothing a person asked for. */
const SILENT: ReadonlySet<string> = new Set(["CommandUUID", "UDID", "EnrollmentID"]);

/** Lines that a terminal can be given; bytes that are no XML property list as they are. */
export function plistWords(bytes: Uint8Array): string[] {
  try {
    return linesOf(parseXmlPlist(bytes), "", SILENT);
  } catch {
    return [cleanLines(new TextDecoder().decode(bytes)).trimEnd()];
  }
}

function linesOf(value: PlistValue, indent: string, silent: ReadonlySet<string> = new Set()): string[] {
  if (isDict(value)) {
    const entries = [...value].filter(([key]) => !silent.has(key));
    const width = Math.max(0, ...entries.map(([key]) => clean(key).length));
    return entries.flatMap(([key, inner]) => {
      const name = `${indent}${clean(key)}`;
      return isDict(inner) || isArray(inner)
        ? [name, ...linesOf(inner, `${indent}  `)]
        : [`${name.padEnd(indent.length + width)}  ${wordOf(inner)}`];
    });
  }
  if (!isArray(value)) return [`${indent}${wordOf(value)}`];
  if (value.length === 0) return [`${indent}(none)`];
  return value.flatMap((item) => {
    const lines = linesOf(item, `${indent}  `);
    return [`${indent}- ${(lines[0] ?? "").trimStart()}`, ...lines.slice(1)];
  });
}

function wordOf(value: PlistValue): string {
  if (typeof value === "string") return clean(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (value instanceof Uint8Array) return `(${value.length} bytes)`;
  if (value instanceof Date) return value.toISOString();
  if (isReal(value)) return String(value.real);
  return typeof value === "bigint" ? String(value) : "";
}
