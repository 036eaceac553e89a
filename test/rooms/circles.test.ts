import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { circlesBelow } from "./circles.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

describe("imports of this project", () => {
  it.each(["src", "simulator"])("go in no circle below %s, types too", (folder) => {
    expect(circlesBelow(root, folder)).toEqual([]);
  });
});

describe("circles", () => {
  let tree: string;
  const plant = (file: string, ...targets: readonly string[]): void => {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), targets.map((target) => `import "${target}";\n`).join(""));
  };
  beforeEach(() => {
    tree = mkdtempSync(join(tmpdir(), "uptick-circles-"));
  });
  afterEach(() => rmSync(tree, { recursive: true, force: true }));

  type Files = Readonly<Record<string, readonly string[]>>;
  const cases: readonly [string, Files, readonly string[]][] = [
    ["none in a line", { a: ["b"], b: ["c"], c: [] }, []],
    ["none where two ways meet", { a: ["b", "c"], b: ["d"], c: ["d"], d: [] }, []],
    ["two files", { a: ["b"], b: ["a"] }, ["a b"]],
    ["a file and itself", { a: ["a"] }, ["a"]],
    ["three files, behind one that is in none", { a: ["b"], b: ["c"], c: ["d"], d: ["b"] }, ["b c d"]],
    ["two circles apart", { a: ["b"], b: ["a", "c"], c: ["d"], d: ["c"] }, ["c d", "a b"]],
    ["two circles with a file in common, as one", { a: ["b"], b: ["a", "c"], c: ["b"] }, ["a b c"]],
    ["a file reached twice", { a: ["b", "c"], b: ["c"], c: ["a"] }, ["a b c"]],
  ];

  it.each(cases)("finds %s", (_title, files, expected) => {
    for (const [name, targets] of Object.entries(files)) plant(`src/${name}.ts`, ...targets.map((to) => `./${to}.ts`));
    const found = circlesBelow(tree, "src").map((circle) => circle.map((file) => file.slice(4, -3)).join(" "));
    expect(found).toEqual(expected);
  });

  it("counts types, and not what tests import", () => {
    plant("src/a.ts");
    writeFileSync(join(tree, "src/a.ts"), 'import type { B } from "./inner/b.ts";\n');
    plant("src/inner/b.ts", "../a.ts");
    plant("src/c.ts", "./c.suite.ts");
    plant("src/c.suite.ts", "./c.ts");
    expect(circlesBelow(tree, "src")).toEqual([["src/a.ts", "src/inner/b.ts"]]);
  });
});
