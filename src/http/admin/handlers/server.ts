/** The server itself: state, push certificate, enrollment, tokens. */
import type { Ask, RouteOf } from "../../../contract/index.ts";
import type { AdminService } from "../../../service/index.ts";
import { created, type Handlers, ok } from "./reply.ts";

type Names =
  | "health"
  | "ready"
  | "status"
  | "showClock"
  | "acceptClock"
  | "listRefusals"
  | "enroll"
  | "createLink"
  | "listLinks"
  | "revokeLink"
  | "pushRequest"
  | "importPush"
  | "createToken"
  | "listTokens"
  | "revokeToken"
  | "listAudit";

export const serverHandlers: Handlers<Names> = {
  health: async (service) => {
    await service.alive();
    return ok({ status: "ok" });
  },

  ready: async (service) => {
    await service.ready();
    return ok({ status: "ok" });
  },

  status: async (service) => ok(await service.status()),

  showClock: async (service) => ok(await service.clock()),

  acceptClock: async (service) => ok(await service.acceptClock()),

  listRefusals: async (service, { query }) => ok(await service.refusals(query)),

  enroll: async (service, { body, wantsJson }) => {
    const { profile, uses, expiresAt, publiclyTrusted } = await service.enroll(body);
    if (wantsJson)
      return created({ profile: Buffer.from(profile).toString("base64"), uses, expiresAt, publiclyTrusted });
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

  createToken: async (service, { body }) => created(await service.createToken(body.name)),

  listTokens: async (service) => ok({ rows: await service.tokens() }),

  listAudit: async (service, { query }) => ok(await service.audit(auditQueryOf(query))),

  revokeToken: async (service, { params }) => {
    await service.revokeToken(params.name);
    return { status: 204, media: null, body: null };
  },
};

type AuditQuery = Parameters<AdminService["audit"]>[0];

function auditQueryOf({ actor, object, since, ...pages }: Ask<RouteOf<"listAudit">>["query"]): AuditQuery {
  const [objectKind, ...id] = object?.split(":") ?? [];
  return {
    ...pages,
    ...(actor === undefined ? {} : { actor: actor === "none" ? null : actor }),
    ...(objectKind === undefined ? {} : { objectKind }),
    ...(id.length === 0 ? {} : { objectId: id.join(":") }),
    ...(since === undefined ? {} : { since: Date.parse(since) }),
  };
}
