/** Blocks of releases. */
import { created, type Handlers, ok } from "./reply.ts";

export const blockHandlers: Handlers<"createBlock" | "listBlocks" | "endBlock"> = {
  createBlock: async ({ blocks }, { query, body }, actor) =>
    query.dryRun ? ok(await blocks.tryBlock(body)) : created(await blocks.block(actor, body)),

  listBlocks: async ({ blocks }) => ok(await blocks.blocks()),

  endBlock: async ({ blocks }, { params, body }, actor) => ok(await blocks.unblock(actor, params.id, body.reason)),
};
