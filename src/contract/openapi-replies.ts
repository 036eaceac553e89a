/** How a route's replies stand in the OpenAPI document. */
import { type ErrorCode, ERRORS } from "../errors/index.ts";
import type { Shapes } from "./json-schema.ts";
import { problem, PROBLEM_MEDIA } from "./problem.ts";
import { LINES_MEDIA, type Reply, type Route } from "./route.ts";
import { commonErrorsOf, errorsOf } from "./route-errors.ts";

/** Headers by the name under which `components` has them. */
export const HEADERS = {
  RequestId: {
    description: "the id of the request, which the server's log repeats",
    schema: { type: "string" },
  },
  Location: { description: "the address of what was made, or of the outcome", schema: { type: "string" } },
  RetryAfter: { description: "seconds after which the request is worth repeating", schema: { type: "integer" } },
  Authenticate: { description: "the scheme by which a request is authenticated", schema: { type: "string" } },
} as const;

const header = (name: keyof typeof HEADERS): object => ({ $ref: `#/components/headers/${name}` });

/** The headers of a reply with this status. */
function headersOf(status: number): object {
  return {
    "x-request-id": header("RequestId"),
    ...([201, 202, 302, 303].includes(status) ? { location: header("Location") } : {}),
    ...(status === 429 || status === 503 ? { "retry-after": header("RetryAfter") } : {}),
    ...(status === 401 ? { "www-authenticate": header("Authenticate") } : {}),
  };
}

const unique = <T>(all: readonly T[]): T[] => [...new Set(all)];

/** Of several replies of one status and media type, any may come. */
function contentOf(replies: readonly Reply[], shapes: Shapes): object | undefined {
  const medias = unique(replies.flatMap(({ media }) => (media === null ? [] : [media])));
  if (medias.length === 0) return undefined;
  const entries = medias.map((media) => {
    const all = replies.filter((reply) => reply.media === media);
    const schemas = all.flatMap(({ schema }) => (schema === undefined ? [] : [shapes.read(schema, "output")]));
    const [first = { type: "string", format: "binary" }, ...more] = schemas;
    return [media, { schema: more.length === 0 ? first : { anyOf: schemas } }];
  });
  return Object.fromEntries(entries) as object;
}

/** The body of a stream of lines is no JSON value: the schema is that of one line. */
const whenOf = ({ media, when }: Reply): string =>
  media === LINES_MEDIA ? `${when}. Each line of the body is one JSON value of this schema.` : when;

function goodReply(status: number, replies: readonly Reply[], shapes: Shapes): object {
  const content = contentOf(replies, shapes);
  return {
    description: unique(replies.map(whenOf)).join("; "),
    headers: headersOf(status),
    ...(content === undefined ? {} : { content }),
  };
}

function problemReply(status: number, codes: readonly ErrorCode[], shapes: Shapes): object {
  const schema = { allOf: [shapes.read(problem, "output"), { properties: { code: { enum: codes } } }] };
  return {
    description: codes.map((code) => `\`${code}\`: ${ERRORS[code].when}`).join("\n\n"),
    headers: headersOf(status),
    content: { [PROBLEM_MEDIA]: { schema } },
  };
}

/** Replies that many routes have, by their name in `components`. */
export class Common {
  readonly found = new Map<string, object>();

  problem(status: number, codes: readonly ErrorCode[], shapes: Shapes): object {
    const name = codes.join(".");
    if (!this.found.has(name)) this.found.set(name, problemReply(status, codes, shapes));
    return { $ref: `#/components/responses/${name}` };
  }
}

/** What a route answers, by status. */
export function repliesOf(route: Route, shapes: Shapes, common: Common): object {
  const good = unique(route.replies.map(({ status }) => status)).map((status) => {
    const replies = route.replies.filter((reply) => reply.status === status);
    return [status, goodReply(status, replies, shapes)];
  });
  const codes = errorsOf(route);
  const shared = new Set(commonErrorsOf(route));
  const bad = unique(codes.map((code) => ERRORS[code].status)).map((status) => {
    const ofStatus = codes.filter((code) => ERRORS[code].status === status);
    const isCommon = ofStatus.every((code) => shared.has(code));
    return [status, isCommon ? common.problem(status, ofStatus, shapes) : problemReply(status, ofStatus, shapes)];
  });
  return Object.fromEntries([...good, ...bad]) as object;
}
