/** Values for the API: what fits a schema of the OpenAPI document, and what fits none. */
import fc from "fast-check";

/** What is read of a schema. */
export interface ApiSchema {
  readonly $ref?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly ApiSchema[];
  readonly oneOf?: readonly ApiSchema[];
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, ApiSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: ApiSchema | boolean;
  readonly items?: ApiSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly format?: string;
}

/** Stands in a value for text that is JSON and no value of JavaScript: `written` puts it there. */
const RAW = "@@raw:";

/** JSON of a value that may have raw parts. */
export const written = (value: unknown): string =>
  (JSON.stringify(value) ?? "").replaceAll(
    /"@@raw:((?:[^"\\]|\\.)*)"/g,
    (_whole, text: string) => JSON.parse(`"${text}"`) as string,
  );

/** Names that every object has, or that mean something to somebody. */
export const NAMES = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "",
  " ",
  "$ref",
  "a.b",
  "x\u0000y",
];

/** Texts that a parser, a query, a path, a spreadsheet or a page may stumble over. */
export const TEXTS = [
  "",
  " ",
  "\u0000",
  "..",
  "../../etc/passwd",
  "%00",
  "%zz",
  "' OR 1=1 --",
  "=cmd|' /C calc'!A0",
  "<script>alert(1)</script>",
  "\ud800",
  "\u202egnp.exe",
  "Ω≈ç√∫ 👩‍👩‍👧‍👦",
  "-1",
  "1e999",
  "0x10",
  "9".repeat(400),
  "x".repeat(5000),
  "(".repeat(300),
  `${"not ".repeat(300)}tag = x`,
  ...NAMES,
];

const hostileLeaf = fc.constantFrom<unknown>(
  null,
  true,
  false,
  -1,
  0,
  1.5,
  2 ** 53,
  -(2 ** 63),
  1e308,
  `${RAW}1e999`,
  `${RAW}-0`,
  `${RAW}${"9".repeat(500)}`,
  [],
  {},
  [[]],
  `${RAW}${"[".repeat(40)}${"]".repeat(40)}`,
  `${RAW}{"__proto__":{"admin":true}}`,
  `${RAW}{"a":1,"a":2}`,
  Array.from({ length: 1500 }, (_one, nth) => nth),
  ...TEXTS,
);

/** A value that fits few schemas. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(hostileLeaf, hostileLeaf, fc.jsonValue({ maxDepth: 3 }));

/** Texts that mean something in some field, so that a request gets past its schema. */
const MEANT = [
  "all",
  "26.6.1",
  "latest",
  "iOS=26.6.1,macOS=26.6.2",
  "22:00-05:00",
  "2026-09-01T17:00",
  "2026-09-14",
  "+14d 17:00",
  "Europe/Zurich",
  "platform = macOS",
  "tag = pilot",
  "pilot",
  "iOS",
  "https://example.org/",
];

const textOf = (format: string | undefined, known: readonly string[]): fc.Arbitrary<string> => {
  if (format === "date") return fc.constantFrom("2026-08-30", "2026-09-14", "2026-02-30", "9999-12-31", "0000-00-00");
  if (format === "date-time") return fc.constantFrom("2026-08-21T00:00:00Z", "2026-08-21T00:00:00.000+14:00", "now");
  return fc.oneof(
    fc.constantFrom(...known, ...MEANT),
    fc.constantFrom(...known, ...MEANT),
    fc.string({ maxLength: 30 }),
  );
};

/** Values that fit a schema, nearly always. `resolve` follows a reference; `known` are ids that exist. */
export function fitting(
  schema: ApiSchema,
  resolve: (at: string) => ApiSchema,
  known: readonly string[],
  depth = 0,
): fc.Arbitrary<unknown> {
  const inner = (one: ApiSchema): fc.Arbitrary<unknown> => fitting(one, resolve, known, depth + 1);
  if (schema.$ref !== undefined) return depth > 8 ? fc.constant(null) : inner(resolve(schema.$ref));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map(inner));
  const { type } = schema;
  if (typeof type === "object") return fc.oneof(...type.map((one) => inner({ ...schema, type: one })));
  switch (type) {
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "integer":
      return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 2 ** 31 });
    case "number":
      return fc.double({ min: schema.minimum ?? 0, max: schema.maximum ?? 100, noNaN: true });
    case "string":
      return textOf(schema.format, known);
    case "array":
      return fc.array(inner(schema.items ?? {}), { maxLength: 3 });
    case "object":
      return schema.properties === undefined
        ? fc.dictionary(
            fc.constantFrom("iOS", "macOS", "a", "b"),
            inner(schema.additionalProperties === true ? {} : schema.additionalProperties || {}),
            { maxKeys: 3 },
          )
        : fc.record(
            Object.fromEntries(Object.entries(schema.properties).map(([name, field]) => [name, inner(field)])),
            { requiredKeys: [...(schema.required ?? [])] },
          );
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

/** One change to a value. */
export interface ValueEdit {
  /** Which of its places, counted around. */
  readonly place: number;
  readonly how: "replace" | "remove" | "add";
  readonly name: string;
  readonly value: unknown;
}

export const valueEdit: fc.Arbitrary<ValueEdit> = fc.record({
  place: fc.nat(1000),
  how: fc.constantFrom("replace", "replace", "remove", "add"),
  name: fc.constantFrom(...NAMES, "extra", "allowMayor"),
  value: hostileValue,
});

function placesOf(value: unknown, at: readonly string[] = []): (readonly string[])[] {
  const inner = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return [at, ...inner.flatMap(([key, one]) => placesOf(one, [...at, key]))];
}

/** The value with the edit done; the value itself stays. */
export function edited(value: unknown, { place, how, name, value: other }: ValueEdit): unknown {
  const places = placesOf(value);
  const path = places[place % places.length] ?? [];
  const change = (node: unknown, [key, ...rest]: readonly string[]): unknown => {
    if (key !== undefined) {
      const copy = (Array.isArray(node) ? [...node] : { ...(node as object) }) as Record<string, unknown>;
      if (rest.length === 0 && how === "remove") delete copy[key];
      else copy[key] = change(copy[key], rest);
      return copy;
    }
    if (how !== "add" || typeof node !== "object" || node === null) return other;
    // An own field, also where the name is that of the prototype.
    return Object.defineProperty({ ...node }, name, { value: other, enumerable: true });
  };
  return change(value, path);
}
