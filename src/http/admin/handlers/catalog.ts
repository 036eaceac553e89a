/** Apple's list of releases. */
import { type Handlers, ok } from "./reply.ts";

export const catalogHandlers: Handlers<"importCatalog" | "listCatalog" | "showRelease"> = {
  importCatalog: async (service, { query: { modifiedAt, acceptSmaller }, body }) =>
    ok(
      await service.importCatalog(body, {
        acceptSmaller,
        ...(modifiedAt === undefined ? {} : { modifiedAt: Date.parse(modifiedAt) }),
      }),
    ),

  listCatalog: async (service, { query }) => ok(await service.releases(query)),

  showRelease: async (service, { params }) => ok(await service.release(params.ref)),
};
