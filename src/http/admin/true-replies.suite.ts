/** What a reply of the admin API must be: one that its route's contract has, key by key, in words that the product knows. */
import {
  errorsOf,
  EVENTS_MEDIA,
  LINES_MEDIA,
  problem,
  PROBLEM_MEDIA,
  type Reply,
  type Route,
  ROUTES,
} from "../../contract/index.ts";
import { ERRORS } from "../../errors/index.ts";
import { unknownWords } from "./true-words.suite.ts";

const [openApiReply] = ROUTES.openApi.replies;

const PLACES = Object.values<Route>(ROUTES).map((route) => ({
  route,
  pattern: new RegExp(`^${route.path.replaceAll(/:[a-z]+/g, "[^/]+")}$`),
}));

/** The route that answers `method` at a path, without its query. */
export const routeAt = (method: string, path: string): Route | undefined =>
  PLACES.find(({ route, pattern }) => route.method === method && pattern.test(path))?.route;

export interface SentReply {
  readonly status: number;
  /** Content-Type; undefined: no body. */
  readonly type: string | undefined;
  readonly text: string;
}

/** What is wrong with a reply of `route` (undefined: no route fits the request); empty where it is as it must be. */
export function faultsOf(route: Route | undefined, { status, type, text }: SentReply): string[] {
  const media = type?.split(";", 1)[0] ?? null;
  if (media === PROBLEM_MEDIA) return faultsOfProblem(route, status, text);
  if (route === undefined) return ["what has no route is answered with no problem"];
  const reply = route.replies.find((one) => one.status === status && one.media === media);
  if (reply === undefined) return [`no reply of the route is ${status} ${media ?? "without a body"}`];
  const { schema } = reply;
  if (schema === undefined) return media === null && text !== "" ? ["it has a body"] : [];
  if (media === LINES_MEDIA)
    return text
      .split("\n")
      .filter((line) => line !== "")
      .flatMap((line) => faultsOfJson(schema, JSON.parse(line)));
  if (media === EVENTS_MEDIA)
    return text
      .split("\n")
      .filter((line) => line.startsWith("data: "))
      .flatMap((line) => faultsOfJson(schema, JSON.parse(line.slice("data: ".length))));
  return faultsOfJson(schema, JSON.parse(text));
}

function faultsOfJson(schema: NonNullable<Reply["schema"]>, value: unknown): string[] {
  const read = schema.safeParse(value);
  if (!read.success) return read.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  const extra = extraKeys(value, read.data).map((path) => `the contract has no ${path}`);
  // The API's description has the names of such words as fields.
  return schema === openApiReply.schema ? extra : [...extra, ...unknownWords(value)];
}

/** Keys that a schema has dropped. */
function extraKeys(value: unknown, read: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [];
  const known = (read ?? {}) as Readonly<Record<string, unknown>>;
  return Object.entries(value).flatMap(([name, one]) =>
    name in known ? extraKeys(one, known[name], `${path}.${name}`) : [`${path}.${name}`],
  );
}

function faultsOfProblem(route: Route | undefined, status: number, text: string): string[] {
  const read = problem.safeParse(JSON.parse(text));
  if (!read.success) return ["it is no problem of RFC 9457"];
  const { code } = read.data;
  const entry = Object.entries(ERRORS).find(([name]) => name === code)?.[1];
  if (entry === undefined) return [`no error has the code ${code}`];
  const known: readonly string[] =
    route === undefined ? ["not-found", "method-not-allowed", "request-invalid", "server-stopping"] : errorsOf(route);
  return [
    ...(entry.status === status ? [] : [`${code} is ${entry.status}, not ${status}`]),
    ...(known.includes(code) ? [] : [`the route does not have the error ${code}`]),
  ];
}
