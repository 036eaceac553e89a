/** The device face on Fastify: /mdm behind mutual TLS, /scep for identities. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Readable } from "node:stream";
import { UptickError } from "../../errors/index.ts";
import type { DeviceFace, ScepFace } from "../../service/index.ts";
import { REPORT_LIMITS } from "../../protocol/index.ts";
import { clientAddress, headerValues } from "../head/index.ts";
import { type Body, type BodyLimits, readBody } from "./body.ts";
import { answerDevice, endsUnread, mayBeReport, noteUnread } from "./reply.ts";
import { peerCertificate } from "./peer.ts";
import { messageInQuery } from "./scep-query.ts";
import { whyUnproven } from "./unproven.ts";
import { certificateOf, type Trust } from "./who.ts";

/** Apple's limit is not documented; a check-in and a SCEP message are a few KB. */
export const BODY_LIMIT = 1024 * 1024;
/** Read to its end and not kept: the answer of a device that is known, which it would repeat for ever if we hung up. */
const MOST_READ = 64 * 1024 * 1024;

const TOO_LARGE = "FST_ERR_CTP_BODY_TOO_LARGE";
const PKI_MESSAGE = "application/x-pki-message";

export function registerDevice(app: FastifyInstance, face: DeviceFace, scep: ScepFace, trust: Trust): void {
  app.removeAllContentTypeParsers();
  const addressOf = (request: FastifyRequest): string | null => clientAddress(request.raw, (hop) => trust.proxy(hop));

  /** A stranger gets the small limit whatever he sends; a signature is known when the body is there. */
  const limitsOf = (request: FastifyRequest, announced: number | undefined): BodyLimits => {
    const { headers } = request;
    const small = { keep: BODY_LIMIT, read: BODY_LIMIT };
    if (request.routeOptions.url !== "/mdm" || !mayBeReport(headers["content-type"])) return small;
    // Nearly all: who it is need be asked only once, when the body is there.
    if (announced !== undefined && announced <= BODY_LIMIT) return small;
    const certificate = certificateOf(request.raw, undefined, trust);
    const known = certificate !== undefined && !("refused" in face.identify(certificate));
    const keep = known || headers["mdm-signature"] !== undefined ? REPORT_LIMITS.maxBytes : BODY_LIMIT;
    return { keep, read: known ? MOST_READ : keep };
  };

  app.addContentTypeParser("*", async (request: FastifyRequest, payload: Readable) => {
    const length = request.headers["content-length"];
    const announced = length === undefined ? undefined : Number(length);
    const body = await readBody(payload, announced ?? 0, limitsOf(request, announced)).catch((cause: unknown) => {
      throw Object.assign(new Error("the connection broke", { cause }), { statusCode: 400 });
    });
    if (body === undefined) throw Object.assign(new Error("too large"), { statusCode: 413, code: TOO_LARGE });
    return body;
  });

  // Read while the connection is sure to be there: a client may be gone by the time its body has come.
  app.addHook("onRequest", async (request) => {
    peerCertificate(request.raw.socket);
    // Some proxies empty what they drop; the framework takes that for a wrong one.
    if (request.headers["content-type"] === "") delete request.headers["content-type"];
  });

  app.put("/mdm", async (request, reply) => {
    const { bytes: body, ...oversize } = bodyOf(request.body);
    const certificate = certificateOf(request.raw, body, trust);
    const answer = await answerDevice(face, {
      contentTypes: headerValues(request.raw.rawHeaders, "content-type"),
      body,
      certificate,
      unproven: whyUnproven(request.raw, trust),
      address: addressOf(request),
      ...oversize,
    });
    if (answer.body === undefined) return reply.code(answer.status).send();
    const type = answer.json === true ? "application/json" : "application/xml; charset=UTF-8";
    return reply.code(answer.status).type(type).send(Buffer.from(answer.body));
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
    const answer = await scep.operation(bodyOf(request.body).bytes, addressOf(request));
    return reply.type(PKI_MESSAGE).send(Buffer.from(answer));
  });

  app.setNotFoundHandler((_request, reply) => reply.code(404).send());

  // No error of Fastify's or ours may become a 401; its texts stay with us.
  app.setErrorHandler(async (error: { statusCode?: number; code?: string; message?: string }, request, reply) => {
    const unread = unreadable(error);
    const certificate = unread === undefined ? undefined : certificateOf(request.raw, undefined, trust);
    if (unread !== undefined) noteUnread(face, { certificate, address: addressOf(request) }, unread);
    if (unread !== undefined && error.code === TOO_LARGE) {
      const report = request.routeOptions.url === "/mdm" && mayBeReport(request.headers["content-type"]);
      const ended = report && (await endsUnread(face, certificate, unread));
      // What is left of it is not waited for.
      return reply
        .code(ended ? 200 : 413)
        .header("connection", "close")
        .send();
    }
    if (error.code === "scep-invalid") return reply.code(400).send();
    const theirs = error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500;
    if (!theirs) face.failed(error);
    return reply.code(theirs ? 400 : 503).send();
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
