/** The completion of each shell, asked as the shell asks it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addOwnCommands } from "../../program/main.ts";
import { buildProgram, runCli } from "../index.ts";
import { world } from "../world.suite.ts";
import { completedCommands } from "./tree.ts";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "uptick-completion-"));
  for (const shell of ["bash", "zsh", "fish"]) {
    const { io, out } = world(["completion", shell]);
    await runCli(io, addOwnCommands);
    writeFileSync(join(folder, shell), out());
  }
  writeFileSync(join(folder, "plan.yaml"), "");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function asked(program: string, argv: readonly string[], script: string): string[] {
  const { status, stdout, stderr } = spawnSync(program, [...argv, "-c", script], { cwd: folder, encoding: "utf8" });
  if (status !== 0 || stderr !== "") throw new Error(`${program}: ${status} ${stderr}`);
  return stdout.split("\n").filter((word) => word !== "");
}
const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(" ");

/** The words that each shell offers at the end of a line; zsh with what its menu would be given. */
const SHELLS: Readonly<Record<string, (line: readonly string[]) => string[]>> = {
  bash: (line) =>
    asked(
      "bash",
      ["--norc"],
      `source ./bash; COMP_WORDS=(uptick ${quoted(line)}); COMP_CWORD=${line.length}; _uptick; printf '%s\\n' "\${COMPREPLY[@]}"`,
    ),
  zsh: (line) =>
    asked(
      "zsh",
      ["-f"],
      `compdef() { :; }; compset() { :; }; _files() { print -l -- *(N); }
      _describe() { local name="\${@[-1]}"; print -l -- \${\${(P)name}%%:*} | grep -e "^\${cur##*=}" || true; }
      source ./zsh; words=(uptick ${quoted(line)}); CURRENT=${line.length + 1}; _uptick`,
    ),
  fish: (line) => asked("fish", ["--no-config"], `source ./fish; complete -C "uptick ${line.join(" ")}" | cut -f1`),
};
const here = (shell: string): boolean => spawnSync(shell, ["-c", "true"]).status === 0;

const program = () => completedCommands(buildProgram(world([]).io, addOwnCommands));
const commandAt = (path: string) => program().find((one) => one.path === path);

describe.each(Object.entries(SHELLS).map(([shell, complete]) => ({ shell, complete, isHere: here(shell) })))(
  "completion in $shell (skipped where there is none: here $isHere)",
  ({ complete, isHere }) => {
    it.skipIf(!isHere).each(["", "plan", "group", "push csr", "devices"])(
      "offers what can follow: uptick %s",
      (path) => {
        const words = path === "" ? [] : path.split(" ");
        const wanted = commandAt(path)?.commands.map(({ name }) => name) ?? [];
        expect(complete([...words, ""]).toSorted()).toEqual(wanted.toSorted());
      },
    );

    it.skipIf(!isHere).each(["devices", "plan create", "serve", "status"])(
      "offers the options of uptick %s",
      (path) => {
        const wanted = commandAt(path)?.options.map(({ long }) => long) ?? [];
        expect(wanted.length).toBeGreaterThan(3);
        expect(complete([...path.split(" "), "--"])).toEqual(expect.arrayContaining(wanted));
      },
    );

    it.skipIf(!isHere)(
      "offers the words that an option or an argument takes, and none where anything may follow",
      () => {
        expect(complete(["devices", "--class", "on"])).toEqual(["on-target"]);
        expect(complete(["completion", ""]).toSorted()).toEqual(["bash", "fish", "zsh"]);
        expect(complete(["--json", "group", "li"])).toEqual(["list"]);
        expect(complete(["plan", "create", "--to", ""])).toEqual([]);
      },
    );

    it.skipIf(!isHere)("offers files where an option takes one", () => {
      expect(complete(["plan", "list", "--token-file", "plan"])).toContain("plan.yaml");
    });
  },
);

describe("completion in bash", () => {
  it("knows a word behind an equals sign, which bash makes three words", () => {
    expect(SHELLS["bash"]?.(["devices", "--class", "=", "wait"])).toEqual(["waiting-person"]);
    expect(SHELLS["bash"]?.(["devices", "--class", "="])).toContain("cannot");
  });
});

describe("what is completed", () => {
  it("is every command, with its options, and no option that it would refuse", () => {
    const all = program();
    expect(all.length).toBeGreaterThan(70);
    expect(commandAt("plan list")?.options.map(({ long }) => long)).toEqual(
      expect.arrayContaining(["--json", "--url"]),
    );
    expect(commandAt("serve")?.options.map(({ long }) => long)).not.toContain("--json");
    for (const { path, options } of all) expect([path, options.length > 0]).toEqual([path, true]);
  });
});
