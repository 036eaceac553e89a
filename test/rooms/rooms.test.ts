import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkRooms, type Rule } from "./check.ts";
import { ROOMS } from "./rooms.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

describe("rooms of this project", () => {
  it("import only what the table allows, through each other's doors", () => {
    const { files, violations } = checkRooms(root);
    expect(files).toBeGreaterThan(20);
    expect(violations.map((v) => `${v.file}:${v.line}: ${v.rule}: ${v.what}`)).toEqual([]);
  });

  it("name only rooms that exist in the table", () => {
    const folders = ROOMS.map((room) => room.folder);
    for (const room of ROOMS) {
      const named = [room.rooms === "any" ? [] : room.rooms, room.typesOf ?? [], room.onlyFor ?? []].flat();
      expect(folders).toEqual(expect.arrayContaining(named));
    }
  });
});

describe("check of the rooms", () => {
  let tree: string;
  const plant = (file: string, code: string): void => {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), code);
  };
  /** A small project without a violation. */
  beforeEach(() => {
    tree = mkdtempSync(join(tmpdir(), "uptick-rooms-"));
    plant("package.json", JSON.stringify({ dependencies: { fastify: "1" }, devDependencies: { vitest: "1" } }));
    for (const { folder } of ROOMS) plant(`${folder}/index.ts`, "export const door = 1;\n");
    for (const { folder } of ROOMS)
      plant(`${folder}/inner.ts`, 'import { door } from "./index.ts";\nexport { door };\n');
    plant("src/plans/uses.ts", 'import { door } from "../protocol/index.ts";\nexport { door };\n');
    plant("src/store/sqlite/uses.ts", 'export * from "../inner.ts";\n');
    plant("src/main/uses.ts", 'import "fastify";\nimport "node:fs";\nimport "../store/sqlite/index.ts";\n');
    plant("src/plans/x.test.ts", 'import "vitest";\nimport "node:fs";\nimport "../service/inner.ts";\nnew Date();\n');
    plant("test/whole.test.ts", 'import "../src/service/inner.ts";\nimport "../simulator/inner.ts";\n');
  });
  afterEach(() => rmSync(tree, { recursive: true, force: true }));

  it("finds nothing in a tidy tree", () => {
    expect(checkRooms(tree)).toEqual({ files: ROOMS.length * 2 + 5, violations: [] });
  });

  const cases: readonly { title: string; file: string; code: string; rule: Rule; what: string }[] = [
    ["a backward import", "src/protocol/x.ts", 'import "../plans/index.ts";', "backward import", "../plans/index.ts"],
    [
      "a backward type",
      "src/plans/x.ts",
      'import type { A } from "../store/index.ts";',
      "backward import",
      "../store/index.ts",
    ],
    [
      "a backward inline type",
      "src/plans/x.ts",
      'let a: import("../store/index.ts").A;',
      "backward import",
      "../store/index.ts",
    ],
    [
      "a backward export",
      "src/catalog/x.ts",
      'export * from "../plans/index.ts";',
      "backward import",
      "../plans/index.ts",
    ],
    [
      "a backward named export",
      "src/catalog/x.ts",
      'export { door } from "../plans/index.ts";',
      "backward import",
      "../plans/index.ts",
    ],
    [
      "a backward dynamic import",
      "src/service/x.ts",
      'await import("../main/index.ts");',
      "backward import",
      "../main/index.ts",
    ],
    [
      "a backward worker",
      "src/service/x.ts",
      'new Worker(new URL("../main/inner.ts", import.meta.url));',
      "backward import",
      "../main/inner.ts",
    ],
    ["a backward require", "src/service/x.ts", 'require("../main/index.ts");', "backward import", "../main/index.ts"],
    [
      "a backward resolve",
      "src/service/x.ts",
      'import.meta.resolve("../main/index.ts");',
      "backward import",
      "../main/index.ts",
    ],
    ["a deep import", "src/plans/x.ts", 'import "../protocol/inner.ts";', "deep import", "../protocol/inner.ts"],
    [
      "a deep type",
      "src/plans/x.ts",
      'import type { A } from "../protocol/inner.ts";',
      "deep import",
      "../protocol/inner.ts",
    ],
    [
      "a deep worker",
      "src/main/x.ts",
      'new Worker(new URL("../service/inner.ts", import.meta.url));',
      "deep import",
      "../service/inner.ts",
    ],
    [
      "a deep import by main",
      "src/main/x.ts",
      'import "../store/sqlite/inner.ts";',
      "deep import",
      "../store/sqlite/inner.ts",
    ],
    [
      "a value of a room for types",
      "src/store/x.ts",
      'import { door } from "../plans/index.ts";',
      "value import of a room for types only",
      "../plans/index.ts",
    ],
    [
      "a schema of the API in the service",
      "src/service/x.ts",
      'import { door } from "../contract/index.ts";',
      "value import of a room for types only",
      "../contract/index.ts",
    ],
    [
      "a schema of the API beside its type in the service",
      "src/service/x.ts",
      'import { door, type A } from "../contract/index.ts";',
      "value import of a room for types only",
      "../contract/index.ts",
    ],
    [
      "a module of the API loaded for types by name",
      "src/service/x.ts",
      'import { type A } from "../contract/index.ts";',
      "value import of a room for types only",
      "../contract/index.ts",
    ],
    [
      "a backend named by the service",
      "src/service/x.ts",
      'import "../store/sqlite/index.ts";',
      "closed door",
      "../store/sqlite/index.ts",
    ],
    [
      "a backend named by the store",
      "src/store/x.ts",
      'import "./sqlite/index.ts";',
      "closed door",
      "./sqlite/index.ts",
    ],
    ["a forbidden builtin", "src/plans/x.ts", 'import "node:fs";', "forbidden builtin", "node:fs"],
    [
      "a forbidden builtin without node:",
      "src/protocol/x.ts",
      'import "fs/promises";',
      "forbidden builtin",
      "fs/promises",
    ],
    ["node:crypto in the service", "src/service/x.ts", 'import "node:crypto";', "forbidden builtin", "node:crypto"],
    ["a forbidden package", "src/protocol/x.ts", 'import "fastify";', "forbidden package", "fastify"],
    [
      "a forbidden type of a package",
      "src/plans/x.ts",
      'import type { Kysely } from "kysely";',
      "forbidden package",
      "kysely",
    ],
    [
      "a forbidden scoped package",
      "src/catalog/x.ts",
      'import "@peculiar/x509/deep";',
      "forbidden package",
      "@peculiar/x509/deep",
    ],
    ["a development package in main", "src/main/x.ts", 'import "vitest";', "forbidden package", "vitest"],
    ["the server's XML reader in the simulator", "simulator/x.ts", 'import "saxes";', "forbidden package", "saxes"],
    [
      "the server in the simulator",
      "simulator/x.ts",
      'import "../src/protocol/index.ts";',
      "backward import",
      "../src/protocol/index.ts",
    ],
    [
      "the server in a simulator's test",
      "simulator/x.test.ts",
      'import "../src/protocol/index.ts";',
      "backward import",
      "../src/protocol/index.ts",
    ],
    [
      "whole-route tests in a simulator's test",
      "simulator/x.test.ts",
      'import "../test/whole.test.ts";',
      "backward import",
      "../test/whole.test.ts",
    ],
    [
      "the simulator in a stranger",
      "test/strangers/x.test.ts",
      'import type { A } from "../../simulator/index.ts";',
      "shared by what stands apart",
      "../../simulator/index.ts",
    ],
    [
      "the other tests' device in a stranger",
      "test/strangers/x.ts",
      'import "../support/device.ts";',
      "shared by what stands apart",
      "../support/device.ts",
    ],
    [
      "all of the support in a stranger",
      "test/strangers/x.ts",
      'import "../support/index.ts";',
      "shared by what stands apart",
      "../support/index.ts",
    ],
    [
      "a feature in what the features stand on",
      "src/service/enrollment/x.ts",
      'import "../commands/poll.ts";',
      "backward import",
      "../commands/poll.ts",
    ],
    ["a test in the product", "src/plans/x.ts", 'import "./x.test.ts";', "import of a test", "./x.test.ts"],
    [
      "a file that is not there",
      "src/plans/x.ts",
      'import "./gone.ts";',
      "import of a file that is not there",
      "./gone.ts",
    ],
    [
      "a file outside the rooms, imported",
      "src/main/x.ts",
      'import "../../bin/x.js";',
      "import outside every room",
      "../../bin/x.js",
    ],
    ["a file outside the rooms", "src/utils.ts", "export {};", "file outside every room", "src/utils.ts"],
    ["a computed import", "src/cli/x.ts", "const p = './a.ts'; await import(p);", "computed import", ""],
    ["a clock read", "src/plans/x.ts", "new Date();", "clock in a pure room", "new Date()"],
    ["a clock read as text", "src/service/x.ts", "Date();", "clock in a pure room", "new Date()"],
  ].map(([title, file, code, rule, what]) => ({ title, file, code, rule, what }) as (typeof cases)[number]);

  it.each(cases)("finds $title", ({ file, code, rule, what }) => {
    plant(file, `\n${code}\n`);
    const line = rule === "file outside every room" ? 1 : 2;
    expect(checkRooms(tree).violations).toEqual([{ rule, file, line, what }]);
  });

  it("lets the service take types of the API's shapes", () => {
    plant("src/service/x.ts", 'import type { A } from "../contract/index.ts";');
    expect(checkRooms(tree).violations).toEqual([]);
  });

  it("lets a date be made of a given time in a pure room", () => {
    plant("src/plans/x.ts", "export const at = (ms: number) => new Date(ms);");
    expect(checkRooms(tree).violations).toEqual([]);
  });

  it("lets the backend load a module whose path it is given", () => {
    plant("src/store/sqlite/x.ts", "export const load = (path: string) => import(path);");
    expect(checkRooms(tree).violations).toEqual([]);
  });

  it("fails on a tree without source files", () => {
    const empty = join(tree, "empty");
    mkdirSync(join(empty, "src/plans"), { recursive: true });
    expect(existsSync(join(empty, "src"))).toBe(true);
    expect(() => checkRooms(empty)).toThrow(/no source file below .*empty/);
  });

  it("fails on a file that is not TypeScript", () => {
    plant("src/plans/x.ts", "import from from;");
    expect(() => checkRooms(tree)).toThrow(/src\/plans\/x\.ts can't be parsed/);
  });
});
