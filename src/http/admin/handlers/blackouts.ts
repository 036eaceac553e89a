/** Blackouts. */
import { created, type Handlers, ok } from "./reply.ts";

export const blackoutHandlers: Handlers<"createBlackout" | "listBlackouts" | "showBlackout" | "removeBlackout"> = {
  createBlackout: async ({ blackouts }, { query, body }, actor) => {
    if (query.dryRun) return ok(await blackouts.tryBlackout(body));
    const blackout = await blackouts.blackout(actor, body);
    return created(blackout, `/api/v1/blackouts/${encodeURIComponent(blackout.name)}`);
  },

  listBlackouts: async ({ blackouts }, { query }) => ok(await blackouts.blackouts(query.after, query.limit)),

  showBlackout: async ({ blackouts }, { params }) => ok(await blackouts.showBlackout(params.name)),

  removeBlackout: async ({ blackouts }, { params }, actor) => {
    await blackouts.removeBlackout(actor, params.name);
    return { status: 204, media: null, body: null };
  },
};
