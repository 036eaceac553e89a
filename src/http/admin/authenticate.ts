/** Who asks: a bearer token (RFC 6750) that the service knows. */
import type { FastifyRequest } from "fastify";
import { UptickError } from "../../errors/index.ts";
import type { AdminService } from "../../service/index.ts";
import { headerValues } from "../head/index.ts";

const LONGEST = 512;

/** The token's name. @throws UptickError `unauthorized`, in the same words whether the token is missing or wrong */
export async function authenticate({ server }: AdminService, request: FastifyRequest): Promise<string> {
  const [sent = "", ...more] = headerValues(request.raw.rawHeaders, "authorization");
  // Node would show the first of several, and a proxy in between may have looked at another.
  const token = more.length > 0 ? undefined : /^Bearer +([\x21-\x7e]+)$/i.exec(sent)?.[1];
  const name = token === undefined || token.length > LONGEST ? undefined : await server.authenticate(token);
  if (name === undefined)
    throw new UptickError("unauthorized", "This address needs an admin token that is known here.");
  return name;
}
