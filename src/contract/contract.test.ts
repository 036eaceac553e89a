import { existsSync, readFileSync } from "node:fs";
import { describe, expect, expectTypeOf, it } from "vitest";
import { ERRORS } from "../errors/index.ts";
import { type PlanAction, STATES } from "../plans/index.ts";
import { PLATFORMS } from "../protocol/index.ts";
import * as contract from "./index.ts";
import { EVENTS_MEDIA, LINES_MEDIA, renderApiDocs, type Route, ROUTES } from "./index.ts";

const routes: readonly Route[] = Object.values(ROUTES);

describe("actions of plans", () => {
  it("are those that the rules of plans know", () => {
    expectTypeOf<contract.PlanAction>().toEqualTypeOf<PlanAction>();
  });
});

describe("words of filters", () => {
  it("are the states that jobs have", () => {
    expect([...contract.JOB_STATES].toSorted()).toEqual([...STATES].toSorted());
  });

  it("are the platforms that devices have, and iPadOS", () => {
    expect(contract.PLATFORM_WORDS.filter((word) => word !== "iPadOS")).toEqual(PLATFORMS);
  });
});

describe("a list of words", () => {
  const exported: Readonly<Record<string, unknown>> = contract;
  const lists = Object.entries(exported).flatMap(([name, words]) =>
    Array.isArray(words) ? [[name, words as readonly string[]] as const] : [],
  );

  it.each(lists)("%s has each word once", (_name, words) => {
    expect(words.toSorted()).toEqual([...new Set(words)].toSorted());
  });
});

describe("route table", () => {
  it("names only error codes that exist", () => {
    const unknown = routes.flatMap((route) => route.errors).filter((code) => !(code in ERRORS));
    expect(unknown).toEqual([]);
  });

  it("has each method and path once", () => {
    const places = routes.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(places).size).toBe(places.length);
  });

  it("describes exactly the parameters that stand in the path", () => {
    for (const { path, params } of routes) {
      const written = [...path.matchAll(/:([a-z]+)/g)].map((match) => match[1]);
      expect([path, ...Object.keys(params?.shape ?? {})]).toEqual([path, ...written]);
    }
  });

  it("gives every JSON reply a schema and no other", () => {
    for (const { path, replies } of routes) {
      for (const { media, schema } of replies) {
        expect([path, schema !== undefined]).toEqual([
          path,
          ["application/json", LINES_MEDIA, EVENTS_MEDIA].includes(media ?? ""),
        ]);
      }
    }
  });
});

describe("the remedies of errors", () => {
  it("name only routes that exist", () => {
    const named = Object.values(ERRORS).flatMap(({ remedy }) =>
      [...remedy.matchAll(/\b((?:GET|POST|PUT|PATCH|DELETE) \/[a-z0-9/:.-]*[a-z0-9])/g)].map(([, at = ""]) => at),
    );
    const known = new Set(routes.map(({ method, path }) => `${method} ${path}`));
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((at) => !known.has(at))).toEqual([]);
  });
});

describe("plan request", () => {
  const fitting = { to: "26.6.2", devices: ["all"], action: "install" };

  it("takes the least that a plan needs", () => {
    expect(contract.planRequest.parse(fitting)).toEqual(fitting);
  });

  it.each([
    ["a mistyped key", { ...fitting, allowMayor: true }],
    ["an action that does not exist", { ...fitting, action: "now" }],
    ["a device that is not text", { ...fitting, devices: [4] }],
    ["a target that is empty", { ...fitting, to: "" }],
    ["a word in place of a boolean", { ...fitting, allowMajor: "no" }],
  ])("refuses %s", (_what, request) => {
    expect(contract.planRequest.safeParse(request).success).toBe(false);
  });
});

describe("docs/api.md", () => {
  const file = new URL("../../docs/api.md", import.meta.url);

  it("is what the route table says", () => {
    expect(existsSync(file)).toBe(true);
    expect(readFileSync(file, "utf8")).toBe(renderApiDocs());
  });

  it("has a heading for every route and every shape it links to", () => {
    const page = renderApiDocs();
    for (const { method, path } of routes) expect(page).toContain(`\n### ${method} ${path}\n`);
    const links = [...page.matchAll(/\]\(#([a-z]+)\)/g)].map((match) => match[1]);
    const headings = [...page.matchAll(/^### ([A-Za-z]+)$/gm)].map((match) => match[1]?.toLowerCase());
    expect(links.filter((link) => !headings.includes(link))).toEqual([]);
    expect(links.length).toBeGreaterThan(10);
  });

  it("describes every named shape with its fields", () => {
    expect(renderApiDocs()).toMatch(
      /### PlanRequest\n\n.*\n\n\| name \| type \| \|\n\|---\|---\|---\|\n\| `name` \| string, optional \|/,
    );
  });
});
