/** Who asks: sessions of accounts, and how one begins. */
import { oidcAnswerQuery, ownPasswordRequest, session, setUpRequest, signInRequest } from "../accounts.ts";
import type { Route } from "../route.ts";
import { JSON_MEDIA, KIB, ok } from "./parts.ts";

const SIGN_IN = ["sign-in-refused", "sign-in-paused", "csrf-refused"] as const;

export const sessionsRoutes = {
  signIn: {
    method: "POST",
    path: "/api/v1/session",
    open: true,
    object: { kind: "account" },
    summary: "Signs in with name and password. The reply sets the cookie of the session.",
    body: { media: JSON_MEDIA, schema: signInRequest, maxBytes: 16 * KIB },
    replies: [{ status: 201, media: JSON_MEDIA, schema: session, when: "signed in; `Location` is the session" }],
    errors: SIGN_IN,
  },
  showSession: {
    method: "GET",
    path: "/api/v1/session",
    role: "viewer",
    summary: "Who asks, and with which role: of a session with its CSRF token.",
    replies: [ok(session, "always")],
    errors: [],
  },
  signOut: {
    method: "DELETE",
    path: "/api/v1/session",
    // The own session only.
    role: "viewer",
    object: { kind: "account" },
    summary: "Signs out. The cookie is worth nothing from then on, wherever it was copied to.",
    replies: [{ status: 204, media: null, when: "signed out" }],
    errors: ["session-required"],
  },
  changeOwnPassword: {
    method: "POST",
    path: "/api/v1/session/password",
    // The own password only.
    role: "viewer",
    object: { kind: "account" },
    summary: "Changes the password of the session's account. Its other sessions end.",
    body: { media: JSON_MEDIA, schema: ownPasswordRequest, maxBytes: 16 * KIB },
    replies: [ok(session, "changed")],
    errors: ["session-required", "password-invalid", "password-wrong", "sign-in-paused", "account-external"],
  },
  setUp: {
    method: "POST",
    path: "/api/v1/setup",
    open: true,
    object: { kind: "account" },
    summary:
      "Makes the first admin account with the secret of the set-up link, or gives an account a new password with that of `uptick account reset`, and signs in.",
    body: { media: JSON_MEDIA, schema: setUpRequest, maxBytes: 16 * KIB },
    replies: [
      { status: 201, media: JSON_MEDIA, schema: session, when: "made, and signed in; `Location` is the session" },
    ],
    errors: ["setup-invalid", "account-name-invalid", "password-invalid", "sign-in-paused", "csrf-refused"],
  },
  beginOidc: {
    method: "GET",
    path: "/api/v1/session/oidc",
    open: true,
    summary: "Sends a browser to the OpenID Connect provider to sign in.",
    replies: [{ status: 302, media: null, when: "always; `Location` is the provider" }],
    errors: ["oidc-off", "oidc-unavailable"],
  },
  finishOidc: {
    method: "GET",
    path: "/api/v1/session/oidc/callback",
    open: true,
    summary: "Where the provider sends the browser back. The reply sets the cookie of the session.",
    query: oidcAnswerQuery,
    replies: [{ status: 303, media: null, when: "signed in; `Location` is the console" }],
    errors: ["oidc-off", "oidc-unavailable", "oidc-refused", "oidc-no-role", "sign-in-refused"],
  },
} as const satisfies Record<string, Route>;
