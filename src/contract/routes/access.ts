/** Who may ask: admin tokens. */
import { newToken, tokenPage, tokenParams, tokenRequest, tokenView } from "../server.ts";
import { pageQuery } from "../values.ts";
import { type Route } from "../route.ts";
import { JSON_MEDIA, KIB, made, ok } from "./parts.ts";

export const accessRoutes = {
  createToken: {
    method: "POST",
    path: "/api/v1/tokens",
    role: "admin",
    object: { kind: "token" },
    summary: "Makes an admin token.",
    body: { media: JSON_MEDIA, schema: tokenRequest, maxBytes: 64 * KIB },
    replies: [made(newToken, "made; `Location` is its address. This is the only time it is shown")],
    errors: ["token-exists"],
  },
  listTokens: {
    method: "GET",
    path: "/api/v1/tokens",
    role: "admin",
    summary: "The admin tokens by name.",
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
    summary: "Revokes an admin token immediately.",
    params: tokenParams,
    replies: [{ status: 204, media: null, when: "revoked" }],
    errors: ["token-unknown", "token-last"],
  },
} as const satisfies Record<string, Route>;
