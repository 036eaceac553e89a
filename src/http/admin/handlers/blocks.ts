/** Blocks of releases. */
import { created, type Handlers, ok } from "./reply.ts";

export const blockHandlers: Handlers<"createBlock" | "listBlocks" | "showBlock" | "endBlock"> = {
  createBlock: async ({ blocks }, { query, body }, actor) => {
    if (query.dryRun) return ok(await blocks.tryBlock(body));
    const block = await blocks.block(actor, body);
    return created(block, `/api/v1/blocks/${encodeURIComponent(block.id)}`);
  },

  listBlocks: async ({ blocks }, { query }) => ok(await blocks.blocks(query.after, query.limit)),

  showBlock: async ({ blocks }, { params }) => ok(await blocks.showBlock(params.id)),

  endBlock: async ({ blocks }, { params, body }, actor) => ok(await blocks.unblock(actor, params.id, body.reason)),
};
