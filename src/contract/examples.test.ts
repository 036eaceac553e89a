import { describe, expect, it } from "vitest";
import { problem } from "./problem.ts";
import { EXAMPLES, type ExampleStep } from "./examples.ts";
import { CONVENTIONS } from "./docs-conventions.ts";
import { renderApiDocs } from "./docs.ts";
import { errorsOf } from "./route-errors.ts";
import type { Route } from "./route.ts";
import { ROUTES } from "./routes.ts";

const steps = EXAMPLES.flatMap(({ task, steps: all }) =>
  all.map((step, nth): [string, number, ExampleStep] => [task, nth + 1, step]),
);
const routeOf = ({ route }: ExampleStep): Route => ROUTES[route];

describe("a worked example", () => {
  it.each(steps)("fits its route: %s, step %i", (_task, _nth, step) => {
    const { params, query, body, replies } = routeOf(step);
    const faults = (schema: { safeParse(value: unknown): { error?: unknown } } | undefined, value: unknown): unknown =>
      schema === undefined ? value : schema.safeParse(value).error;
    expect(faults(params, step.params ?? (params === undefined ? undefined : {}))).toBeUndefined();
    expect(faults(query, step.query ?? (query === undefined ? undefined : {}))).toBeUndefined();
    const isJson = body !== undefined && "schema" in body;
    const optional = isJson && body.optional === true && step.body === undefined;
    expect(isJson && !optional ? faults(body.schema, step.body) : step.body).toBeUndefined();
    expect(step.file === undefined).toBe(body === undefined || isJson);
    const medias = replies.map(({ media }) => media);
    expect([...medias, undefined]).toContain(step.accept);
  });

  it.each(EXAMPLES.map(({ task, steps: all }) => [task, all] as const))(
    "uses only variables that are set: %s",
    (_task, all) => {
      const used = [...JSON.stringify(all).matchAll(/"\$([A-Z]+)"/g)].map(([, name]) => name);
      const kept = EXAMPLES.flatMap((example) => example.steps.map(({ keep }) => keep));
      expect(used.filter((name) => !kept.includes(name))).toEqual([]);
    },
  );
});

describe("the conventions", () => {
  it("show a problem as problems are", () => {
    const text = /```json\n([\s\S]*?)```/.exec(CONVENTIONS)?.[1] ?? "";
    expect(problem.safeParse(JSON.parse(text)).error).toBeUndefined();
  });

  it("name every error that all routes have", () => {
    const common = errorsOf(ROUTES.createPlan).filter((code) => !ROUTES.createPlan.errors.includes(code as never));
    for (const code of common) expect(CONVENTIONS).toContain(`\`${code}\``);
  });

  it("come before the examples, and those before the addresses", () => {
    const page = renderApiDocs();
    const places = ["# API", "## Conventions", "## Errors", "## Examples", "## Addresses", "## Shapes"].map((heading) =>
      page.indexOf(`\n${heading}\n`),
    );
    expect(places.slice(1)).toEqual(places.slice(1).toSorted((a, b) => a - b));
  });
});
