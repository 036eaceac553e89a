/** The server itself: state, clock, push certificate, tokens. */
import { created, type Handlers, ok } from "./reply.ts";

type Names =
  | "health"
  | "ready"
  | "status"
  | "showClock"
  | "acceptClock"
  | "listRefusals"
  | "pushRequest"
  | "importPush"
  | "createToken"
  | "listTokens"
  | "revokeToken";

export const serverHandlers: Handlers<Names> = {
  health: async ({ server }) => {
    await server.alive();
    return ok({ status: "ok" });
  },

  ready: async ({ server }) => {
    await server.ready();
    return ok({ status: "ok" });
  },

  status: async ({ server }) => ok(await server.status()),

  showClock: async ({ server }) => ok(await server.clock()),

  acceptClock: async ({ server }, _ask, actor) => ok(await server.acceptClock(actor)),

  listRefusals: async ({ server }, { query }) => ok(await server.refusals(query)),

  pushRequest: async ({ server }, { body }, actor) => ok(await server.pushRequest(actor, body.vendor)),

  importPush: async ({ server }, { body }, actor) => ok(await server.importPush(actor, new TextDecoder().decode(body))),

  createToken: async ({ server }, { body }, actor) => created(await server.createToken(actor, body.name)),

  listTokens: async ({ server }) => ok({ rows: await server.tokens() }),

  revokeToken: async ({ server }, { params }, actor) => {
    await server.revokeToken(actor, params.name);
    return { status: 204, media: null, body: null };
  },
};
