import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { UptickError } from "../errors/index.ts";
import { buildProgram, runCli } from "./index.ts";
import { world } from "./world.suite.ts";

describe("help", () => {
  function commands(command: Command, path: string): [string, Command][] {
    return command.commands.flatMap((one): [string, Command][] => {
      const name = `${path} ${one.name()}`.trim();
      return [[name, one], ...commands(one, name)];
    });
  }
  const all = commands(buildProgram(world([]).io), "");

  it.each(all.map(([name]) => name))("of %s teaches by examples", async (name) => {
    const { io, out } = world([...name.split(" "), "--help"]);
    expect(await runCli(io)).toBe(0);
    expect(out()).toMatch(/Examples:\n {2}# .+\n {2}\$ uptick /);
  });

  const lines = all
    .map(([name]) => name)
    .concat("")
    .map(async (name) => {
      const { io, out } = world([...name.split(" ").filter(Boolean), "--help"]);
      await runCli(io);
      return [...out().matchAll(/^ {2}\$ uptick (.*)$/gm)].map((match) => match[1] ?? "");
    });

  const NO_SERVER = (argv: readonly string[]): boolean => argv.includes("--help") || argv[0] === "completion";

  it("has only examples that parse", async () => {
    const examples = (await Promise.all(lines)).flat();
    expect(examples.length).toBeGreaterThan(30);
    for (const example of examples) {
      const line = example.replace(/ [|<>] .*$/, "");
      const argv = [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word.replaceAll(/["']/g, ""));
      // No token: a line that parses ends with 1 and token-missing, an unreadable file or an empty one, a wrong one with 2.
      const { io, err } = world(argv, { env: {} });
      const code = await runCli(io);
      expect([
        example,
        code,
        /code: (token-missing|file-unreadable|list-invalid|catalog-invalid|cve-feed-invalid)/.test(err()),
      ]).toEqual([example, NO_SERVER(argv) ? 0 : 1, !NO_SERVER(argv)]);
    }
  });

  it("is shown for the bare command", async () => {
    const { io, out } = world([]);
    expect(await runCli(io)).toBe(0);
    expect(out()).toContain("Usage: uptick");
  });

  it("knows the version", async () => {
    const { io, out } = world(["--version"]);
    expect(await runCli(io)).toBe(0);
    expect(out()).toBe("1.2.3\n");
  });
});

describe("usage errors", () => {
  it.each([
    ["an unknown command", ["devcies"], "Did you mean devices"],
    ["an unknown option", ["devices", "--plaform", "macOS"], "--platform"],
    ["a missing option", ["plan", "create", "--to", "26.6.2"], "--devices"],
    ["an action that does not exist", ["update", "--to", "1", "--devices", "all", "--action", "now"], "install-later"],
    ["a number that is none", ["device", "X", "--timeline", "ten"], "whole number"],
    ["a missing argument", ["device"], "ref"],
    ["a group without a command", ["plan"], "create"],
  ])("end with 2 and say what is wrong: %s", async (_what, argv, words) => {
    const { io, err, out } = world(argv);
    expect(await runCli(io)).toBe(2);
    expect(err()).toContain(words);
    expect(out()).toBe("");
  });
});

describe("further commands", () => {
  it("are run and their errors worded alike", async () => {
    const ran: string[] = [];
    const extra = (program: Command): void => {
      program
        .command("serve")
        .allowUnknownOption()
        .allowExcessArguments()
        .action((_options, command: Command) => {
          ran.push(...command.args);
        });
      program.command("demo").action(() => Promise.reject(new UptickError("config-invalid", "No such setting: x.")));
    };
    expect(await runCli(world(["serve", "--data-dir", "x"]).io, extra)).toBe(0);
    expect(ran).toEqual(["--data-dir", "x"]);
    const { io, err } = world(["demo"]);
    expect(await runCli(io, extra)).toBe(1);
    expect(err()).toContain("code: config-invalid");
  });
});
