/** Accounts of people, and their sessions. */
import { z } from "zod";
import { role } from "./tokens.ts";
import { createdBy, cursor, instant, page, wholeNumber } from "./values.ts";

/** What a password may have; what is sent to sign in is bounded alike. */
const MOST_OF_A_PASSWORD = 1000;
const password = z.string().max(MOST_OF_A_PASSWORD);
const newPassword = password.describe(
  "at least 12 characters, at most 1,000; letters in another Unicode form are the same (NFKC)",
);
const name = z.string().min(1).max(200);
const accountName = name.describe("1 to 100 characters, such as `anna` or `anna@example.org`; unique in any case");

export const ACCOUNT_STATES = ["active", "disabled"] as const;

export const account = z
  .object({
    id: z.string(),
    name: z.string(),
    role,
    state: z.enum(ACCOUNT_STATES).describe("a disabled account can't sign in"),
    signIn: z.enum(["password", "oidc"]).describe("with a password, or by the OpenID Connect provider"),
    issuer: z.string().nullable().describe("of the provider; null with a password"),
    revision: z.int().describe("1, and one more with each change; an edit names it"),
    createdAt: instant,
    createdBy,
    changedAt: instant,
    changedBy: createdBy,
    signedInAt: instant.nullable().describe("the last time; null: never"),
  })
  .meta({ id: "Account" });
export type AccountView = z.output<typeof account>;
export const accountPage = page(account);

export const accountsQuery = z.strictObject({
  after: cursor,
  limit: wholeNumber(1, 1000, 100).describe("rows of a page, 1 to 1000; default 100"),
});
export const accountParams = z.object({ id: name.describe("the account's id or name") });

export const accountRequest = z
  .strictObject({ name: accountName, role, password: newPassword })
  .meta({ id: "AccountRequest" });
export type AccountRequest = z.output<typeof accountRequest>;

export const accountEdit = z
  .strictObject({
    revision: z.int().describe("that of the account as it is known; a stale one is refused"),
    name: accountName.exactOptional(),
    role: role.exactOptional(),
    state: z.enum(ACCOUNT_STATES).exactOptional(),
  })
  .meta({ id: "AccountEdit", description: "What changes. A changed role or state ends the account's sessions." });
export type AccountEdit = z.output<typeof accountEdit>;

const ownPassword = password.describe("the password as it is");
export const passwordRequest = z
  .strictObject({ password: newPassword, currentPassword: ownPassword.exactOptional() })
  .meta({ id: "PasswordRequest", description: "`currentPassword` is needed for the account of the session." });
export type PasswordRequest = z.output<typeof passwordRequest>;

export const ownPasswordRequest = z
  .strictObject({ password: newPassword, currentPassword: ownPassword })
  .meta({ id: "OwnPasswordRequest" });
export type OwnPasswordRequest = z.output<typeof ownPasswordRequest>;

export const signInRequest = z.strictObject({ name, password }).meta({ id: "SignInRequest" });
export type SignInRequest = z.output<typeof signInRequest>;

export const setUpRequest = z
  .strictObject({
    secret: z.string().min(1).max(200).describe("what stands behind `#` in the set-up link"),
    name: accountName.describe("of the first admin account; with a link of `uptick account reset` the account's name"),
    password: newPassword,
  })
  .meta({ id: "SetUpRequest" });
export type SetUpRequest = z.output<typeof setUpRequest>;

export const session = z
  .object({
    actor: z.string().describe("`account:ID` or `token:NAME`, as in the audit"),
    account: z.object({ id: z.string(), name: z.string() }).nullable().describe("null: the caller is a token"),
    role,
    csrfToken: z
      .string()
      .nullable()
      .describe("sent as `X-CSRF-Token` with every request of the session that is not a GET; null: a token needs none"),
    expiresAt: instant.nullable().describe("when the session, or the token, ends in any case; null: never"),
    idleExpiresAt: instant.nullable().describe("when the session ends if it is not used; null: the caller is a token"),
  })
  .meta({ id: "Session", description: "Who asks, and what they may do." });
export type SessionView = z.output<typeof session>;

/** What a provider sends back is its own choice: the names that the protocol gives, and others that are passed over. */
export const oidcAnswerQuery = z
  .object({ code: z.string().max(8000).exactOptional(), state: z.string().max(8000).exactOptional() })
  .catchall(z.string().max(8000));
