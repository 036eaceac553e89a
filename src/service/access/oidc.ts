/** Signing in by an OpenID Connect provider: what is remembered of it meanwhile, and which account comes of it. */
import { UptickError } from "../../errors/index.ts";
import { hashSecret, secretMatches } from "../../identity/index.ts";
import type { AccountRow } from "../../store/index.ts";
import type { IdentityProvider, OidcAttempt, Ports } from "../ports.ts";
import { askedBy, createStrangers } from "../server/audit.ts";
import { endSessions } from "./account-record.ts";
import { type Claims, claimValues, type RoleMapping, roleOf } from "./role-map.ts";
import { type From, makeSecret, openedSession, type OpenedSession } from "./sessions.ts";
import { type ProviderSignInInput, signInByProvider } from "./oidc-record.ts";

/** What this server knows of its provider. */
export interface OidcOptions {
  readonly provider: IdentityProvider;
  /** The claim whose values `roles` maps. */
  readonly claim: string;
  readonly roles: readonly RoleMapping[];
}

export interface OidcSignIn {
  /** Where the browser goes, and what it keeps meanwhile. Throws `oidc-off`, `oidc-unavailable`. */
  beginOidc(): Promise<{ readonly url: string; readonly attempt: string }>;
  /** Throws `oidc-off`, `oidc-unavailable`, `oidc-refused`, `oidc-no-role`; `sign-in-refused` where the account is disabled. */
  finishOidc(from: From, attempt: string | undefined, answer: Readonly<Record<string, string>>): Promise<OpenedSession>;
}

/** ms that a person may take at the provider. */
export const ATTEMPT_LASTS = 10 * 60_000;
const LOG_EVERY = 60_000;
const LONGEST_NAME = 90;
/** What the sealed text is bound to. */
const CONTEXT = "/OidcAttempt";

const refused = (why: string): UptickError =>
  new UptickError("oidc-refused", `This sign-in can't be finished: ${why}.`);

/** What the provider calls the person; for people to read: nothing is decided by it. */
function nameIn(claims: Claims, subject: string): string {
  const texts = ["preferred_username", "email", "name"].flatMap((claim) => claimValues(claims, claim));
  const read = (texts.find((text) => text.trim() !== "") ?? subject)
    .normalize("NFC")
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "");
  return read.slice(0, LONGEST_NAME).trim() || "unnamed";
}

export function createOidcSignIn(ports: Ports, options: OidcOptions | undefined): OidcSignIn {
  const { devices, sealer } = ports;
  const strangers = createStrangers(ports);
  let loggedAt = Number.NEGATIVE_INFINITY;

  /** In the log once a minute, however many ask. */
  function unavailable(why: string): UptickError {
    const now = ports.realNow();
    if (now - loggedAt >= LOG_EVERY) {
      loggedAt = now;
      ports.log.warn("oidc-failed", { reason: why });
    }
    return new UptickError("oidc-unavailable", `The OpenID Connect provider can't be used just now: ${why}.`);
  }

  function provided(): OidcOptions {
    if (options === undefined) throw new UptickError("oidc-off", "This server has no OpenID Connect provider.");
    return options;
  }

  function remember(attempt: OidcAttempt): string {
    const text = JSON.stringify({ ...attempt, expiresAt: ports.now() + ATTEMPT_LASTS });
    return Buffer.from(sealer.seal(Buffer.from(text), CONTEXT)).toString("base64url");
  }

  function recall(sealed: string | undefined): OidcAttempt {
    if (sealed === undefined) throw refused("this browser has not begun it, or began it more than ten minutes ago");
    let text: string;
    try {
      text = Buffer.from(sealer.open(Buffer.from(sealed, "base64url"), CONTEXT)).toString("utf8");
    } catch {
      // Nobody but this server can have written what it can open.
      throw refused("this browser has not begun it");
    }
    const { expiresAt, ...attempt } = JSON.parse(text) as OidcAttempt & { readonly expiresAt: number };
    if (ports.now() >= expiresAt) throw refused("it was begun more than ten minutes ago");
    return attempt;
  }

  const find = async (issuer: string, subject: string): Promise<AccountRow | undefined> =>
    (await devices.read({ from: "account", where: { subject, issuer } }))[0];

  return {
    async beginOidc() {
      const { provider } = provided();
      const attempt = { state: makeSecret(ports), nonce: makeSecret(ports), verifier: makeSecret(ports) };
      const begun = await provider.begin(attempt);
      if (begun.kind === "unavailable") throw unavailable(begun.detail);
      return { url: begun.url, attempt: remember(attempt) };
    },

    async finishOidc(from, sealed, answer) {
      const { provider, claim, roles } = provided();
      const attempt = recall(sealed);
      if (!secretMatches(answer["state"] ?? "", attempt.state))
        throw refused("the provider's answer is to another one");
      const outcome = await provider.finish(answer, attempt);
      if (outcome.kind !== "known")
        throw outcome.kind === "refused" ? refused(outcome.detail) : unavailable(outcome.detail);
      const { issuer, subject, claims } = outcome;
      const role = roleOf(claims, claim, roles);
      // Made at the same time by another request, it is found the second time.
      for (const _time of ["first", "second"]) {
        const known = await find(issuer, subject);
        const id = known?.id ?? ports.newId();
        const caller = { ...from, actor: `account:${id}`, objectKind: "account", objectId: id };
        const asked = askedBy(ports, caller);
        if (role === undefined) {
          if (known !== undefined) {
            // Who has left all groups has no access, also in browsers that are signed in.
            await devices.run(endSessions, { id });
            await asked.end("oidc-no-role");
          } else strangers({ ...from, objectKind: "account", account: "", outcome: "sign-in-refused" });
          throw new UptickError(
            "oidc-no-role",
            `The provider knows the person, and no value of "${claim}" has a role here.`,
          );
        }
        const secret = makeSecret(ports);
        const now = ports.now();
        const name = nameIn(claims, subject);
        const input: ProviderSignInInput = { id, issuer, subject, name, role, sessionHash: hashSecret(secret), now };
        const result = await asked.actor.run(signInByProvider, input);
        if (result.kind === "opened") return openedSession(secret, result.account, now);
        if (result.kind === "disabled") {
          await asked.end("sign-in-refused");
          throw new UptickError("sign-in-refused", "The account is disabled.");
        }
      }
      throw refused("the account was changed meanwhile");
    },
  };
}
