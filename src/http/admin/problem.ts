/** Words every error as RFC 9457 says; any other error becomes `internal`, without its text. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { PROBLEM_MEDIA, type Problem, ROUTES } from "../../contract/index.ts";
import { ERRORS, isUptickError, UptickError } from "../../errors/index.ts";

export type Log = (event: string, fields: object) => void;

/** Seconds until what is not there just now is worth another try. */
const RETRY_AFTER = 5;
const CHECKS: ReadonlySet<string | null> = new Set([ROUTES.health.path, ROUTES.ready.path]);

/** An error of the HTTP machinery: a request it could not read. */
function refusalOf(error: unknown): UptickError | undefined {
  const { code, statusCode } = (typeof error === "object" && error !== null ? error : {}) as Record<string, unknown>;
  if (typeof statusCode !== "number" || statusCode < 400 || statusCode > 499) return undefined;
  const ofFastify = error instanceof Error && typeof code === "string" && code.startsWith("FST_ERR_");
  const detail = ofFastify ? `${error.message}.`.replace(/\.\.$/, ".") : "The request could not be read to its end.";
  return new UptickError("request-invalid", detail, { cause: error });
}

/** The error as an `UptickError`; undefined: an internal fault, to be logged and not shown. */
export function knownError(error: unknown): UptickError | undefined {
  return isUptickError(error) ? error : refusalOf(error);
}

export function problemOf(error: UptickError, requestId: string): Problem {
  return {
    type: `urn:uptick:error:${error.code}`,
    title: ERRORS[error.code].when,
    status: error.status,
    detail: error.message,
    code: error.code,
    remedy: error.remedy,
    requestId,
    ...error.members,
  };
}

/** Headers that every reply of the API has. */
export function mark(request: FastifyRequest, reply: FastifyReply): void {
  void reply
    .header("cache-control", "no-store")
    .header("x-content-type-options", "nosniff")
    .header("x-request-id", request.id);
}

/** No failure of this server: it has limits, it is stopped, and fetches and the identity provider have their own lines in the log. */
const EXPECTED: ReadonlySet<string> = new Set([
  "server-busy",
  "server-stopping",
  "streams-too-many",
  "catalog-fetch-failed",
  "oidc-unavailable",
]);

/** The error as whoever asked is told of it; an internal fault and a failure of the server are logged. */
export function toldOf(request: FastifyRequest, error: unknown, log: Log): UptickError {
  const known = knownError(error);
  const route = request.routeOptions.url ?? null;
  // Whoever watches asks every few seconds, and is told; the log has what else fails meanwhile.
  const expected = known !== undefined && (EXPECTED.has(known.code) || CHECKS.has(route));
  if (known === undefined || (known.status >= 500 && !expected)) {
    log("request-failed", { requestId: request.id, method: request.method, route, error });
  }
  return known ?? new UptickError("internal", `Something went wrong here; the log has it under request ${request.id}.`);
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: unknown, log: Log): void {
  const told = toldOf(request, error, log);
  mark(request, reply);
  const isLater = told.status === 429 || told.status === 503 || told.retryAfter !== undefined;
  if (isLater) void reply.header("retry-after", String(told.retryAfter ?? RETRY_AFTER));
  // What is left of such a body is not waited for.
  if (told.code === "server-busy" || told.code === "request-too-large") void reply.header("connection", "close");
  if (told.status === 401) void reply.header("www-authenticate", "Bearer");
  void reply
    .code(told.status)
    .header("content-type", PROBLEM_MEDIA)
    .serializer((payload: unknown) => JSON.stringify(payload))
    .send(problemOf(told, request.id));
}
