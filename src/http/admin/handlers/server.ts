/** The server itself: state, push certificate, catalog, enrolment, tokens. */
import { created, type Handlers, ok } from "./reply.ts";

type Names =
  | "health"
  | "status"
  | "enroll"
  | "createLink"
  | "listLinks"
  | "revokeLink"
  | "pushRequest"
  | "importPush"
  | "importCatalog"
  | "createToken"
  | "listTokens"
  | "revokeToken";

export const serverHandlers: Handlers<Names> = {
  health: () => Promise.resolve(ok({ status: "ok" })),

  status: async (service) => ok(await service.status()),

  enroll: async (service, { body, wantsJson }) => {
    const { profile, uses, expiresAt } = await service.enroll(body);
    if (wantsJson) return created({ profile: Buffer.from(profile).toString("base64"), uses, expiresAt });
    const headers = {
      "content-disposition": 'attachment; filename="uptick-enrollment.mobileconfig"',
      "uptick-uses": String(uses),
      "uptick-expires-at": String(expiresAt),
    };
    return { status: 201, media: "application/x-apple-aspen-config", headers, body: profile };
  },

  createLink: async (service, { body }) => created(await service.addLink(body)),

  listLinks: async (service) => ok({ rows: await service.links() }),

  revokeLink: async (service, { params }) => ok(await service.revokeLink(params.id)),

  pushRequest: async (service, { body }) => ok(await service.pushRequest(body.vendor)),

  importPush: async (service, { body }) => ok(await service.importPush(new TextDecoder().decode(body))),

  importCatalog: async (service, { body }) => ok(await service.importCatalog(body)),

  createToken: async (service, { body }) => created(await service.createToken(body.name)),

  listTokens: async (service) => ok({ rows: await service.tokens() }),

  revokeToken: async (service, { params }) => {
    await service.revokeToken(params.name);
    return { status: 204, media: null, body: null };
  },
};
