/** Apple's list of releases. */
import { type Handlers, ok } from "./reply.ts";

export const catalogHandlers: Handlers<"importCatalog" | "listCatalog" | "showRelease"> = {
  importCatalog: async ({ server }, { query: { modifiedAt, acceptSmaller }, body }, actor) =>
    ok(
      await server.importCatalog(actor, body, {
        acceptSmaller,
        ...(modifiedAt === undefined ? {} : { modifiedAt: Date.parse(modifiedAt) }),
      }),
    ),

  listCatalog: async ({ server }, { query }) => ok(await server.releases(query)),

  showRelease: async ({ server }, { params }) => ok(await server.release(params.ref)),
};
