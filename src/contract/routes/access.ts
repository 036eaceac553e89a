/** Who may ask: admin tokens. */
import { newToken, tokenList, tokenParams, tokenRequest } from "../tokens.ts";
import { type Route } from "../route.ts";
import { JSON_MEDIA, KIB, ok } from "./parts.ts";

export const accessRoutes = {
  createToken: {
    method: "POST",
    path: "/api/v1/tokens",
    role: "admin",
    object: { kind: "token" },
    summary: "Makes a token with a role, which may expire.",
    body: { media: JSON_MEDIA, schema: tokenRequest, maxBytes: 64 * KIB },
    replies: [{ status: 201, media: JSON_MEDIA, schema: newToken, when: "made; this is the only time it is shown" }],
    errors: ["token-exists"],
  },
  listTokens: {
    method: "GET",
    path: "/api/v1/tokens",
    role: "admin",
    summary: "The tokens, the oldest first: names, roles and ends.",
    replies: [ok(tokenList, "always")],
    errors: [],
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
