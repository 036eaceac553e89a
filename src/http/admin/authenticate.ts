/** Who asks: a bearer token (RFC 6750) that the service knows. */
import type { FastifyRequest } from "fastify";
import type { Role } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import type { AdminService } from "../../service/index.ts";
import { headerValues } from "../head/index.ts";

const LONGEST = 512;

/** Who asks, and what they may do. */
export interface Principal {
  /** `token:NAME` or `account:ID` (api A9). */
  readonly actor: string;
  readonly role: Role;
}

/** @throws UptickError `unauthorized`, in the same words whether the token is missing, wrong or over */
export async function authenticate({ server }: AdminService, request: FastifyRequest): Promise<Principal> {
  const [sent = "", ...more] = headerValues(request.raw.rawHeaders, "authorization");
  // Node would show the first of several, and a proxy in between may have looked at another.
  const token = more.length > 0 ? undefined : /^Bearer +([\x21-\x7e]+)$/i.exec(sent)?.[1];
  const known = token === undefined || token.length > LONGEST ? undefined : await server.authenticate(token);
  if (known === undefined)
    throw new UptickError("unauthorized", "This address needs a token or a session that is known here.");
  return { actor: `token:${known.name}`, role: known.role };
}
