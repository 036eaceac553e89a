/** The API's own description. */
import { openApiDocument } from "../openapi-shape.ts";
import { type Route } from "../route.ts";
import { ok } from "./parts.ts";

export const openApiRoutes = {
  openApi: {
    method: "GET",
    path: "/api/v1/openapi.json",
    summary: "This API as an OpenAPI document (3.1), from which clients can be generated.",
    open: true,
    replies: [ok(openApiDocument, "always")],
    errors: [],
  },
} as const satisfies Record<string, Route>;
