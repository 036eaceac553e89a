/** Puts the route table on a Fastify server: authenticate, decode, call the service, encode. */
import { randomUUID } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifyServerOptions } from "fastify";
import { EVENTS_MEDIA, type Feed, LINES_MEDIA, type Route, type RouteObject, ROUTES } from "../../contract/index.ts";
import { isUptickError, UptickError } from "../../errors/index.ts";
import type { Actor, AdminService, Asked } from "../../service/index.ts";
import type { BodyBudget } from "../body/index.ts";
import { authenticate } from "./authenticate.ts";
import { clientAddress, type IsProxy } from "../head/index.ts";
import { checkMedia, decode } from "./decode.ts";
import { blackoutHandlers } from "./handlers/blackouts.ts";
import { blockHandlers } from "./handlers/blocks.ts";
import { catalogHandlers } from "./handlers/catalog.ts";
import { commandHandlers } from "./handlers/commands.ts";
import { deviceHandlers } from "./handlers/devices.ts";
import { eventHandlers } from "./handlers/events.ts";
import { enrollmentHandlers } from "./handlers/enrollment.ts";
import { planHandlers } from "./handlers/plans.ts";
import { policyHandlers } from "./handlers/policies.ts";
import type { Handlers } from "./handlers/reply.ts";
import { rolloutHandlers } from "./handlers/rollouts.ts";
import { scopeHandlers } from "./handlers/scopes.ts";
import { serverHandlers } from "./handlers/server.ts";
import { eventStream } from "./event-stream.ts";
import { linesOf, type Pages } from "./lines.ts";
import { knownError, type Log, mark, sendProblem } from "./problem.ts";
import { readWithin } from "./read-within.ts";

export interface AdminDeps {
  readonly service: AdminService;
  /** Told `request-failed` (requestId, method, route, error): an internal fault, once per request. */
  readonly log: Log;
  /** Told `admin-request` (requestId, actor, method, route, status, address): a request that may have changed something. */
  readonly audit?: Log;
  /** Proxies whose `X-Forwarded-For` is believed; none when absent. */
  readonly isProxy?: IsProxy;
  /** What all bodies that are being read and worked on may take together. */
  readonly bodies: BodyBudget;
}

/** How the Fastify server of the admin API is made: `Fastify(adminServerOptions(log))`. */
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
  ...rolloutHandlers,
  ...policyHandlers,
  ...enrollmentHandlers,
  ...serverHandlers,
  ...catalogHandlers,
  ...blackoutHandlers,
  ...blockHandlers,
  ...commandHandlers,
  ...scopeHandlers,
  ...eventHandlers,
};

/** Any handler, its types forgotten: `decode` has made its `ask` from the same entry of the table. */
type AnyHandler = (service: AdminService, ask: unknown, actor: Actor | undefined) => Promise<AnyAnswer>;
interface AnyAnswer {
  readonly status: number;
  readonly media: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** JSON that survives what a database may give as a bigint. */
function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, field: unknown) => {
    if (typeof field !== "bigint") return field;
    return Number.isSafeInteger(Number(field)) ? Number(field) : field.toString();
  });
}

type Access = Parameters<Feed<unknown>["follow"]>[1];

/** For as long as the request's credentials are good: who is asked for them again and again is asked as the request was. */
const accessOf = (service: AdminService, request: FastifyRequest): Access => ({
  key: request.headers.authorization ?? "",
  isAllowed: () =>
    authenticate(service, request).then(
      () => true,
      // Where the store is away nobody knows, and nothing is told either.
      (error: unknown) => !isUptickError(error) || error.code !== "unauthorized",
    ),
});

async function send(
  request: FastifyRequest,
  reply: FastifyReply,
  { status, media, headers, body }: AnyAnswer,
  log: Log,
  access: Access,
): Promise<FastifyReply> {
  // Here, before anything is sent: what fails at once is answered with a problem.
  const stream =
    media === LINES_MEDIA
      ? await linesOf(request, body as Pages, log)
      : media === EVENTS_MEDIA
        ? eventStream(body as Feed<unknown>, access, () => request.raw.socket.writableLength)
        : undefined;
  void reply.code(status).headers(headers ?? {});
  if (media === null) return reply.send();
  void reply.header("content-type", media);
  if (stream !== undefined) return reply.send(stream);
  return reply.send(body instanceof Uint8Array ? Buffer.from(body) : toJson(body));
}

const MOST_OF_A_PATH = 200;
/** Characters that are kept of what a request calls its object. */
const MOST_OF_A_NAME = 200;

/** A request for a change. */
interface Write extends Asked {
  readonly address: string;
  /** It changes nothing: it is not in the audit, and not in the log. */
  readonly isDryRun: boolean;
}

/** Only of a route that knows dry runs: any other would do the change. */
function isDryRun(route: Route, request: FastifyRequest): boolean {
  const { dryRun } = route.query?.shape ?? {};
  const asked = (request.query as Record<string, unknown>)["dryRun"];
  // A word that the route does not take is refused as the change that it would be.
  return dryRun !== undefined && asked !== undefined && asked !== "false" && dryRun.safeParse(asked).success;
}

/** What the request itself calls the object that it means. */
function namedBy({ by }: RouteObject, request: FastifyRequest): string | null {
  if (by === undefined) return null;
  const named = { ...(request.query as object), ...(request.params as object) } as Record<string, unknown>;
  const name = named[by];
  return typeof name === "string" ? name.slice(0, MOST_OF_A_NAME) : null;
}

/**
 * Adds the API's addresses, `/mdm`, `/healthz` and `/readyz` to the server, and makes RFC 9457 problems of all its errors and unknown
 * addresses. Call it on the root instance, once.
 */
export function registerAdmin(app: FastifyInstance, deps: AdminDeps): void {
  const { service, log, audit, bodies, isProxy = () => false } = deps;
  app.removeAllContentTypeParsers();
  // What no route takes is not read.
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  app.setErrorHandler((error, request, reply) => sendProblem(request, reply, error, log));
  app.setNotFoundHandler((request, reply) => {
    const path = (request.url.split("?", 1)[0] ?? "").slice(0, MOST_OF_A_PATH);
    sendProblem(request, reply, new UptickError("not-found", `Nothing answers ${request.method} at ${path}.`), log);
  });

  void app.register(async (scope) => {
    /** Requests for changes, each with its actor, until they have ended. */
    const writes = new WeakMap<FastifyRequest, Write>();

    /** Here, once for every route, a write gets its caller: none can be answered without its row in the audit. */
    async function admit(name: string, route: Route, request: FastifyRequest): Promise<void> {
      const { object } = route;
      if (object === undefined) return void (await authenticate(service, request));
      const dryRun = isDryRun(route, request);
      const address = clientAddress(request.raw, isProxy) ?? "";
      const asked = { route: name, objectKind: object.kind, address, requestId: request.id };
      const token = await authenticate(service, request).catch((error: unknown) => {
        if (!dryRun && isUptickError(error) && error.code === "unauthorized") service.server.noteStranger(asked);
        throw error;
      });
      const caller = { ...asked, actor: `token:${token}`, objectId: namedBy(object, request) };
      writes.set(request, { ...service.server.askedBy(caller), address, isDryRun: dryRun });
    }

    /** Its row in the audit is written, unless it was written with the change. */
    async function endOf(request: FastifyRequest, outcome: string): Promise<void> {
      const write = writes.get(request);
      if (write?.isDryRun === false) await write.end(outcome);
    }

    scope.setErrorHandler(async (error, request, reply) => {
      try {
        await endOf(request, knownError(error)?.code ?? "internal");
      } catch (failed) {
        // The store is away: what it could not change, it can't record.
        log("audit-failed", { requestId: request.id, error: failed });
      }
      sendProblem(request, reply, error, log);
      return reply;
    });

    scope.addContentTypeParser("*", readWithin(scope, bodies));
    for (const [name, entry] of Object.entries(ROUTES)) {
      const route: Route = entry;
      const handler = HANDLERS[name as keyof typeof ROUTES] as AnyHandler;
      scope.route({
        method: route.method,
        url: route.path,
        ...(route.body === undefined ? {} : { bodyLimit: route.body.maxBytes }),
        onRequest: async (request, reply) => {
          mark(request, reply);
          if (route.open !== true) await admit(name, route, request);
          checkMedia(route, request);
        },
        handler: async (request, reply) => {
          const answer = await handler(service, decode(route, request), writes.get(request)?.actor);
          await endOf(request, "ok");
          return send(request, reply, answer, log, accessOf(service, request));
        },
        onResponse: async (request, reply) => {
          const write = writes.get(request);
          if (write === undefined || write.isDryRun) return;
          const { id: requestId, method } = request;
          const { actor, address } = write;
          audit?.("admin-request", {
            requestId,
            actor: actor.name,
            method,
            route: route.path,
            status: reply.statusCode,
            address,
          });
        },
      });
    }
  });
}
