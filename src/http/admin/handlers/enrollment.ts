/** Enrollment profiles and links. */
import { created, type Handlers, ok } from "./reply.ts";

export const enrollmentHandlers: Handlers<"enroll" | "createLink" | "listLinks" | "revokeLink"> = {
  enroll: async ({ enrollment }, { body, wantsJson }, actor) => {
    const { expiresAt: endsMs, ...made } = await enrollment.enroll(actor, body);
    const { profile, uses, publiclyTrusted } = made;
    const expiresAt = new Date(endsMs).toISOString();
    if (wantsJson)
      return created({ profile: Buffer.from(profile).toString("base64"), uses, expiresAt, publiclyTrusted });
    const headers = {
      "content-disposition": 'attachment; filename="uptick-enrollment.mobileconfig"',
      "uptick-uses": String(uses),
      "uptick-expires-at": expiresAt,
    };
    return { status: 201, media: "application/x-apple-aspen-config", headers, body: profile };
  },

  createLink: async ({ enrollment }, { body }, actor) => created(await enrollment.addLink(actor, body)),

  listLinks: async ({ enrollment }) => ok({ rows: await enrollment.links() }),

  revokeLink: async ({ enrollment }, { params }, actor) => ok(await enrollment.revokeLink(actor, params.id)),
};
