/**
 * The cookies of a browser. Over TLS they have the prefix `__Host-`, so that no other host and no plain connection can set them; over plain HTTP, which is
 * for trying the server out on its own machine, browsers would refuse that prefix. SameSite is Lax: a link in a mail leads into the console with the
 * session, and what changes anything is never a GET (`same-site.ts` guards the rest).
 */
import { fastifyCookie } from "@fastify/cookie";
import { type Head, headerValues } from "../head/index.ts";

/** How this browser reaches the server. */
export interface Carrier {
  readonly tls: boolean;
}

const BASES = { session: "uptick-session", oidc: "uptick-oidc" } as const;
export type CookieName = keyof typeof BASES;

const nameOf = (name: CookieName, { tls }: Carrier): string => `${tls ? "__Host-" : ""}${BASES[name]}`;

const attributes = ({ tls }: Carrier) => ({ path: "/", httpOnly: true, sameSite: "lax", secure: tls }) as const;

/** A value of `Set-Cookie`. `seconds`: how long a browser keeps it. */
export const cookieText = (name: CookieName, value: string, carrier: Carrier, seconds: number): string =>
  fastifyCookie.serialize(nameOf(name, carrier), value, { ...attributes(carrier), maxAge: seconds });

/** Has the browser forget it. */
export const noCookie = (name: CookieName, carrier: Carrier): string => cookieText(name, "", carrier, 0);

/** One that comes more than once counts as none: whoever set the second may be another. */
export function cookieIn({ rawHeaders }: Head, name: CookieName, carrier: Carrier): string | undefined {
  const wanted = nameOf(name, carrier);
  const sent = headerValues(rawHeaders, "cookie").join("; ");
  const pairs = sent.split(";").filter((pair) => pair.split("=", 1)[0]?.trim() === wanted);
  return pairs.length === 1 ? fastifyCookie.parse(pairs[0] ?? "")[wanted] : undefined;
}
