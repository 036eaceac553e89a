/** How the keys of an answer are described, and read without ever throwing. */
import { decodeErrorChain, type ErrorChainItem } from "../error-codes.ts";
import { takeAs } from "../plist/dict-reader.ts";
import { isArray, isDict, type PlistDict, type PlistValue } from "../plist/value.ts";

/** What each kind of key becomes. */
interface Kinds {
  readonly string: string;
  /** Beyond 2^53 the key counts as of another type and lands in `extra`. */
  readonly integer: number;
  readonly real: number;
  readonly boolean: boolean;
  /** Integer ms UTC. */
  readonly date: number;
  readonly strings: readonly string[];
  /** Integer ms UTC each. */
  readonly dates: readonly number[];
  readonly errorChain: readonly ErrorChainItem[];
}

/** One key of an answer: Apple's name and its kind; with `oneOf`, a text we know values of. */
export interface AnswerField {
  readonly key: string;
  readonly kind: keyof Kinds;
  readonly oneOf?: readonly string[];
}

export type AnswerFields = Readonly<Record<string, AnswerField>>;

type FieldValue<F extends AnswerField> = F extends { readonly oneOf: readonly (infer V)[] }
  ? V | { readonly unknown: string }
  : Kinds[F["kind"]];

/**
 * One item of an answer. Looser than the schema: each field may be absent, so that a device which leaves a key out is still
 * understood. Keys we don't know, and those of another type than the schema's, are in `extra`.
 */
export type AnswerItem<F extends AnswerFields> = {
  readonly [K in keyof F]?: FieldValue<F[K]>;
} & {
  readonly extra: PlistDict;
  /** What stood here instead of an item: then no field is set. */
  readonly malformed?: PlistValue;
};

const read: { readonly [K in keyof Kinds]: (value: PlistValue) => Kinds[K] | undefined } = {
  string: (value) => takeAs("string", value),
  // A real number is taken too: old Macs write sizes so. A part of a byte is none.
  integer: (value) => {
    const real = takeAs("real", value);
    const integer = real === undefined ? undefined : Math.round(real) + 0;
    return integer !== undefined && Number.isSafeInteger(integer) ? integer : undefined;
  },
  real: (value) => takeAs("real", value),
  boolean: (value) => takeAs("boolean", value),
  date: (value) => takeAs("date", value)?.getTime(),
  strings: (value) => all(value, (item) => takeAs("string", item)),
  dates: (value) => all(value, (item) => takeAs("date", item)?.getTime()),
  errorChain: decodeErrorChain,
};

function all<T>(value: PlistValue, take: (item: PlistValue) => T | undefined): readonly T[] | undefined {
  if (!isArray(value)) return undefined;
  const items = value.map(take).filter((item) => item !== undefined);
  return items.length === value.length ? items : undefined;
}

/** Reads an array of items under `key`; undefined when the key is absent. A lone dictionary is taken for an array of one. */
export function readItems<F extends AnswerFields>(
  fields: F,
  body: PlistDict,
  key: string,
): AnswerItem<F>[] | undefined {
  const value = body.get(key);
  if (value === undefined) return undefined;
  return (isArray(value) ? value : [value]).map((item) => readItem(fields, item));
}

/** Malformed when it is no dictionary, or no key in it is one we know. */
export function readItem<F extends AnswerFields>(fields: F, value: PlistValue): AnswerItem<F> {
  if (!isDict(value)) return malformed(value);
  const extra = new Map(value);
  const item: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const given = value.get(field.key);
    const taken = given === undefined ? undefined : read[field.kind](given);
    if (taken === undefined) continue;
    extra.delete(field.key);
    const known = field.oneOf === undefined || field.oneOf.some((choice) => choice === taken);
    item[name] = known ? taken : { unknown: taken };
  }
  if (Object.keys(item).length === 0) return malformed(value);
  // The loop above sets exactly the fields that are described, each as its kind says.
  item.extra = extra;
  return item as AnswerItem<F>;
}

function malformed<F extends AnswerFields>(value: PlistValue): AnswerItem<F> {
  const item: Record<string, unknown> = { extra: new Map(), malformed: value };
  return item as AnswerItem<F>;
}
