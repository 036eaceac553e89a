/** The OpenAPI document as the judge of replies. Each schema is compiled when the first reply needs it. */
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { openApiPath, PROBLEM_MEDIA, renderOpenApi, type Route, ROUTES } from "../../src/contract/index.ts";

const ID = "api";
/** How the document says that a body is bytes. */
const BINARY = "binary";

interface Found {
  readonly headers?: Readonly<Record<string, { readonly $ref: string }>>;
  readonly content?: Readonly<Record<string, { readonly schema: { readonly format?: string } }>>;
}

/** Keys that a schema does not name are taken by whoever reads the API; the server of today sends none. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== "object" || node === null) return node;
  const all = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)]));
  const isShape = all["type"] === "object" && typeof all["properties"] === "object";
  return isShape && !("additionalProperties" in all) ? { ...all, additionalProperties: false } : all;
}

const escaped = (key: string): string => encodeURIComponent(key.replaceAll("~", "~0").replaceAll("/", "~1"));

function makeJudge() {
  const document = closed(renderOpenApi("0")) as object;
  const ajv = new Ajv2020({ strict: false, logger: false });
  addFormats.default(ajv);
  ajv.addSchema(document, ID);
  const compiled = new Map<string, ValidateFunction>();
  return {
    at: (path: readonly string[]): unknown =>
      path.reduce((node: unknown, key) => (node as Record<string, unknown> | undefined)?.[key], document),
    /** What is wrong with a value; undefined: it fits the schema at this place. */
    fault: (path: readonly string[], value: unknown): string | undefined => {
      const place = `${ID}#/${path.map(escaped).join("/")}`;
      const check = compiled.get(place) ?? ajv.compile({ $ref: place });
      compiled.set(place, check);
      if (check(value) === true) return undefined;
      return ajv.errorsText((check.errors ?? []).slice(0, 6), { dataVar: "reply" });
    },
  };
}

let judge: ReturnType<typeof makeJudge> | undefined;

const NAMES = new Map(Object.entries<Route>(ROUTES).map(([name, { method, path }]) => [`${method} ${path}`, name]));

/** The route's name; undefined: an address without a route. */
export const routeNamed = (method: string, path: string | undefined): string | undefined =>
  NAMES.get(`${method} ${path}`);

export interface ReplyHead {
  readonly route: string | undefined;
  readonly status: number;
  /** Without parameters; undefined: there is no body. */
  readonly media: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** Where the document says what a reply has, through its references. */
function placeOf(route: string, status: number): readonly string[] {
  const { path, method }: Route = ROUTES[route as keyof typeof ROUTES];
  const place = ["paths", openApiPath(path), method.toLowerCase(), "responses", String(status)];
  const at = (judge?.at(place) as { $ref?: string } | undefined)?.$ref;
  return at === undefined ? place : at.slice(2).split("/");
}

/** What is wrong with the head of a reply, and how each JSON value of its body is judged. */
export function judgeReply({ route, status, media, headers }: ReplyHead): {
  readonly faults: readonly string[];
  /** undefined: its body is no JSON, or not one of the document. */
  readonly judgeValue: ((value: unknown) => string | undefined) | undefined;
} {
  judge ??= makeJudge();
  const { at, fault } = judge;
  if (route === undefined) {
    const faults = media === PROBLEM_MEDIA ? [] : [`${media} where no route is`];
    return { faults, judgeValue: (value) => fault(["components", "schemas", "Problem"], value) };
  }
  const place = placeOf(route, status);
  const found = at(place) as Found | undefined;
  if (found === undefined) return { faults: ["the document has no such status"], judgeValue: undefined };
  const faults = Object.entries(found.headers ?? {}).flatMap(([name, { $ref }]) => {
    const { required } = at($ref.slice(2).split("/")) as { required?: boolean };
    return required === true && headers[name] === undefined ? [`the header ${name} is missing`] : [];
  });
  const schema = media === undefined ? undefined : found.content?.[media]?.schema;
  if (media === undefined)
    return { faults: found.content === undefined ? faults : [...faults, "it has no body"], judgeValue: undefined };
  if (schema === undefined) return { faults: [...faults, `the document has no ${media}`], judgeValue: undefined };
  if (schema.format === BINARY) return { faults, judgeValue: undefined };
  return { faults, judgeValue: (value) => fault([...place, "content", media, "schema"], value) };
}
