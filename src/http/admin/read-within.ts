/** Reads a request's body within the route's limit and the budget of all bodies. */
import type { ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { UptickError } from "../../errors/index.ts";
import { type BodyBudget, GrowingBody } from "../body/index.ts";

/** A parser for Fastify, which gives what a route takes as one Buffer. Throws `request-too-large`, `server-busy`. */
export function readWithin(app: FastifyInstance, budget: BodyBudget) {
  const responses = new WeakMap<object, ServerResponse>();
  app.addHook("onRequest", async (request, reply) => void responses.set(request.raw, reply.raw));

  return async (request: FastifyRequest, payload: Readable): Promise<Buffer> => {
    const most = request.routeOptions.bodyLimit ?? 0;
    const announced = request.headers["content-length"];
    if (announced !== undefined && Number(announced) > most) throw tooLarge();
    // Who has no token was refused before: whose body it is need not be asked.
    const lease = budget.lease("known");
    const response = responses.get(request.raw);
    if (response === undefined || response.closed) lease.end();
    else response.once("close", () => lease.end());
    const body = new GrowingBody(lease, announced === undefined ? most : Number(announced));
    for await (const part of parts(payload)) {
      if (body.size + part.length > most) throw tooLarge();
      if (!body.add(part)) {
        throw new UptickError("server-busy", "More large requests are being read than the server holds at once.");
      }
    }
    return body.bytes();
  };
}

const tooLarge = (): UptickError =>
  new UptickError("request-too-large", "The request's body is larger than this address accepts.");

async function* parts(payload: Readable): AsyncGenerator<Buffer> {
  try {
    // A stream that is left early is destroyed else, and the connection with it: the refusal could not be said any more.
    yield* payload.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  } catch (cause) {
    throw new UptickError("request-invalid", "The request could not be read to its end.", { cause });
  }
}
