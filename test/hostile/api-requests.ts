/** Hostile requests for each operation of the OpenAPI document: mostly as it should be, with something wrong. */
import fc from "fast-check";
import { renderOpenApi } from "../../src/contract/index.ts";
import { type ApiSchema, edited, fitting, hostileValue, NAMES, TEXTS, valueEdit, written } from "./api-values.ts";

export interface Operation {
  readonly operationId: string;
  readonly method: string;
  /** With `{name}` for each parameter. */
  readonly path: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: "path" | "query";
    readonly required: boolean;
    readonly schema: ApiSchema;
  }[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: ApiSchema }>>;
    readonly "x-max-bytes": number;
  };
}

const document = renderOpenApi("0");

export const OPERATIONS: readonly Operation[] = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(
    ([method, operation]) => ({ ...(operation as object), method: method.toUpperCase(), path }) as Operation,
  ),
);

const resolve = (at: string): ApiSchema =>
  at
    .slice(2)
    .split("/")
    .reduce((node: unknown, key) => (node as Record<string, unknown>)[key], document) as ApiSchema;

/** One request as it goes out; printable, so that a failure can be read. */
export interface ApiRequest {
  readonly name: string;
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** As Latin-1 where it is bytes; longer bodies are `filled` with blanks. */
  readonly body: string | undefined;
  readonly filled?: number;
  readonly token: "good" | "none" | "guess";
}

/** Encodings that are none, beside those that are. */
const encoded = (text: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 9, arbitrary: fc.constant(encodeURIComponent(text.toWellFormed())) },
    { weight: 1, arbitrary: fc.constantFrom("%zz", "%", "%ff", "%c0%ae%c0%ae", "%2e%2e%2f", "%00", "+", "%25zz") },
  );

/** Each `wait` of a raw command lasts as long as it says. */
const NO_WAIT = "wait";
/** Bodies that are sent longer than the route reads. */
const MOST_FILLED = 1024 * 1024;

function pathOf({ path, parameters = [] }: Operation, known: readonly string[]): fc.Arbitrary<string> {
  const names = parameters.filter((one) => one.in === "path").map(({ name }) => name);
  const one = fc
    .oneof({ weight: 8, arbitrary: fc.constantFrom(...known) }, { weight: 2, arbitrary: fc.constantFrom(...TEXTS) })
    // An empty part is another path.
    .chain((text) => encoded(text === "" ? "-" : text));
  return fc.tuple(...names.map(() => one)).map((values) => {
    let nth = 0;
    return path.replaceAll(/\{[a-z]+\}/gi, () => values[nth++] ?? "-");
  });
}

function queryOf({ parameters = [] }: Operation, known: readonly string[]): fc.Arbitrary<string> {
  const taken = parameters.filter((one) => one.in === "query" && one.name !== NO_WAIT);
  const pairs = taken.map(({ name, required, schema }) => {
    const value = fc
      .oneof(
        { weight: 6, arbitrary: fitting(schema, resolve, known).map(String) },
        { weight: 2, arbitrary: fc.constantFrom(...TEXTS) },
      )
      .chain(encoded)
      .map((text) => [`${name}=${text}`]);
    const twice = fc.constant([`${name}=1`, `${name}=2`]);
    const none = fc.constant<string[]>([]);
    return fc.oneof(
      { weight: required ? 18 : 6, arbitrary: value },
      { weight: 1, arbitrary: twice },
      { weight: required ? 1 : 8, arbitrary: none },
    );
  });
  const strange = fc.oneof(
    { weight: 12, arbitrary: fc.constant<string[]>([]) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(...NAMES, "serch", "limit[]", "a[b]").map((name) => [`${encodeURIComponent(name)}=1`]),
    },
    { weight: 1, arbitrary: fc.constantFrom(["&&"], ["=x"], ["%zz=1"], ["x".repeat(3000)]) },
  );
  const wait = parameters.some(({ name }) => name === NO_WAIT)
    ? fc.constantFrom("wait=0", "wait=0", "wait=0", "wait=-1", "wait=1e9", "wait=")
    : undefined;
  return fc
    .tuple(fc.tuple(...pairs), strange, wait ?? fc.constant(""))
    .map(([all, more, last]) => [...all.flat(), ...more, ...(last === "" ? [] : [last])].join("&"));
}

type Sent = Pick<ApiRequest, "body" | "filled" | "headers">;

function bodyOf({ requestBody }: Operation, known: readonly string[]): fc.Arbitrary<Sent> {
  if (requestBody === undefined) {
    const json = { "content-type": "application/json" };
    return fc.constantFrom<Sent>(
      { body: undefined, headers: {} },
      { body: "{}", headers: json },
      { body: "", headers: {} },
    );
  }
  const [[media, { schema }] = ["", { schema: {} }]] = Object.entries(requestBody.content);
  const isJson = media === "application/json";
  const most = requestBody["x-max-bytes"];
  const value = fitting(schema, resolve, known);
  const text = isJson
    ? fc.oneof(
        { weight: 4, arbitrary: value.map(written) },
        {
          weight: 8,
          arbitrary: fc
            .tuple(value, fc.array(valueEdit, { minLength: 1, maxLength: 2 }))
            .map(([one, edits]) => written(edits.reduce(edited, one))),
        },
        { weight: 1, arbitrary: hostileValue.map(written) },
        { weight: 1, arbitrary: value.map((one) => written(one).slice(0, -1)) },
        {
          weight: 1,
          arbitrary: fc.constantFrom(
            "",
            "{",
            "\u00ff\u00fe",
            "\u00ef\u00bb\u00bf{}",
            "[".repeat(5000),
            "nul",
            "{}{}",
            '{"a":}',
          ),
        },
      )
    : fc.oneof(
        fc.constantFrom(...TEXTS),
        fc.string({ maxLength: 200 }),
        fc.constantFrom("<plist/>", "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----"),
      );
  const types = fc.oneof(
    { weight: 20, arbitrary: fc.constant<string | string[] | undefined>(media) },
    {
      weight: 1,
      arbitrary: fc.constantFrom<string | string[] | undefined>(
        undefined,
        "text/plain",
        `${media}; charset=utf-16`,
        [media, media],
        "",
        "multipart/form-data; boundary=x",
      ),
    },
  );
  const more = fc.oneof(
    { weight: 25, arbitrary: fc.constant({}) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        { "content-encoding": "gzip" },
        { "content-encoding": "identity" },
        { expect: "100-continue" },
      ),
    },
  );
  const filled = fc.oneof(
    { weight: 40, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constant(most < MOST_FILLED ? most + 1 : 0) },
  );
  return fc.tuple(text, types, more, filled).map(([body, type, extra, length]) => ({
    body,
    ...(length === 0 ? {} : { filled: length }),
    headers: { ...(type === undefined ? {} : { "content-type": type }), ...extra },
  }));
}

const accepts = fc.constantFrom(undefined, "application/json", "application/x-ndjson", "*/*", "text/html;q=0", ",;q=x");
const encodings = fc.constantFrom(undefined, undefined, "gzip", "gzip;q=0, br", "*;q=0");
const tokens = fc.oneof(
  { weight: 20, arbitrary: fc.constant("good" as const) },
  { weight: 1, arbitrary: fc.constantFrom("none" as const, "guess" as const) },
);

/** Requests for one operation; `known` are ids and names of things that exist. */
export function requestsFor(operation: Operation, known: readonly string[]): fc.Arbitrary<ApiRequest> {
  return fc
    .tuple(pathOf(operation, known), queryOf(operation, known), bodyOf(operation, known), accepts, encodings, tokens)
    .map(([path, query, { headers, ...sent }, accept, encoding, token]) => ({
      name: operation.operationId,
      method: operation.method,
      target: query === "" ? path : `${path}?${query}`,
      ...sent,
      headers: {
        ...headers,
        ...(accept === undefined ? {} : { accept }),
        ...(encoding === undefined ? {} : { "accept-encoding": encoding }),
      },
      token,
    }));
}
