/** Typed reading of a dictionary: what is missing or of another type is named in the error. */
import { type ErrorCode, UptickError } from "../../errors/index.ts";
import { isArray, isDict, isReal, kindOf, type PlistDict, type PlistValue } from "./value.ts";

/** What reading a key of each kind gives. */
interface ReadValues {
  readonly string: string;
  readonly integer: bigint;
  readonly boolean: boolean;
  readonly data: Uint8Array;
  readonly date: Date;
  readonly real: number;
  readonly array: readonly PlistValue[];
  readonly dict: PlistDict;
}

export type ReadableKind = keyof ReadValues;
export type ReadValue<K extends ReadableKind> = ReadValues[K];

/** How each kind of key is taken from a value; undefined where the value is of another kind. */
const takes: { readonly [K in ReadableKind]: (value: PlistValue) => ReadValues[K] | undefined } = {
  string: (value) => (typeof value === "string" ? value : undefined),
  integer: (value) => (typeof value === "bigint" ? value : undefined),
  // The integers 0 and 1 are taken too: iOS 11.3 wrote IsDownloaded so.
  boolean: (value) => (typeof value === "boolean" ? value : value === 0n ? false : value === 1n ? true : undefined),
  data: (value) => (value instanceof Uint8Array ? value : undefined),
  date: (value) => (value instanceof Date ? value : undefined),
  // An integer is taken too: devices write a whole number either way.
  real: (value) => (isReal(value) ? value.real : typeof value === "bigint" ? Number(value) : undefined),
  array: (value) => (isArray(value) ? value : undefined),
  dict: (value) => (isDict(value) ? value : undefined),
};

export class DictReader {
  readonly dict: PlistDict;
  private readonly where: string;
  private readonly code: ErrorCode;

  /** `where` names the dictionary in errors, e.g. "TokenUpdate". Errors are `message-invalid` unless another code is given. */
  constructor(dict: PlistDict, where: string, code: ErrorCode = "message-invalid") {
    this.dict = dict;
    this.where = where;
    this.code = code;
  }

  /** @throws UptickError when the key is missing or of another kind */
  required<K extends ReadableKind>(kind: K, key: string): ReadValue<K> {
    const value = this.optional(kind, key);
    if (value === undefined) throw new UptickError(this.code, `${this.where}: the key ${key} (${kind}) is missing.`);
    return value;
  }

  /** Undefined when the key is missing. @throws UptickError when it is of another kind */
  optional<K extends ReadableKind>(kind: K, key: string): ReadValue<K> | undefined {
    const value = this.dict.get(key);
    if (value === undefined) return undefined;
    const taken = takeAs(kind, value);
    if (taken === undefined) {
      throw new UptickError(this.code, `${this.where}: the key ${key} is ${kindOf(value)}, not ${kind}.`);
    }
    return taken;
  }

  /** Undefined when the key is missing or of another kind: for what a device may get wrong without harm. */
  lenient<K extends ReadableKind>(kind: K, key: string): ReadValue<K> | undefined {
    const value = this.dict.get(key);
    return value === undefined ? undefined : takeAs(kind, value);
  }
}

/** The value as that kind, or undefined when it is of another. */
export function takeAs<K extends ReadableKind>(kind: K, value: PlistValue): ReadValue<K> | undefined {
  return takes[kind](value);
}
