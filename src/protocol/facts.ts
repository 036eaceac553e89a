/** Values of property lists as JSON, for what is shown and stored as such. */
import { isArray, isDict, type PlistDict, type PlistValue } from "./plist/value.ts";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** The facts a device told, by Apple's key. */
export type Facts = { readonly [key: string]: Json };

/**
 * Turns an answer (DeviceInformation's QueryResponses, SecurityInfo) into JSON. Every key survives, known or not: integers
 * become numbers (text beyond 2^53), dates ISO text in UTC, data only its size ("[data 32 bytes]").
 */
export function factsOf(dict: PlistDict): Facts {
  // Through entries: a key such as "__proto__" must become an own property like any other.
  return Object.fromEntries(Array.from(dict, ([key, value]) => [key, jsonOf(value)]));
}

/** One value of a property list as JSON; see `factsOf`. */
export function jsonOf(value: PlistValue): Json {
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "[invalid date]" : value.toISOString();
  if (value instanceof Uint8Array) return `[data ${value.length} bytes]`;
  if (isArray(value)) return value.map(jsonOf);
  if (isDict(value)) return factsOf(value);
  return Number.isFinite(value.real) ? value.real : String(value.real);
}
