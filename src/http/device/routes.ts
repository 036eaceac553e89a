/** The device face on Fastify: /mdm behind mutual TLS, /scep for identities. */
import type { FastifyInstance } from "fastify";
import type { DeviceFace, ScepFace } from "../../service/index.ts";
import { answerDevice } from "./reply.ts";
import { peerCertificate } from "./peer.ts";

/** Apple's limit is not documented; a check-in is a few KB, an answer with a long list far below this. */
export const BODY_LIMIT = 1024 * 1024;

export function registerDevice(app: FastifyInstance, face: DeviceFace, scep: ScepFace): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: BODY_LIMIT }, (_request, body, done) =>
    done(null, body),
  );

  app.put("/mdm", async (request, reply) => {
    const body = bytesOf(request.body);
    const certificate = peerCertificate(request.raw.socket);
    const answer = await answerDevice(face, { contentType: request.headers["content-type"] ?? "", body, certificate });
    if (answer.body === undefined) return reply.code(answer.status).send();
    return reply.code(answer.status).type("application/xml; charset=UTF-8").send(Buffer.from(answer.body));
  });

  app.get<{ Querystring: { operation?: string } }>("/scep", async (request, reply) => {
    switch (request.query.operation) {
      case "GetCACaps":
        return reply.type("text/plain").send(scep.capabilities());
      case "GetCACert":
        return reply.type("application/x-x509-ca-cert").send(Buffer.from(scep.certificate()));
      default:
        return reply
          .code(400)
          .type("text/plain")
          .send("SCEP: operation must be GetCACaps or GetCACert; PKIOperation is a POST.\n");
    }
  });

  app.post<{ Querystring: { operation?: string } }>("/scep", async (request, reply) => {
    if (request.query.operation !== "PKIOperation")
      return reply.code(400).type("text/plain").send("SCEP: operation must be PKIOperation.\n");
    const answer = await scep.operation(bytesOf(request.body));
    return reply.type("application/x-pki-message").send(Buffer.from(answer));
  });

  app.setNotFoundHandler((_request, reply) => reply.code(404).send());

  // No error of Fastify's or ours may become a 401; its texts stay with us.
  app.setErrorHandler((error: { statusCode?: number; code?: string }, _request, reply) => {
    if (error.code === "FST_ERR_CTP_BODY_TOO_LARGE") return reply.code(413).send();
    if (error.code === "scep-invalid") return reply.code(400).send();
    const theirs = error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500;
    if (!theirs) face.failed(error);
    return reply.code(theirs ? 400 : 503).send();
  });
}

function bytesOf(body: unknown): Uint8Array {
  return body instanceof Uint8Array ? body : new Uint8Array();
}
