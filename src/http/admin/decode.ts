/** Reads a request as its entry of the route table says. */
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { LINES_MEDIA, type Route } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { headerValues } from "../head/index.ts";
import { fieldErrors, namesTaken } from "./field-errors.ts";
import { nestsDeeper } from "../../protocol/index.ts";

const MOST_ISSUES_NAMED = 5;

function fieldName(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`))
    .join("")
    .replace(/^\./, "");
}

type Where = Parameters<typeof fieldErrors>[0];

/** What a query takes; a route without a query takes nothing. */
const NO_QUERY = z.strictObject({});

/** Names the fields that do not fit, and for an unknown one those that exist. What was sent is not repeated: it may be a secret. */
function refusal(where: Where, error: z.ZodError, schema: z.ZodType): UptickError {
  const issues = error.issues.slice(0, MOST_ISSUES_NAMED).map((issue) => {
    const field = fieldName(issue.path);
    const text =
      issue.code === "unrecognized_keys" && field === "" ? `${issue.message} (${namesTaken(schema)})` : issue.message;
    return field === "" ? text : `${field}: ${text}`;
  });
  const more = error.issues.length - issues.length;
  if (more > 0) issues.push(`and ${more} more`);
  return new UptickError("request-invalid", `The request's ${where} does not fit: ${issues.join("; ")}.`, {
    members: { errors: fieldErrors(where, error, schema) },
  });
}

function parsed(where: Where, schema: z.ZodType | undefined, value: unknown): unknown {
  if (schema === undefined) return undefined;
  const result = schema.safeParse(value);
  if (!result.success) throw refusal(where, result.error, schema);
  return result.data;
}

/** Arrays and objects within each other; every schema here needs fewer than ten. What walks the body may recurse. */
const DEEPEST = 32;

/** A body that is no JSON value: the fault is that of the whole. */
function unreadable(why: string, cause?: unknown): UptickError {
  const members = { errors: [{ pointer: "", detail: why }] };
  return new UptickError("request-invalid", `The request's body ${why}.`, { cause, members });
}

function readJson(bytes: Uint8Array): unknown {
  if (nestsDeeper(bytes, DEEPEST)) {
    throw unreadable(`nests deeper than ${DEEPEST} levels`);
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw unreadable("is not UTF-8", cause);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const position = cause instanceof Error ? /at position \d+/.exec(cause.message)?.[0] : undefined;
    const where = position === undefined ? "" : ` (${position})`;
    throw unreadable(`is not JSON${where}`, cause);
  }
}

/** A header's value without parameters, in lower case. */
function essence(value: string | undefined): string {
  return (value ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

function hasBody(request: FastifyRequest): boolean {
  const length = request.headers["content-length"];
  return request.headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0");
}

/** @throws UptickError `media-type-invalid` before the body is read */
export function checkMedia(route: Route, request: FastifyRequest): void {
  const body = route.body;
  if (body === undefined || ("optional" in body && !hasBody(request))) return;
  if (!/^(?:identity)?$/i.test(request.headers["content-encoding"]?.trim() ?? "")) {
    throw new UptickError("media-type-invalid", "The request's body is compressed.", {
      remedy: "Send the body as it is, without Content-Encoding.",
    });
  }
  const [sent, ...more] = headerValues(request.raw.rawHeaders, "content-type");
  if (essence(sent) === body.media && more.length === 0) return;
  const fault = more.length > 0 ? "has more than one" : essence(sent) === "" ? "names no" : "says another";
  throw new UptickError(
    "media-type-invalid",
    `This address takes ${body.media}, and the request ${fault} Content-Type.`,
    { remedy: `Send Content-Type: ${body.media}.` },
  );
}

/** Whether the client asks for it by name. */
function wants(media: string, accept: string | undefined): boolean {
  return (accept ?? "").split(",").some((part) => essence(part) === media && !/;\s*q=0(\.0*)?\s*$/.test(part));
}

function readBody(route: Route, sent: unknown): unknown {
  const body = route.body;
  if (body === undefined) return undefined;
  const bytes = sent instanceof Uint8Array ? sent : new Uint8Array();
  if (!("schema" in body)) return bytes;
  if (bytes.length === 0 && body.optional === true) return parsed("body", body.schema, {});
  return parsed("body", body.schema, readJson(bytes));
}

/** Anything else than the id of an event counts as none: a browser sends back what it was sent. */
function lastEventId({ headers }: FastifyRequest): string | undefined {
  const sent = headers["last-event-id"];
  return typeof sent === "string" && /^\d{1,15}$/.test(sent) ? sent : undefined;
}

/** The request in the form the route's handler takes (`Ask` of its route). @throws UptickError `request-invalid` */
export function decode(route: Route, request: FastifyRequest): unknown {
  return {
    params: parsed("path", route.params, request.params),
    // A health check may come with anything.
    query: parsed(
      "query",
      route.query ?? (route.open === true && route.method === "GET" ? undefined : NO_QUERY),
      request.query,
    ),
    body: readBody(route, request.body),
    wantsJson: wants("application/json", request.headers.accept),
    wantsLines: wants(LINES_MEDIA, request.headers.accept),
    lastEventId: lastEventId(request),
  };
}
