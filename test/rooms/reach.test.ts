import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TRANSACTIONS_MODULE } from "../../src/service/index.ts";
import { reachOf } from "./reach.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

describe("the writer's thread", () => {
  const { files, packages } = reachOf(root, [
    "src/store/sqlite/writer-worker.ts",
    relative(root, fileURLToPath(TRANSACTIONS_MODULE)),
  ]);

  it("loads no schema of the API", () => {
    expect([...files]).toEqual(expect.arrayContaining(["src/plans/index.ts", "src/store/index.ts"]));
    expect([...files].filter((file) => file.startsWith("src/contract/"))).toEqual([]);
    expect([...packages].filter((name) => !name.startsWith("node:"))).not.toContain("zod");
  });
});

describe("what a module reaches", () => {
  let tree: string;
  const plant = (file: string, code: string): void => {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), code);
  };
  beforeEach(() => {
    tree = mkdtempSync(join(tmpdir(), "uptick-reach-"));
    plant("a/far.ts", 'import { z } from "zod";\nimport "./near.ts";\nexport const far = z;\n');
    plant("a/near.ts", "export const near = 1;\nexport type Near = string;\n");
  });
  afterEach(() => rmSync(tree, { recursive: true, force: true }));

  const FAR = [["a/far.ts", "a/near.ts", "b/start.ts"], ["zod"]];
  const cases: readonly [string, string, readonly (readonly string[])[]][] = [
    ["a value", 'import { far } from "../a/far.ts";\nfar;', FAR],
    ["an export", 'export * from "../a/far.ts";', FAR],
    ["a value beside a type", 'import { far, type Far } from "../a/far.ts";\nfar;', FAR],
    ["types by name, which leave an import of nothing", 'import { type Far } from "../a/far.ts";', FAR],
    ["what is loaded later", 'await import("../a/far.ts");', FAR],
    ["another thread's module", 'new Worker(new URL("../a/far.ts", import.meta.url));', FAR],
    ["a type", 'import type { Near } from "../a/far.ts";', [["b/start.ts"], []]],
    ["an exported type", 'export type { Near } from "../a/far.ts";', [["b/start.ts"], []]],
  ];

  it.each(cases)("by %s", (_title, code, [files, packages]) => {
    plant("b/start.ts", code);
    const reach = reachOf(tree, ["b/start.ts"]);
    expect([[...reach.files].toSorted(), [...reach.packages]]).toEqual([files, packages]);
  });
});
