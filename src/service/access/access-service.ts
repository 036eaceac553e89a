/** Who may ask, and as whom: accounts, sessions and how they begin. */
import type { SessionView } from "../../contract/index.ts";
import type { Ports } from "../ports.ts";
import { type Accounts, createAccounts } from "./accounts.ts";
import { createOidcSignIn, type OidcOptions, type OidcSignIn } from "./oidc.ts";
import { createPasswords } from "./passwords.ts";
import { type Principal, sessionView } from "./principal.ts";
import { createSessions, type Sessions } from "./sessions.ts";

export interface AccessAdmin extends Accounts, Sessions, OidcSignIn {
  /** What a caller is told of itself. */
  describe(principal: Principal): SessionView;
}

/** `oidc`: undefined: people sign in with passwords only. */
export function createAccessAdmin(ports: Ports, oidc: OidcOptions | undefined): AccessAdmin {
  const passwords = createPasswords(ports);
  return {
    ...createAccounts(ports, passwords),
    ...createSessions(ports, passwords),
    ...createOidcSignIn(ports, oidc),
    describe: sessionView,
  };
}
