import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ERROR_GROUPS, ERRORS, renderErrorDocs } from "./index.ts";

const root = new URL("../../", import.meta.url);
const page = readFileSync(new URL("docs/errors.md", root), "utf8");
const headings = [...page.matchAll(/^### (.+)$/gm)].map((match) => match[1]);

describe("docs/errors.md", () => {
  it("has every code of the table", () => {
    expect(Object.keys(ERRORS).filter((code) => !headings.includes(code))).toEqual([]);
  });

  it("has no code that the table does not have", () => {
    expect(headings.filter((heading) => !Object.keys(ERRORS).includes(heading ?? ""))).toEqual([]);
  });

  it("says of each what the table says", () => {
    expect(page).toBe(renderErrorDocs());
  });
});

describe("error codes", () => {
  it("stand in one table each", () => {
    const codes = ERROR_GROUPS.flatMap(({ errors }) => Object.keys(errors));
    expect(codes.toSorted()).toEqual(Object.keys(ERRORS).toSorted());
  });

  it("are each thrown somewhere outside of the tests", () => {
    const files = readdirSync(new URL("src/", root), { recursive: true, encoding: "utf8" }).filter(
      (file) => file.endsWith(".ts") && !/\.(test|suite)\.ts$/.test(file) && !/^(?:errors|contract)[\\/]/.test(file),
    );
    const source = files.map((file) => readFileSync(new URL(`src/${file}`, root), "utf8")).join("\n");
    const unused = Object.keys(ERRORS).filter((code) => !source.includes(`"${code}"`));
    expect(unused).toEqual([]);
  });

  it("have a status of HTTP, and sentences for when and remedy", () => {
    for (const [code, { status, when, remedy }] of Object.entries(ERRORS)) {
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
      expect(when).toMatch(/^[A-Z].*\.$/);
      expect(remedy).toMatch(/^[A-Z].*\.$/);
    }
  });
});
