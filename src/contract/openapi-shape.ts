/** The OpenAPI document as a reply. */
import { z } from "zod";
import { json } from "./values.ts";

export const openApiDocument = z
  .looseObject({
    openapi: z.string().describe("version of the OpenAPI Specification"),
    paths: z.record(z.string(), z.record(z.string(), json)).describe("the operations by path and method"),
  })
  .meta({ id: "OpenApi", description: "An OpenAPI document (https://spec.openapis.org/oas/v3.1.1)." });
export type OpenApiDocument = z.output<typeof openApiDocument>;
