/** What the fake service knows of accounts and sessions: one account, which has signed in. */
import type { AccountView } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import type { AccessAdmin, OpenedSession } from "../../service/index.ts";
import { sessionView } from "../../service/access/principal.ts";
import { NOW } from "./fake-rows.suite.ts";

const HOUR = 3_600_000;

export const anna: AccountView = {
  id: "account-1",
  name: "anna",
  role: "operator",
  state: "active",
  signIn: "password",
  issuer: null,
  revision: 3,
  createdAt: new Date(NOW - 48 * HOUR).toISOString(),
  createdBy: "token:tests",
  changedAt: new Date(NOW - 24 * HOUR).toISOString(),
  changedBy: "token:tests",
  signedInAt: new Date(NOW - HOUR).toISOString(),
};

/** The cookie of its session. */
export const COOKIE = "cookie-of-anna";
export const CSRF = "csrf-of-anna";

const opened: OpenedSession = {
  secret: COOKIE,
  principal: {
    actor: `account:${anna.id}`,
    role: anna.role,
    expiresAt: NOW + 100 * HOUR,
    session: {
      hash: "hash-of-anna",
      accountId: anna.id,
      accountName: anna.name,
      csrfToken: CSRF,
      idleExpiresAt: NOW + 12 * HOUR,
    },
  },
};

const known = (ref: string): void => {
  if (ref !== anna.id && ref !== anna.name) throw new UptickError("account-unknown", `There is no account "${ref}".`);
};

export const fakeAccess: AccessAdmin = {
  session: async (secret) => (secret === COOKIE ? opened.principal : undefined),
  signIn: async (_from, { password }) => {
    if (password === "paused") throw new UptickError("sign-in-paused", "Too many attempts.", { retryAfter: 7 });
    if (password !== "right") throw new UptickError("sign-in-refused", "The name or the password is wrong.");
    return opened;
  },
  signOut: async () => undefined,
  setUp: async () => opened,
  changePassword: async () => undefined,
  beginOidc: async () => ({ url: "https://login.example.org/auth", attempt: "sealed" }),
  finishOidc: async () => opened,
  describe: sessionView,
  accounts: async () => ({ rows: [anna], next: null }),
  account: async (ref) => {
    known(ref);
    return anna;
  },
  createAccount: async (_actor, { name, role }) => {
    if (name === anna.name) throw new UptickError("account-exists", `An account called "${name}" exists already.`);
    return { ...anna, name, role, revision: 1, signedInAt: null };
  },
  editAccount: async (_actor, ref, { revision, ...edit }) => {
    known(ref);
    if (revision !== anna.revision)
      throw new UptickError("revision-stale", "The account has another revision.", { members: { present: anna } });
    return { ...anna, ...edit, revision: revision + 1 };
  },
  removeAccount: async (_actor, ref) => known(ref),
  setPassword: async (_actor, ref) => {
    known(ref);
    return { ...anna, revision: anna.revision + 1 };
  },
  endSessions: async (_actor, ref) => {
    known(ref);
    return anna;
  },
};
