/** The listener of the metrics: one page, without a token, for those who may reach its address. */
import Fastify, { type FastifyInstance } from "fastify";
import { type Metrics, METRICS_TYPE } from "../metrics/index.ts";
import { fastifyOptions, type HttpLimits, limitConnections, nodeOptions } from "./http-limits.ts";
import { stopsInTime } from "./stops-in-time.ts";

export function metricsServer(metrics: Pick<Metrics, "text">, limits: HttpLimits): FastifyInstance {
  const app = Fastify({
    logger: false,
    forceCloseConnections: "idle",
    ...fastifyOptions(limits),
    http: nodeOptions(limits),
  }) as unknown as FastifyInstance;
  limitConnections(app.server, limits);
  stopsInTime(app, limits);
  app.get("/metrics", async (_request, reply) =>
    reply
      .header("content-type", METRICS_TYPE)
      .header("cache-control", "no-store")
      .header("x-content-type-options", "nosniff")
      .send(await metrics.text()),
  );
  app.setNotFoundHandler((_request, reply) => reply.code(404).type("text/plain").send("Metrics are at /metrics.\n"));
  app.setErrorHandler((error: { statusCode?: number }, _request, reply) => reply.code(error.statusCode ?? 500).send());
  return app;
}
