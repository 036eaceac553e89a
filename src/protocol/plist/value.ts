/**
 * The values of an Apple property list. Integers and reals are apart, as on the wire: an integer is a bigint, a real is
 * a plain object (so every value survives `structuredClone`). A dictionary is a Map, in the order of the document.
 */
export interface PlistReal {
  readonly real: number;
}

export type PlistDict = ReadonlyMap<string, PlistValue>;

export type PlistValue = string | bigint | boolean | PlistReal | Date | Uint8Array | readonly PlistValue[] | PlistDict;

/** Name of a value's kind as Apple's format spells its element; true and false are both `boolean`. */
export type PlistKind = "string" | "integer" | "real" | "boolean" | "date" | "data" | "array" | "dict";

export function isDict(value: PlistValue | undefined): value is PlistDict {
  return value instanceof Map;
}

export function isArray(value: PlistValue | undefined): value is readonly PlistValue[] {
  return Array.isArray(value);
}

export function isReal(value: PlistValue | undefined): value is PlistReal {
  return typeof value === "object" && "real" in value && typeof value.real === "number";
}

export function kindOf(value: PlistValue): PlistKind {
  if (typeof value === "string") return "string";
  if (typeof value === "bigint") return "integer";
  if (typeof value === "boolean") return "boolean";
  if (value instanceof Date) return "date";
  if (value instanceof Uint8Array) return "data";
  if (isArray(value)) return "array";
  return isDict(value) ? "dict" : "real";
}

/** Deepest nesting we read or write: the top value is level 1. No message of Apple's comes near it. */
export const MAX_DEPTH = 64;
