/** JSON as it stands in declarations and status reports. */
import type { Json } from "../facts.ts";

export type JsonObject = { readonly [key: string]: Json };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isJsonArray(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

/** The own property, so that "constructor" is a key like any other. */
export function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** The same value always gives the same text: keys sorted by code unit, no spaces. Keys that are undefined are left out. */
export function canonicalJson(value: Json): string {
  if (isJsonArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const keys = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .toSorted();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`).join(",")}}`;
}

/** Longer than any path of Apple's. */
const LONGEST_PATH = 200;

/**
 * The path of a key below `path`, never much longer than 200 characters: keys are as long as a stranger makes them, and
 * each of the thousands below one would have it in its path again.
 */
export function below(path: string, key: string): string {
  const at = path === "" ? key : `${path}.${key}`;
  return at.length > LONGEST_PATH ? `${at.slice(0, LONGEST_PATH)}…` : at;
}

export interface JsonLimits {
  /** Bytes of the text. */
  readonly bytes: number;
  /** Arrays and objects within each other; 1 is a flat object. */
  readonly depth: number;
}

export type JsonProblem = "too-large" | "too-deep" | "not-utf-8" | "not-json";

/** JSON of a stranger. Nothing recurses before size and depth are known. */
export function parseJson(bytes: Uint8Array, limits: JsonLimits): { value: Json } | { problem: JsonProblem } {
  if (bytes.length > limits.bytes) return { problem: "too-large" };
  if (nestsDeeper(bytes, limits.depth)) return { problem: "too-deep" };
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return { problem: "not-utf-8" };
  }
  try {
    return { value: JSON.parse(text) as Json };
  } catch {
    return { problem: "not-json" };
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * True for JSON with more arrays and objects within each other than `limit`; a flat object is 1. Reads the bytes once and
 * does not recurse: it counts brackets outside strings. UTF-8 keeps these bytes for themselves, so they need no decoding first.
 */
export function nestsDeeper(bytes: Uint8Array, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (inString) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > limit) return true;
    } else if (byte === 0x5d || byte === 0x7d) depth--;
  }
  return false;
}

/** UTF-8 bytes of a text; a lone surrogate counts as the three of its replacement. */
export function octets(text: string): number {
  return new TextEncoder().encode(text).length;
}
