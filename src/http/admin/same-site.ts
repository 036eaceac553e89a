/**
 * Whether a request with a cookie comes from a page of this server: a browser adds the cookie to what any page asks. Two proofs are
 * needed: what the browser says of the page (`Origin`, `Sec-Fetch-Site`), and for a session a token that only its own page can know.
 */
import { UptickError } from "../../errors/index.ts";
import { secretMatches } from "../../identity/index.ts";
import type { KnownSession } from "../../service/index.ts";
import { type Head, headerValues } from "../head/index.ts";

const LONGEST = 512;

const refused = (why: string): UptickError => new UptickError("csrf-refused", `The request ${why}.`);

function isOwn(origin: string, host: string | undefined, webUrl: string | undefined): boolean {
  const url = URL.parse(origin);
  return url !== null && (origin === webUrl || (host !== undefined && url.host === host.toLowerCase()));
}

/** `webUrl`: origin at which browsers reach this server, where it is set. @throws UptickError `csrf-refused` */
export function checkSite({ rawHeaders }: Head, webUrl: string | undefined): void {
  const [host, ...hosts] = headerValues(rawHeaders, "host");
  for (const origin of headerValues(rawHeaders, "origin"))
    if (hosts.length > 0 || !isOwn(origin, host, webUrl)) throw refused("comes from a page of another origin");
  for (const site of headerValues(rawHeaders, "sec-fetch-site"))
    if (site !== "same-origin" && site !== "none") throw refused("comes from a page of another site");
}

/** @throws UptickError `csrf-refused` */
export function checkToken({ rawHeaders }: Head, { csrfToken }: KnownSession): void {
  const [sent, ...more] = headerValues(rawHeaders, "x-csrf-token");
  if (sent === undefined) throw refused("has no X-CSRF-Token");
  if (more.length > 0 || sent.length > LONGEST || !secretMatches(sent, csrfToken))
    throw refused("has another X-CSRF-Token than its session");
}
