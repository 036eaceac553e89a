/** Who may ask: admin tokens. */
import { newToken, tokenPage, tokenParams, tokenRequest, tokenView } from "../tokens.ts";
import { pageQuery } from "../values.ts";
import { type Route } from "../route.ts";
import { JSON_MEDIA, KIB, made, ok } from "./parts.ts";

export const accessRoutes = {
  createToken: {
    method: "POST",
    path: "/api/v1/tokens",
    role: "admin",
    object: { kind: "token" },
    summary: "Makes a token with a role, which may expire.",
    body: { media: JSON_MEDIA, schema: tokenRequest, maxBytes: 64 * KIB },
    replies: [made(newToken, "made; `Location` is its address. This is the only time it is shown")],
    errors: ["token-exists"],
  },
  listTokens: {
    method: "GET",
    path: "/api/v1/tokens",
    role: "admin",
    summary: "The tokens by name: roles and ends.",
    query: pageQuery,
    replies: [ok(tokenPage, "a page")],
    errors: [],
  },
  showToken: {
    method: "GET",
    path: "/api/v1/tokens/:name",
    role: "admin",
    summary: "One admin token, without the token itself.",
    params: tokenParams,
    replies: [ok(tokenView, "found")],
    errors: ["token-unknown"],
  },
  revokeToken: {
    method: "DELETE",
    path: "/api/v1/tokens/:name",
    role: "admin",
    object: { kind: "token", by: "name" },
    summary: "Revokes a token immediately. The last way in for an admin is not revoked.",
    params: tokenParams,
    replies: [{ status: 204, media: null, when: "revoked" }],
    errors: ["token-unknown", "token-last"],
  },
} as const satisfies Record<string, Route>;
