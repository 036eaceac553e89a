/**
 * A server that is to stop finishes the requests that have begun, and waits for nobody else. Node's own limits end when its server
 * begins to close: a client that stalls or says nothing would hold the stop without end, and one whose connection is kept for as long
 * as an idle one may be.
 */
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import type { HttpLimits } from "./http-limits.ts";

export function stopsInTime(app: FastifyInstance, { stop }: HttpLimits): void {
  let stopping = false;
  // Below TLS: a handshake that is never done is among them.
  const sockets = new Set<Socket>();
  app.server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  app.addHook("onSend", async (_request, reply) => {
    if (stopping) reply.header("connection", "close");
  });
  app.addHook("preClose", async () => {
    stopping = true;
    if (!app.server.listening) return;
    const end = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, stop);
    app.server.once("close", () => clearTimeout(end));
  });
}
