/** Puts the route table on a Fastify server: authenticate, decode, call the service, encode. */
import { randomUUID } from "node:crypto";
import { fastifyCookie } from "@fastify/cookie";
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifyServerOptions } from "fastify";
import {
  CSV_MEDIA,
  EVENTS_MEDIA,
  type Feed,
  LINES_MEDIA,
  type Route,
  type RouteObject,
  ROUTES,
  TIME_HEADER,
} from "../../contract/index.ts";
import { isUptickError, UptickError } from "../../errors/index.ts";
import type { Actor, AdminService, Asked, Principal } from "../../service/index.ts";
import type { BodyBudget } from "../body/index.ts";
import { authenticate } from "./authenticate.ts";
import { checkRole } from "./check-role.ts";
import { cameByTls, clientAddress, type IsProxy } from "../head/index.ts";
import { type Carrier, cookieIn } from "./cookies.ts";
import { checkMedia, decode } from "./decode.ts";
import { accountHandlers } from "./handlers/accounts.ts";
import { auditHandlers } from "./handlers/audit.ts";
import { blackoutHandlers } from "./handlers/blackouts.ts";
import { blockHandlers } from "./handlers/blocks.ts";
import { catalogHandlers } from "./handlers/catalog.ts";
import { commandHandlers } from "./handlers/commands.ts";
import { deviceHandlers } from "./handlers/devices.ts";
import { eventHandlers } from "./handlers/events.ts";
import { enrollmentHandlers } from "./handlers/enrollment.ts";
import { openApiHandlers } from "./handlers/openapi.ts";
import { planHandlers } from "./handlers/plans.ts";
import { policyHandlers } from "./handlers/policies.ts";
import type { Handlers, Sender } from "./handlers/reply.ts";
import { rolloutHandlers } from "./handlers/rollouts.ts";
import { scopeHandlers } from "./handlers/scopes.ts";
import { serverHandlers } from "./handlers/server.ts";
import { eventStream } from "./event-stream.ts";
import { withField } from "./field-errors.ts";
import { compressReplies } from "./gzip.ts";
import { sessionHandlers } from "./handlers/sessions.ts";
import { linesOf, type Pages } from "./lines.ts";
import { methodsAt } from "./other-methods.ts";
import { keyOf, once, toJson } from "./keyed.ts";
import { hasTag, tagOf } from "./entity-tag.ts";
import { knownError, type Log, mark, sendProblem } from "./problem.ts";
import { textOf, type Texts } from "./texts.ts";
import { readWithin } from "./read-within.ts";
import { answerUnreadable } from "./unreadable.ts";
import { checkSite, checkToken } from "./same-site.ts";

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
  /** Absent: the time is everybody's. Else each reply tells it (ms UTC), for whoever shows how old something is. */
  readonly now?: () => number;
  /** Told of each request that was answered; `ms` undefined: a stream of events. `route`: as in the table, "other" where none fits. */
  readonly answered?: (
    request: { readonly method: string; readonly route: string; readonly status: number },
    ms: number | undefined,
  ) => void;
  /** Origin at which browsers reach this API; undefined: that of each request. */
  readonly webUrl?: string | undefined;
}

/** How the Fastify server of the admin API is made: `Fastify(adminServerOptions(log))`. */
export function adminServerOptions(log: Log) {
  return {
    // A device's name stands in the path.
    routerOptions: { maxParamLength: 2000 },
    genReqId: () => randomUUID(),
    clientErrorHandler: answerUnreadable,
    // What comes while the server stops is refused by `registerAdmin`, as a problem.
    return503OnClosing: false,
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
  ...openApiHandlers,
  ...auditHandlers,
  ...catalogHandlers,
  ...blackoutHandlers,
  ...blockHandlers,
  ...commandHandlers,
  ...scopeHandlers,
  ...accountHandlers,
  ...sessionHandlers,
  ...eventHandlers,
};

/** Any handler, its types forgotten: `decode` has made its `ask` from the same entry of the table. */
type AnyHandler = (service: AdminService, ask: unknown, actor: Actor | undefined, sender: Sender) => Promise<AnyAnswer>;
interface AnyAnswer {
  readonly status: number;
  readonly media: string | null;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body: unknown;
}

type Access = Parameters<Feed<unknown>["follow"]>[1];

async function send(
  request: FastifyRequest,
  reply: FastifyReply,
  { status, media, headers, body }: AnyAnswer,
  { log, isTagged, access }: { readonly log: Log; readonly isTagged: boolean; readonly access: Access },
): Promise<FastifyReply> {
  // Here, before anything is sent: what fails at once is answered with a problem.
  const stream = await streamOf(request, media, body, log, access);
  void reply.code(status).headers(headers ?? {});
  if (media === null) return reply.send();
  void reply.header(
    "content-type",
    headers?.["content-type"] ?? (media === CSV_MEDIA ? `${media}; charset=utf-8` : media),
  );
  if (stream !== undefined) return reply.send(stream);
  // Of HEAD: what would be streamed is not made.
  if (media === EVENTS_MEDIA) return reply.send();
  if (isStream(media)) return (await (body as Pages | Texts).return(undefined), reply.send());
  if (body instanceof Uint8Array) return reply.send(Buffer.from(body));
  const text = toJson(body);
  if (!isTagged) return reply.send(text);
  const tag = tagOf(text);
  void reply.header("etag", tag);
  return hasTag(request, tag) ? reply.code(304).removeHeader("content-type").send() : reply.send(text);
}

const isStream = (media: string | null): boolean => media === LINES_MEDIA || media === CSV_MEDIA;

/** Undefined: the body is one value, or nobody reads it. */
async function streamOf(request: FastifyRequest, media: string | null, body: unknown, log: Log, access: Access) {
  if (request.method === "HEAD") return undefined;
  if (media === EVENTS_MEDIA)
    return eventStream(body as Feed<unknown>, access, () => request.raw.socket.writableLength);
  if (!isStream(media)) return undefined;
  return media === LINES_MEDIA ? linesOf(request, body as Pages, log) : textOf(request, body as Texts, log);
}

/** Of a route that there is; a client may send any word. */
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);
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
  const { service, log, audit, bodies, webUrl, isProxy = () => false, answered, now } = deps;
  let stopping = false;
  app.addHook("preClose", async () => void (stopping = true));
  app.addHook("onRequest", async () => {
    if (stopping) throw new UptickError("server-stopping", "The server is stopping.");
  });
  app.removeAllContentTypeParsers();
  // What no route takes is not read.
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  if (now !== undefined)
    app.addHook("onRequest", async (_request, reply) => void reply.header(TIME_HEADER, new Date(now()).toISOString()));
  if (answered !== undefined)
    app.addHook("onResponse", async ({ method, routeOptions }, reply) => {
      const streams = String(reply.getHeader("content-type") ?? "").startsWith("text/event-stream");
      const about = { method: METHODS.has(method) ? method : "other", route: routeOptions.url ?? "other" };
      answered({ ...about, status: reply.statusCode }, streams ? undefined : reply.elapsedTime);
    });
  app.setErrorHandler((error, request, reply) => sendProblem(request, reply, error, log));
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split("?", 1)[0] ?? "";
    const named = `${request.method} at ${path.slice(0, MOST_OF_A_PATH)}`;
    const allowed = methodsAt(path);
    if (allowed.length === 0)
      return sendProblem(request, reply, new UptickError("not-found", `Nothing answers ${named}.`), log);
    mark(request, reply);
    void reply.header("allow", allowed.join(", "));
    if (request.method === "OPTIONS") return void reply.code(204).send();
    return sendProblem(
      request,
      reply,
      new UptickError("method-not-allowed", `${named} is not answered; ${allowed.join(", ")} are.`),
      log,
    );
  });

  void app.register(async (scope) => {
    // Loads what `cookies.ts` writes and reads them with; without its hook, which would read the cookies of every request.
    await scope.register(fastifyCookie, { hook: false });
    /** Requests for changes, each with its actor, until they have ended. */
    const writes = new WeakMap<FastifyRequest, Write>();
    const principals = new WeakMap<FastifyRequest, Principal>();

    const carrierOf = ({ raw }: FastifyRequest): Carrier => ({
      tls: webUrl?.startsWith("https:") === true || cameByTls(raw, isProxy),
    });

    function senderOf(name: string, request: FastifyRequest): Sender {
      const carrier = carrierOf(request);
      const oidcCookie = cookieIn(request.raw, "oidc", carrier);
      const address = clientAddress(request.raw, isProxy) ?? "";
      const from = { route: name, address, requestId: request.id };
      return { from, carrier, principal: principals.get(request), oidcCookie };
    }

    /** For as long as the request's credentials are good: who is asked for them again and again is asked as the request was. */
    const accessOf = (request: FastifyRequest): Access => {
      const carrier = carrierOf(request);
      return {
        key: request.headers.authorization ?? cookieIn(request.raw, "session", carrier) ?? "",
        isAllowed: () =>
          authenticate(service, request, carrier).then(
            () => true,
            // Where the store is away nobody knows, and nothing is told either.
            (error: unknown) => !isUptickError(error) || error.code !== "unauthorized",
          ),
      };
    };

    /** Who asks, if the role allows it, and a browser only from a page of this server. */
    function allow(principal: Principal, route: Route, request: FastifyRequest): void {
      checkRole(principal, route);
      if (principal.session !== null && route.object !== undefined) {
        checkSite(request.raw, webUrl);
        checkToken(request.raw, principal.session);
      }
      principals.set(request, principal);
    }

    /** Here, once for every route, a write gets its caller: none can be answered without its row in the audit. */
    async function admit(name: string, route: Route, request: FastifyRequest): Promise<void> {
      const { object } = route;
      const carrier = carrierOf(request);
      if (object === undefined) return allow(await authenticate(service, request, carrier), route, request);
      const dryRun = isDryRun(route, request);
      const address = clientAddress(request.raw, isProxy) ?? "";
      const asked = { route: name, objectKind: object.kind, address, requestId: request.id };
      const principal = await authenticate(service, request, carrier).catch((error: unknown) => {
        if (!dryRun && isUptickError(error) && error.code === "unauthorized") service.server.noteStranger(asked);
        throw error;
      });
      const caller = { ...asked, actor: principal.actor, objectId: namedBy(object, request) };
      writes.set(request, { ...service.server.askedBy(caller), address, isDryRun: dryRun });
      // After that: what is not allowed stands in the audit.
      allow(principal, route, request);
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

    await compressReplies(scope);
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
          // Who signs in has no session yet, but no other site may sign a browser in.
          else if (route.object !== undefined) checkSite(request.raw, webUrl);
          checkMedia(route, request);
        },
        handler: async (request, reply) => {
          const asked = writes.get(request);
          const key = asked?.isDryRun === false ? keyOf(name, request) : undefined;
          const ask = decode(route, request);
          const work = async (): Promise<AnyAnswer> => {
            const answer = await handler(service, ask, asked?.actor, senderOf(name, request)).catch(
              (error: unknown) => {
                throw withField(error, route);
              },
            );
            await endOf(request, "ok");
            return answer;
          };
          const isKeyed = asked !== undefined && key !== undefined;
          const answer = isKeyed ? await once({ service, name, request, asked, key, log }, work) : await work();
          return send(request, reply, answer, { log, isTagged: route.tagged === true, access: accessOf(request) });
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
