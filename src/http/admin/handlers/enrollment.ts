/** Enrollment profiles and links. */
import { created, type Handlers, ok } from "./reply.ts";

export const enrollmentHandlers: Handlers<"enroll" | "createLink" | "listLinks" | "showLink" | "revokeLink"> = {
  enroll: async ({ enrollment }, { body, wantsJson }, actor) => {
    const { expiresAt: endsMs, ...made } = await enrollment.enroll(actor, body);
    const { profile, uses, publiclyTrusted } = made;
    const expiresAt = new Date(endsMs).toISOString();
    if (wantsJson) return ok({ profile: Buffer.from(profile).toString("base64"), uses, expiresAt, publiclyTrusted });
    const headers = {
      "content-disposition": 'attachment; filename="uptick-enrollment.mobileconfig"',
      "uptick-uses": String(uses),
      "uptick-expires-at": expiresAt,
    };
    return { status: 200, media: "application/x-apple-aspen-config", headers, body: profile };
  },

  createLink: async ({ enrollment }, { body }, actor) => {
    const link = await enrollment.addLink(actor, body);
    return created(link, `/api/v1/enrollment-links/${encodeURIComponent(link.id)}`);
  },

  listLinks: async ({ enrollment }, { query }) => ok(await enrollment.links(query.after, query.limit)),

  showLink: async ({ enrollment }, { params }) => ok(await enrollment.link(params.id)),

  revokeLink: async ({ enrollment }, { params }, actor) => ok(await enrollment.revokeLink(actor, params.id)),
};
