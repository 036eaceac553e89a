/** Enrollment links on the MDM endpoint: `/enroll/TOKEN` is a page, `/enroll/TOKEN/profile` the profile behind it. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { LinkEndpoint, LinkRefused } from "../../service/index.ts";
import { openPage, PAGE_HEADERS, refusedPage, troublePage, waitPage } from "./enrollment-page.ts";

/** No 401 and no 403 here either. */
export interface EnrollmentReply {
  readonly status: 200 | 404 | 410 | 429 | 503;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

const HTML = { ...PAGE_HEADERS, "content-type": "text/html; charset=utf-8" };
const PROFILE = {
  ...PAGE_HEADERS,
  "content-type": "application/x-apple-aspen-config",
  "content-disposition": 'attachment; filename="enrollment.mobileconfig"',
};

/** `path`: what stands behind "/enroll/", decoded. A HEAD never makes anything. */
export async function answerEnrollment(
  links: LinkEndpoint,
  method: "GET" | "HEAD",
  path: string,
): Promise<EnrollmentReply> {
  const [token = "", what, ...more] = path.replace(/\/$/, "").split("/");
  if (more.length > 0 || (what !== undefined && what !== "profile")) return refused(UNKNOWN);
  try {
    if (what === "profile" && method === "GET") {
      const answer = await links.download(token);
      return answer.kind === "profile" ? { status: 200, headers: PROFILE, body: answer.profile } : refused(answer);
    }
    const answer = await links.look(token);
    if (answer.kind !== "open") return refused(answer);
    if (what === "profile") return { status: 200, headers: PROFILE, body: "" };
    const profile = `/enroll/${encodeURIComponent(token)}/profile`;
    return { status: 200, headers: HTML, body: openPage(links.organization, profile, answer.expiresAt) };
  } catch (error) {
    links.failed(error);
    return { status: 503, headers: HTML, body: troublePage() };
  }
}

const UNKNOWN = { kind: "refused", why: "link-unknown" } as const;

function refused(answer: LinkRefused): EnrollmentReply {
  if (answer.kind === "wait") {
    const headers = { ...HTML, "retry-after": String(Math.ceil(answer.ms / 1000)) };
    return { status: 429, headers, body: waitPage() };
  }
  const status = answer.why === "link-unknown" ? 404 : 410;
  return { status, headers: HTML, body: refusedPage(answer.why) };
}

/** For what the router can't decode and no route sees: a page below /enroll, an empty 400 elsewhere. */
export function answerUndecodable(request: FastifyRequest, reply: FastifyReply): void {
  if (!request.url.startsWith("/enroll/")) return void reply.code(400).send();
  const { status, headers, body } = refused(UNKNOWN);
  void reply.code(status).headers(headers).send(body);
}

/** Adds the two addresses to the MDM endpoint. */
export function registerEnrollment(app: FastifyInstance, links: LinkEndpoint): void {
  app.route<{ Params: { "*": string } }>({
    // HEAD is named: the one that Fastify adds automatically would run the GET.
    method: ["GET", "HEAD"],
    // One wildcard, so that whatever is mistyped behind it gets a page.
    url: "/enroll/*",
    handler: async (request, reply) => {
      const method = request.method === "HEAD" ? "HEAD" : "GET";
      const { status, headers, body } = await answerEnrollment(links, method, request.params["*"]);
      return reply
        .code(status)
        .headers(headers)
        .send(typeof body === "string" ? body : Buffer.from(body));
    },
  });
}
