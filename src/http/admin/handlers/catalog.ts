/** Apple's list of releases. */
import { type Handlers, ok } from "./reply.ts";

export const catalogHandlers: Handlers<
  "importCatalog" | "importCves" | "fetchCatalog" | "acceptCatalog" | "listCatalog" | "showRelease"
> = {
  importCatalog: async ({ server }, { query: { modifiedAt, acceptSmaller }, body }, actor) =>
    ok(
      await server.importCatalog(actor, body, {
        acceptSmaller,
        ...(modifiedAt === undefined ? {} : { modifiedAt: Date.parse(modifiedAt) }),
      }),
    ),

  importCves: async ({ server }, { body }, actor) => ok(await server.importCves(actor, body)),

  fetchCatalog: async ({ server }, _ask, actor) => ok(await server.fetchCatalog(actor)),

  acceptCatalog: async ({ server }, { query }, actor) =>
    ok(query.dryRun ? await server.tryAcceptCatalog() : await server.acceptCatalog(actor)),

  listCatalog: async ({ server }, { query }) => ok(await server.releases(query)),

  showRelease: async ({ server }, { params }) => ok(await server.release(params.ref)),
};
