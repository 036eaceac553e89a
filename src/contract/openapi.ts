/** Renders the OpenAPI document (3.1) from the route table. */
import { type Schema, Shapes } from "./json-schema.ts";
import { Common, HEADERS, repliesOf } from "./openapi-replies.ts";
import { parametersOf, requestBodyOf } from "./openapi-requests.ts";
import type { OpenApiDocument } from "./openapi-shape.ts";
import type { Route } from "./route.ts";
import { ROUTES } from "./routes.ts";

export const OPENAPI_VERSION = "3.1.1";

/** How a request says who sends it. */
const SECURITY = {
  bearer: {
    type: "http",
    scheme: "bearer",
    description: "An API token. The first start of the server prints one; `POST /api/v1/tokens` creates others.",
  },
} as const;

/** Routes stand together by the first part of their path, such as `plans`. */
function tagOf(path: string): string {
  return /^\/api\/v1\/([a-z-]+)/.exec(path)?.[1] ?? (path === "/mdm" ? "commands" : "health");
}

function operationOf(name: string, route: Route, shapes: Shapes, common: Common): object {
  const parameters = parametersOf(route, shapes);
  return {
    operationId: name,
    tags: [tagOf(route.path)],
    summary: route.summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined ? {} : { requestBody: requestBodyOf(route.body, shapes) }),
    responses: repliesOf(route, shapes, common),
    ...(route.open === true ? { security: [] } : { "x-role": route.role }),
  };
}

/** References of JSON Schema, as this document has them. */
function placed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(placed);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== "$defs" && key !== "$schema");
  return Object.fromEntries(
    entries.map(([key, field]) =>
      key === "$ref" && typeof field === "string"
        ? [key, field.replace(/^#\/\$defs\//, "#/components/schemas/")]
        : [key, placed(field)],
    ),
  );
}

/** `/devices/:ref` as `/devices/{ref}`. */
export const openApiPath = (path: string): string => path.replaceAll(/:([a-z]+)/gi, "{$1}");

/** The whole document; `version` is that of the server. */
export function renderOpenApi(version: string): OpenApiDocument {
  const shapes = new Shapes();
  const common = new Common();
  const paths: Record<string, Record<string, object>> = {};
  for (const [name, route] of Object.entries<Route>(ROUTES)) {
    const item = (paths[openApiPath(route.path)] ??= {});
    item[route.method.toLowerCase()] = operationOf(name, route, shapes, common);
  }
  const schemas: Record<string, Schema> = {};
  for (const [name, shape] of [...shapes.found].toSorted(([a], [b]) => (a < b ? -1 : 1))) schemas[name] = shape;
  return placed({
    openapi: OPENAPI_VERSION,
    info: {
      title: "Uptick",
      version,
      description: "The admin API of Uptick, an MDM server for OS updates of Apple devices. docs/api.md explains it.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: SECURITY,
      headers: HEADERS,
      responses: Object.fromEntries(common.found),
      schemas,
    },
  }) as OpenApiDocument;
}
