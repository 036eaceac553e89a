/** Who asks: a bearer token (RFC 6750), or the cookie of a session. */
import type { FastifyRequest } from "fastify";
import { UptickError } from "../../errors/index.ts";
import type { AdminService, Principal } from "../../service/index.ts";
import { headerValues } from "../head/index.ts";
import { type Carrier, cookieIn } from "./cookies.ts";

const LONGEST = 512;

/**
 * With an `Authorization` header the token alone counts, and no cookie is looked at: the caller has said as whom it asks.
 * @throws UptickError `unauthorized`, in the same words whatever is missing, wrong or over
 */
export async function authenticate(
  { server, access }: AdminService,
  { raw }: FastifyRequest,
  carrier: Carrier,
): Promise<Principal> {
  const [sent, ...more] = headerValues(raw.rawHeaders, "authorization");
  const principal =
    sent === undefined
      ? await bySession(access, cookieIn(raw, "session", carrier))
      : // Node would show the first of several, and a proxy in between may have looked at another.
        await byToken(server, more.length > 0 ? undefined : /^Bearer +([\x21-\x7e]+)$/i.exec(sent)?.[1]);
  if (principal === undefined)
    throw new UptickError("unauthorized", "This address needs a token or a session that is known here.");
  return principal;
}

async function byToken(server: AdminService["server"], token: string | undefined): Promise<Principal | undefined> {
  const known = token === undefined || token.length > LONGEST ? undefined : await server.authenticate(token);
  if (known === undefined) return undefined;
  return { actor: `token:${known.name}`, role: known.role, expiresAt: known.expiresAt, session: null };
}

async function bySession(access: AdminService["access"], secret: string | undefined): Promise<Principal | undefined> {
  if (secret === undefined || secret.length > LONGEST) return undefined;
  return access.session(secret);
}
