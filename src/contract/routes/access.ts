/** Who may ask: admin tokens. */
import { newToken, tokenList, tokenParams, tokenRequest } from "../server.ts";
import { type Route } from "../route.ts";
import { JSON_MEDIA, KIB, ok } from "./parts.ts";

export const accessRoutes = {
  createToken: {
    method: "POST",
    path: "/api/v1/tokens",
    role: "admin",
    object: { kind: "token" },
    summary: "Makes an admin token.",
    body: { media: JSON_MEDIA, schema: tokenRequest, maxBytes: 64 * KIB },
    replies: [{ status: 201, media: JSON_MEDIA, schema: newToken, when: "made; this is the only time it is shown" }],
    errors: ["token-exists"],
  },
  listTokens: {
    method: "GET",
    path: "/api/v1/tokens",
    role: "admin",
    summary: "The admin tokens by name.",
    replies: [ok(tokenList, "always")],
    errors: [],
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
