/** The linter's rules are only worth what they catch: each is shown a planted violation, with the project's own configuration. */
import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

interface Planted {
  readonly file: string;
  readonly code: string;
  /** The rule that must speak, or undefined where none may. */
  readonly rule: string | undefined;
}

const PURE_ROOMS = ["protocol", "identity", "catalog", "plans"];
const FORBIDDEN_GLOBALS = [
  "process.env",
  "fetch('x')",
  "setTimeout(() => {}, 1)",
  "setInterval(() => {}, 1)",
  "setImmediate(() => {})",
  "performance.now()",
  "console.log()",
  "crypto.randomUUID()",
  "globalThis",
];
const FORBIDDEN_PROPERTIES = ["Date.now()", "Math.random()"];
const FORBIDDEN_IMPORTS = [
  "node:fs",
  "fs",
  "node:net",
  "node:http",
  "node:https",
  "node:timers",
  "node:timers/promises",
];

function plantedInPureRoom(room: string): Planted[] {
  const file = (name: string, index: number) => `src/${room}/planted-${name}-${index}.ts`;
  return [
    ...FORBIDDEN_GLOBALS.map((use, i) => ({
      file: file("global", i),
      code: `export const x = (): unknown => ${use};`,
      rule: "eslint(no-restricted-globals)",
    })),
    ...FORBIDDEN_PROPERTIES.map((use, i) => ({
      file: file("property", i),
      code: `export const x = (): number => ${use};`,
      rule: "eslint(no-restricted-properties)",
    })),
    ...FORBIDDEN_IMPORTS.map((name, i) => ({
      file: file("import", i),
      code: `import * as world from "${name}";\nexport const x: unknown = world;`,
      rule: "eslint(no-restricted-imports)",
    })),
    {
      file: file("random", 0),
      code: `import { randomBytes } from "node:crypto";\nexport const x = (): Buffer => randomBytes(8);`,
      rule: "eslint(no-restricted-imports)",
    },
    { file: `src/${room}/planted-quiet.test.ts`, code: "export const x: number = Date.now();", rule: undefined },
  ];
}

const PROMISE = "async function f(): Promise<number> { return 1; }\n";
const CASES: readonly Planted[] = [
  ...PURE_ROOMS.flatMap(plantedInPureRoom),
  ...["store", "service"].flatMap((room) =>
    FORBIDDEN_PROPERTIES.map((use, i) => ({
      file: `src/${room}/planted-${i}.ts`,
      code: `export const x = (): number => ${use};`,
      rule: "eslint(no-restricted-properties)",
    })),
  ),
  { file: "src/outside/console.ts", code: 'console.log("x");', rule: "eslint(no-console)" },
  { file: "src/main/console.ts", code: 'console.log("x");', rule: undefined },
  { file: "src/cli/console.ts", code: 'console.log("x");', rule: undefined },
  { file: "src/outside/clock.ts", code: "export const x: number = Date.now();", rule: undefined },
  {
    file: "src/main/floating.ts",
    code: `${PROMISE}export function g(): void { f(); }`,
    rule: "typescript(no-floating-promises)",
  },
  {
    file: "src/main/misused.ts",
    code: `${PROMISE}export function g(): number { if (f()) return 1; return 2; }`,
    rule: "typescript(no-misused-promises)",
  },
  { file: "src/main/any.ts", code: "export const x: any = 1;", rule: "typescript(no-explicit-any)" },
  {
    file: "src/main/focused.test.ts",
    code: 'import { it } from "vitest";\nit.only("runs alone", () => {});',
    rule: "vitest(no-focused-tests)",
  },
  { file: "simulator/floating.ts", code: `${PROMISE}f();\nexport {};`, rule: "typescript(no-floating-promises)" },
];

let folder: string;
const found = new Map<string, string[]>();

function lintPlanted(): Promise<string> {
  return new Promise((resolve, reject) => {
    const oxlint = join(root, "node_modules/.bin/oxlint");
    const options = { cwd: folder, maxBuffer: 32 * 1024 * 1024 };
    execFile(oxlint, ["--type-aware", "--format=json", "src", "simulator"], options, (error, stdout, stderr) => {
      if (stdout.startsWith("{")) resolve(stdout);
      else reject(new Error(`oxlint did not report: ${stderr}`, { cause: error }));
    });
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "uptick-lint-"));
  copyFileSync(join(root, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
  copyFileSync(join(root, "tsconfig.json"), join(folder, "tsconfig.json"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  for (const { file, code } of CASES) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `${code}\n`);
  }
  const report = JSON.parse(await lintPlanted()) as { diagnostics: { code: string; filename: string }[] };
  for (const { code, filename } of report.diagnostics) found.set(filename, [...(found.get(filename) ?? []), code]);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("linter configuration", () => {
  it.each(CASES.filter((planted) => planted.rule !== undefined))("finds $rule in $file", ({ file, rule }) => {
    expect(found.get(file)).toContain(rule);
  });

  it.each(CASES.filter((planted) => planted.rule === undefined))("lets $file be", ({ file }) => {
    expect(found.get(file)).toBeUndefined();
  });
});
