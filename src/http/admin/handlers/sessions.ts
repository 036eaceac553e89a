/** Sessions: how one begins, what it is, and how it ends. */
import { UptickError } from "../../../errors/index.ts";
import {
  ATTEMPT_LASTS,
  type KnownSession,
  type OpenedSession,
  type Principal,
  SESSION_LASTS,
} from "../../../service/index.ts";
import { type Carrier, cookieText, noCookie } from "../cookies.ts";
import { created, type Handlers, ok, type Sender } from "./reply.ts";

type Names = "signIn" | "showSession" | "signOut" | "changeOwnPassword" | "setUp" | "beginOidc" | "finishOidc";

/** Where the console is. */
const CONSOLE = "/";

/** The cookie of a session that has begun; its id is always new, whatever the browser has sent. */
export const sessionCookie = ({ secret }: OpenedSession, carrier: Carrier): string =>
  cookieText("session", secret, carrier, SESSION_LASTS / 1000);

function principalOf({ principal }: Sender): Principal {
  if (principal === undefined) throw new Error("the route is open, and its handler asks who asks");
  return principal;
}

function sessionOf(sender: Sender): KnownSession {
  const { session, actor } = principalOf(sender);
  if (session === null) throw new UptickError("session-required", `${actor} is a token, and has no session.`);
  return session;
}

export const sessionHandlers: Handlers<Names> = {
  signIn: async ({ access }, { body }, _actor, sender) => {
    const opened = await access.signIn(sender.from, body);
    const headers = { location: "/api/v1/session", "set-cookie": sessionCookie(opened, sender.carrier) };
    return created(access.describe(opened.principal), "/api/v1/session", headers);
  },

  showSession: async ({ access }, _ask, _actor, sender) => ok(access.describe(principalOf(sender))),

  signOut: async ({ access }, _ask, actor, sender) => {
    await access.signOut(actor, sessionOf(sender));
    return { status: 204, media: null, headers: { "set-cookie": noCookie("session", sender.carrier) }, body: null };
  },

  changeOwnPassword: async ({ access }, { body }, actor, sender) => {
    await access.changePassword(actor, sender.from, sessionOf(sender), body);
    return ok(access.describe(principalOf(sender)));
  },

  setUp: async ({ access }, { body }, _actor, sender) => {
    const opened = await access.setUp(sender.from, body);
    const headers = { location: "/api/v1/session", "set-cookie": sessionCookie(opened, sender.carrier) };
    return created(access.describe(opened.principal), "/api/v1/session", headers);
  },

  beginOidc: async ({ access }, _ask, _actor, { carrier }) => {
    const { url, attempt } = await access.beginOidc();
    const cookie = cookieText("oidc", attempt, carrier, ATTEMPT_LASTS / 1000);
    return { status: 302, media: null, headers: { location: url, "set-cookie": cookie }, body: null };
  },

  finishOidc: async ({ access }, { query }, _actor, { from, carrier, oidcCookie }) => {
    const opened = await access.finishOidc(from, oidcCookie, query);
    const cookies = [sessionCookie(opened, carrier), noCookie("oidc", carrier)];
    return { status: 303, media: null, headers: { location: CONSOLE, "set-cookie": cookies }, body: null };
  },
};
