/** simulator/README.md tells of each kind what the list of kinds tells. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type KindName, declaredKindNames, kindNames, kinds } from "./kinds.ts";

const page = readFileSync(new URL("README.md", import.meta.url), "utf8");
/** Rows of the table below a heading, up to the next heading. */
function rowsBelow(heading: string): readonly (readonly [kind: string | undefined, does: string | undefined])[] {
  const [, below = ""] = page.split(`\n${heading}\n`);
  const [section = ""] = below.split("\n#");
  return [...section.matchAll(/^\| `([^`]+)` \| (.*) \|$/gm)].map(([, kind, does]) => [kind, does] as const);
}
const listed = (names: readonly KindName[]) => names.map((name) => [name, kinds[name].does] as const);

describe("simulator/README.md", () => {
  it.each([
    ["## Kinds", kindNames],
    ["### Declared kinds", declaredKindNames],
  ])("has below %s what each kind does", (heading, names) => {
    expect(names.length).toBeGreaterThan(20);
    expect(Object.fromEntries(rowsBelow(heading))).toEqual(Object.fromEntries(listed(names)));
  });
});
