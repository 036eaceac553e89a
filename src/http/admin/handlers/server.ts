/** The server itself: state, clock, push certificate, tokens. */
import { created, type Handlers, ok } from "./reply.ts";

type Names =
  | "health"
  | "ready"
  | "status"
  | "metrics"
  | "showClock"
  | "acceptClock"
  | "listRefusals"
  | "pushRequest"
  | "importPush"
  | "createToken"
  | "listTokens"
  | "showToken"
  | "revokeToken";

export const serverHandlers: Handlers<Names> = {
  health: async ({ server }) => {
    await server.alive();
    return ok({ state: "alive" });
  },

  ready: async ({ server }) => ok({ state: "ready", warnings: await server.ready() }),

  // The version is part of the format's name; the contract names the media type alone.
  metrics: async ({ server }) => ({
    status: 200,
    media: "text/plain",
    headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
    body: new TextEncoder().encode(await server.metrics()),
  }),

  status: async ({ server }) => ok(await server.status()),

  showClock: async ({ server }) => ok(await server.clock()),

  acceptClock: async ({ server }, _ask, actor) => ok(await server.acceptClock(actor)),

  listRefusals: async ({ server }, { query }) => ok(await server.refusals(query)),

  pushRequest: async ({ server }, { body }, actor) => ok(await server.pushRequest(actor, body.vendor)),

  importPush: async ({ server }, { body }, actor) => ok(await server.importPush(actor, new TextDecoder().decode(body))),

  createToken: async ({ server }, { body }, actor) =>
    created(await server.createToken(actor, body), `/api/v1/tokens/${encodeURIComponent(body.name)}`),

  listTokens: async ({ server }, { query }) => ok(await server.tokens(query.after, query.limit)),

  showToken: async ({ server }, { params }) => ok(await server.token(params.name)),

  revokeToken: async ({ server }, { params }, actor) => {
    await server.revokeToken(actor, params.name);
    return { status: 204, media: null, body: null };
  },
};
