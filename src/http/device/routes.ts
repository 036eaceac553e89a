/** The MDM endpoint on Fastify: /mdm behind mutual TLS, except for the usual request (direct.ts); /scep for identities. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { UptickError } from "../../errors/index.ts";
import type { MdmEndpoint, ScepEndpoint } from "../../service/index.ts";
import { clientAddress } from "../head/index.ts";
import { type BodyBudget, FREE_BYTES, FREE_LEASE, type Lease } from "../body/index.ts";
import { type Body, readBody } from "./body.ts";
import { contentTypeOf, messageFrom } from "./message.ts";
import { answerDevice, endsUnread, mayBeReport, noteUnread } from "./reply.ts";
import { type Direct, directAnswer } from "./direct.ts";
import { peerCertificate } from "./peer.ts";
import { messageInQuery } from "./scep-query.ts";
import { type Allowance, allowanceOf, STRANGER } from "./sender.ts";
import { certificateOf, type Trust } from "./who.ts";

const TOO_LARGE = "FST_ERR_CTP_BODY_TOO_LARGE";
const PKI_MESSAGE = "application/x-pki-message";

const FREE: Allowance = { ...STRANGER, keep: FREE_BYTES, read: FREE_BYTES };
const BUSY = "UPTICK_BODY_BUSY";
/** Seconds until a device that met a full budget tries again. */
const RETRY_AFTER = "10";

export function registerDevice(
  app: FastifyInstance,
  endpoint: MdmEndpoint,
  scep: ScepEndpoint,
  trust: Trust,
  budget: BodyBudget,
): void {
  app.removeAllContentTypeParsers();
  const addressOf = (request: FastifyRequest): string | null => clientAddress(request.raw, (hop) => trust.proxy(hop));

  /** Of requests whose body is counted. */
  const leases = new WeakMap<IncomingMessage, Lease>();

  const responses = new WeakMap<IncomingMessage, ServerResponse>();

  /** What may be read of a body that is counted, and its lease. */
  const allow = async ({ headers, raw, routeOptions }: FastifyRequest): Promise<[Allowance, Lease]> => {
    const report = mayBeReport(headers["content-type"]);
    const mdm = routeOptions.url === "/mdm";
    const allowance = mdm ? await allowanceOf(raw, report, endpoint, trust) : STRANGER;
    const lease = budget.lease(allowance.sender);
    leases.set(raw, lease);
    // A response closes in any case: when it has been sent, and when the connection breaks.
    const response = responses.get(raw);
    if (response === undefined || response.closed) lease.end();
    else response.once("close", () => lease.end());
    return [allowance, lease];
  };
  /** The lease of a body is over when its response is, but not while the body is still worked on. */
  const whileUsed = async <T>(request: FastifyRequest, work: () => Promise<T>): Promise<T> => {
    const unpin = leases.get(request.raw)?.pin();
    try {
      return await work();
    } finally {
      unpin?.();
    }
  };

  app.addHook("onRequest", async (request, reply) => void responses.set(request.raw, reply.raw));

  app.addContentTypeParser("*", async (request: FastifyRequest, payload: Readable) => {
    const length = request.headers["content-length"];
    const announced = length === undefined ? undefined : Number(length);
    // Nearly all: who it is need be asked only once, when the body is there.
    const small = announced !== undefined && announced <= FREE_BYTES;
    const [limits, lease] = small ? [FREE, FREE_LEASE] : await allow(request);
    const body = await readBody(payload, announced, limits, lease).catch((cause: unknown) => {
      throw Object.assign(new Error("the connection broke", { cause }), { statusCode: 400 });
    });
    if (body === "too-large") throw Object.assign(new Error("too large"), { statusCode: 413, code: TOO_LARGE });
    if (body === "busy") endpoint.overBudget(limits.sender);
    if (body === "busy") throw Object.assign(new Error("too much at once"), { statusCode: 503, code: BUSY });
    return body;
  });

  // Read while the connection is sure to be there: a client may be gone by the time its body has come.
  app.addHook("onRequest", async (request) => {
    peerCertificate(request.raw.socket);
    // Some proxies empty what they drop; the framework takes that for a wrong one.
    if (request.headers["content-type"] === "") delete request.headers["content-type"];
  });

  app.put("/mdm", async (request, reply) => {
    const message = messageFrom(request.raw, bodyOf(request.body), trust);
    const answer = await whileUsed(request, () => answerDevice(endpoint, message));
    if (answer.body === undefined) return reply.code(answer.status).send();
    return reply.code(answer.status).type(contentTypeOf(answer)).send(Buffer.from(answer.body));
  });

  // Query values are unknown: one that comes twice is an array.
  app.get<{ Querystring: { operation?: unknown; message?: unknown } }>("/scep", async (request, reply) => {
    const { operation, message } = request.query;
    switch (operation) {
      case "GetCACaps":
        return reply.type("text/plain").send(scep.capabilities());
      // `message` names one of a server's authorities; there is one here, whatever a client calls it.
      case "GetCACert":
        return reply.type("application/x-x509-ca-cert").send(Buffer.from(scep.certificate()));
      case "PKIOperation":
        return reply
          .type(PKI_MESSAGE)
          .send(Buffer.from(await scep.operation(messageInQuery(message), addressOf(request))));
      default:
        return reply
          .code(400)
          .type("text/plain")
          .send("SCEP: operation must be GetCACaps, GetCACert or PKIOperation.\n");
    }
  });

  app.post<{ Querystring: { operation?: unknown } }>("/scep", async (request, reply) => {
    if (request.query.operation !== "PKIOperation")
      return reply.code(400).type("text/plain").send("SCEP: operation must be PKIOperation.\n");
    const { bytes } = bodyOf(request.body);
    const answer = await whileUsed(request, () => scep.operation(bytes, addressOf(request)));
    return reply.type(PKI_MESSAGE).send(Buffer.from(answer));
  });

  let stopping = false;
  app.addHook("preClose", async () => void (stopping = true));
  const direct = directAnswer(endpoint, trust, () => stopping);
  // Not any more once the server is to stop: the framework says that to who comes then.
  asksFirst(app, (request, response) => !stopping && direct(request, response));

  app.setNotFoundHandler((_request, reply) => reply.code(404).send());

  // No error of Fastify's or ours may become a 401; its texts stay with us.
  app.setErrorHandler(async (error: { statusCode?: number; code?: string; message?: string }, request, reply) => {
    const unread = unreadable(error);
    const certificate = unread === undefined ? undefined : certificateOf(request.raw, undefined, trust);
    if (unread !== undefined) noteUnread(endpoint, { certificate, address: addressOf(request) }, unread);
    if (unread !== undefined && error.code === TOO_LARGE) {
      const report = request.routeOptions.url === "/mdm" && mayBeReport(request.headers["content-type"]);
      const ended = report && (await endsUnread(endpoint, certificate, unread));
      // What is left of it is not waited for.
      return reply
        .code(ended ? 200 : 413)
        .header("connection", "close")
        .send();
    }
    if (error.code === BUSY) {
      // As above: what is left of the body is not waited for.
      return reply.code(503).header("retry-after", RETRY_AFTER).header("connection", "close").send();
    }
    if (error.code === "scep-invalid") return reply.code(400).send();
    const theirs = error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500;
    if (!theirs) endpoint.failed(error);
    return reply.code(theirs ? 400 : 503).send();
  });
}

/** Asks `direct` before the framework. */
function asksFirst(app: FastifyInstance, direct: Direct): void {
  const listeners = app.server.listeners("request") as ((request: IncomingMessage, response: ServerResponse) => void)[];
  app.server.removeAllListeners("request");
  app.server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    if (direct(request, response)) return;
    for (const listener of listeners) listener.call(app.server, request, response);
  });
}

/** A request that Fastify refused before it reached us, in our words; a connection that broke is none. */
function unreadable(error: { code?: string; message?: string }): UptickError | undefined {
  if (error.code === TOO_LARGE) {
    return new UptickError("plist-too-large", "A message is larger than is read.");
  }
  if (error.code?.startsWith("FST_ERR_CTP_") !== true) return undefined;
  return new UptickError("message-invalid", `The request can't be read: ${error.message ?? error.code}.`);
}

const NO_BODY: Body = { bytes: Buffer.alloc(0) };

function bodyOf(body: unknown): Body {
  return typeof body === "object" && body !== null && "bytes" in body ? (body as Body) : NO_BODY;
}
