import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, it } from "vitest";
import { ERRORS } from "../errors/index.ts";
import { errorsOf, openApiPath, renderOpenApi, type Route, ROUTES } from "./index.ts";

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly requestBody?: { readonly required: boolean; readonly content: object; readonly "x-max-bytes": number };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, object>> }>>;
  readonly security?: readonly unknown[];
  readonly "x-role"?: string;
}

const document = renderOpenApi("1.2.3");
const routes: readonly (readonly [string, Route])[] = Object.entries(ROUTES);
const operationOf = ({ path, method }: Route): Operation =>
  document.paths[openApiPath(path)]?.[method.toLowerCase()] as unknown as Operation;
/** A reply of the document, whether it stands at its route or in `components`. */
const found = (value: unknown): unknown => {
  const at = (value as { $ref?: string } | undefined)?.$ref;
  if (at === undefined) return value;
  return at
    .slice(2)
    .split("/")
    .reduce((node: unknown, key) => (node as Record<string, unknown>)[key], document);
};

describe("the OpenAPI document", () => {
  it("is one of OpenAPI 3.1", async () => {
    const validator = new Validator();
    const result = await validator.validate(structuredClone(document));
    expect(result).toEqual({ valid: true });
    expect(validator.version).toBe("3.1");
  });

  it("has its version, every shape that it names and no reference that leads nowhere", () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, at = ""]) => at);
    expect(references.length).toBeGreaterThan(500);
    for (const at of new Set(references)) expect([at, found({ $ref: at })]).not.toEqual([at, undefined]);
    expect(document).toMatchObject({ info: { version: "1.2.3" } });
    expect(JSON.stringify(document)).not.toContain("$defs");
  });

  it("has each operation once, under the name of its route", () => {
    const ids = Object.values(document.paths).flatMap((item) =>
      Object.values(item).map((one) => (one as unknown as Operation).operationId),
    );
    expect(ids.toSorted()).toEqual(Object.keys(ROUTES).toSorted());
  });

  it.each(routes)("has the parameters, body and role of %s", (name, route) => {
    const { operationId, parameters = [], requestBody, security, "x-role": role } = operationOf(route);
    expect(operationId).toBe(name);
    const names = (place: string) => parameters.filter((one) => one.in === place).map((one) => one.name);
    expect(names("path")).toEqual(Object.keys(route.params?.shape ?? {}));
    expect(names("query")).toEqual(Object.keys(route.query?.shape ?? {}));
    expect(Object.keys(requestBody?.content ?? {})).toEqual(route.body === undefined ? [] : [route.body.media]);
    expect(requestBody?.["x-max-bytes"]).toBe(route.body?.maxBytes);
    expect([role, security]).toEqual(route.open === true ? [undefined, []] : [route.role, undefined]);
  });

  it.each(routes)("has every reply of %s, with its media types", (_name, route) => {
    const { responses } = operationOf(route);
    const written = Object.entries(responses)
      .filter(([status]) => Number(status) < 400)
      .flatMap(([status, { content }]) => Object.keys(content ?? { null: 0 }).map((media) => `${status} ${media}`));
    const declared = new Set(route.replies.map(({ status, media }) => `${status} ${media}`));
    expect(written.toSorted()).toEqual([...declared].toSorted());
  });

  it.each(routes)("has every problem of %s under its status", (_name, route) => {
    const { responses } = operationOf(route);
    const written = Object.entries(responses).flatMap(([status, reply]) => {
      const { content } = found(reply) as { content?: Record<string, { schema: { allOf?: readonly object[] } }> };
      const [, own] = (content?.["application/problem+json"]?.schema.allOf ?? []) as readonly {
        properties?: { code: { enum: string[] } };
      }[];
      return (own?.properties?.code.enum ?? []).map((code) => `${status} ${code}`);
    });
    expect(written.toSorted()).toEqual(
      errorsOf(route)
        .map((code) => `${ERRORS[code].status} ${code}`)
        .toSorted(),
    );
  });

  it("says what a text in the query stands for", () => {
    const { parameters = [] } = operationOf(ROUTES.listDevices);
    const schemaOf = (name: string) => parameters.find((one) => one.name === name)?.schema;
    expect(schemaOf("limit")).toEqual({ type: "integer", minimum: 1, maximum: 1000, default: 100 });
    expect(schemaOf("platform")).toMatchObject({ type: "string", enum: expect.arrayContaining(["iPadOS"]) as unknown });
    const [dryRun] = operationOf(ROUTES.stopPlan).parameters?.filter(({ name }) => name === "dryRun") ?? [];
    expect(dryRun?.schema).toEqual({ type: "boolean", default: false });
  });

  it("closes what the server takes, and leaves open what later versions may add to", () => {
    const { components } = document as unknown as {
      components: { schemas: Record<string, { additionalProperties?: boolean }> };
    };
    expect(components.schemas["PlanRequest"]?.additionalProperties).toBe(false);
    expect(components.schemas["Plan"]).toMatchObject({ type: "object" });
    expect(components.schemas["Plan"]?.additionalProperties).toBeUndefined();
  });
});
