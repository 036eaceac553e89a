/** Puts the route table on a Fastify server: authenticate, decode, call the service, encode. */
import { randomUUID } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyServerOptions } from "fastify";
import { type Route, ROUTES } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import type { AdminService } from "../../service/index.ts";
import { authenticate } from "./authenticate.ts";
import { checkMedia, decode } from "./decode.ts";
import { commandHandlers } from "./handlers/commands.ts";
import { deviceHandlers } from "./handlers/devices.ts";
import { planHandlers } from "./handlers/plans.ts";
import { policyHandlers } from "./handlers/policies.ts";
import type { Handlers } from "./handlers/reply.ts";
import { serverHandlers } from "./handlers/server.ts";
import { type Log, mark, sendProblem } from "./problem.ts";

export interface AdminDeps {
  readonly service: AdminService;
  /** Told `request-failed` (requestId, method, route, error): a fault of ours, once per request. */
  readonly log: Log;
  /** Told `admin-request` (requestId, token: its name, method, route, status): a request that may have changed something. */
  readonly audit?: Log;
}

/** How the Fastify server of the web face is made: `Fastify(adminServerOptions(log))`. */
export function adminServerOptions(log: Log) {
  return {
    // A device's name stands in the path.
    routerOptions: { maxParamLength: 2000 },
    genReqId: () => randomUUID(),
    frameworkErrors: (error, request, reply) => sendProblem(request, reply, error, log),
  } satisfies FastifyServerOptions;
}

const HANDLERS: Handlers = {
  ...deviceHandlers,
  ...planHandlers,
  ...policyHandlers,
  ...serverHandlers,
  ...commandHandlers,
};

/** Any handler, its types forgotten: `decode` has made its `ask` from the same entry of the table. */
type AnyHandler = (service: AdminService, ask: unknown) => Promise<AnyAnswer>;
interface AnyAnswer {
  readonly status: number;
  readonly media: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** JSON that survives what a database may hand out as a bigint. */
function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, field: unknown) => {
    if (typeof field !== "bigint") return field;
    return Number.isSafeInteger(Number(field)) ? Number(field) : field.toString();
  });
}

function send(reply: FastifyReply, { status, media, headers, body }: AnyAnswer): FastifyReply {
  void reply.code(status).headers(headers ?? {});
  if (media === null) return reply.send();
  void reply.header("content-type", media);
  return reply.send(body instanceof Uint8Array ? Buffer.from(body) : toJson(body));
}

const MOST_OF_A_PATH = 200;

/**
 * Adds the API, `/mdm` and `/healthz` to the web face, and makes RFC 9457 problems of all its errors and unknown
 * addresses. Call it on the root instance, once.
 */
export function registerAdmin(app: FastifyInstance, { service, log, audit }: AdminDeps): void {
  app.setErrorHandler((error, request, reply) => sendProblem(request, reply, error, log));
  app.setNotFoundHandler((request, reply) => {
    const path = (request.url.split("?", 1)[0] ?? "").slice(0, MOST_OF_A_PATH);
    sendProblem(request, reply, new UptickError("not-found", `Nothing answers ${request.method} at ${path}.`), log);
  });

  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    for (const [name, entry] of Object.entries(ROUTES)) {
      const route: Route = entry;
      const handler = HANDLERS[name as keyof typeof ROUTES] as AnyHandler;
      const names = new WeakMap<object, string>();
      scope.route({
        method: route.method,
        url: route.path,
        ...(route.body === undefined ? {} : { bodyLimit: route.body.maxBytes }),
        onRequest: async (request, reply) => {
          mark(request, reply);
          if (route.open !== true) names.set(request, await authenticate(service, request));
          checkMedia(route, request);
        },
        handler: async (request, reply) => send(reply, await handler(service, decode(route, request))),
        onResponse: async (request, reply) => {
          const token = names.get(request);
          if (route.method === "GET" || token === undefined) return;
          const { id: requestId, method } = request;
          audit?.("admin-request", { requestId, token, method, route: route.path, status: reply.statusCode });
        },
      });
    }
  });
}
