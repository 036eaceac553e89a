/**
 * Each numbered requirement of the specification is named by a test that shows it ("targets R8" in its name, or in a comment beside it), or
 * stands in `LEFT_OUT` with the reason. Whoever adds a number there, or a test, comes by here.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const SPEC = new URL("../../../shared/specs/targets.md", import.meta.url);
const ROOT = new URL("../../", import.meta.url);

/** Requirements that no test shows, and why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  W2: "names of types; tsc checks the code, and the product names some of them otherwise",
  W3: "names of columns and tables; the store's suite writes and reads a row of each table",
  E6: "not built: rows of decisions come with the endpoint of Device Assignment",
};

const NUMBER = String.raw`(?:13\.\d+|[A-Z]\d+b?(?:\.\d+)?)`;
const NAMED = new RegExp(String.raw`\btargets §?(${NUMBER}(?:(?:, | and |, and | to )§?${NUMBER})*)`, "g");

/** The numbers in "E2.6, E3" and "T2 to T6": a row of a table counts for its requirement. */
export function numbersIn(list: string): string[] {
  const found: string[] = [];
  for (const [, to, number = "", letter = ""] of list.matchAll(/( to )?§?(13\.\d+|([A-Z])\d+b?)(?:\.\d+)?/g)) {
    const last = found.at(-1);
    if (to !== undefined && last?.startsWith(letter) === true)
      for (let n = Number(last.slice(1)) + 1; n < Number(number.slice(1)); n += 1) found.push(`${letter}${n}`);
    found.push(number);
  }
  return found;
}

/** All tests and the suites that they share, as paths from the root. */
const testFiles = (): string[] =>
  ["src", "test", "simulator"].flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, ROOT), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(?:test|suite)\.ts$/.test(name))
      .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
      .filter((name) => name !== "test/docs/requirements.test.ts"),
  );

/** Which files name a requirement. */
function namedBy(): ReadonlyMap<string, readonly string[]> {
  const files = new Map<string, string[]>();
  for (const file of testFiles()) {
    const text = readFileSync(new URL(file, ROOT), "utf8");
    for (const [, list = ""] of text.matchAll(NAMED))
      for (const number of numbersIn(list)) files.set(number, [...(files.get(number) ?? []), file]);
  }
  return files;
}

/** Those that begin an item, and the numbered list of section 13. */
function requirementsIn(text: string): string[] {
  const [, tests = ""] = /^## 13\.[^]*?\n([^]*?)^## 14\./m.exec(text) ?? [];
  return [
    ...[...text.matchAll(/^- \*\*([A-Z]\d+b?)\*\* /gm)].map(([, number = ""]) => number),
    ...[...tests.matchAll(/^(\d+)\. /gm)].map(([, number]) => `13.${number}`),
  ];
}

describe("a list of requirements in a test's name", () => {
  it.each([
    ["R8", ["R8"]],
    ["R8, P2", ["R8", "P2"]],
    ["E2.6, E3", ["E2", "E3"]],
    ["D8b and 13.1", ["D8b", "13.1"]],
    ["13.4, 13.7 and §13.11", ["13.4", "13.7", "13.11"]],
    ["T2 to T5", ["T2", "T3", "T4", "T5"]],
  ])("%s", (list, numbers) => {
    expect(numbersIn(list)).toEqual(numbers);
    expect([...`x targets ${list}: y`.matchAll(NAMED)].map(([, found]) => found)).toEqual([list]);
  });
});

describe.skipIf(!existsSync(SPEC))("the requirements of plans (needs ../shared/specs)", () => {
  const numbers = existsSync(SPEC) ? requirementsIn(readFileSync(SPEC, "utf8")) : [];
  const named = namedBy();

  it("are found in the specification, each once", () => {
    expect(numbers.length).toBeGreaterThan(90);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers).toEqual(expect.arrayContaining(["W1", "T13", "C10", "D8b", "R16", "E6", "13.1", "13.11"]));
  });

  it("are each named by a test, or left out for a reason", () =>
    expect(numbers.filter((number) => !named.has(number) && LEFT_OUT[number] === undefined)).toEqual([]));

  it("are not left out where a test names them, and are in the specification", () => {
    expect(Object.keys(LEFT_OUT).filter((number) => named.has(number) || !numbers.includes(number))).toEqual([]);
  });

  it("are the only ones that tests name", () =>
    expect([...named].filter(([number]) => !numbers.includes(number))).toEqual([]));
});
