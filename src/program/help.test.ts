/** The help of the commands that are not the API's. */
import { describe, expect, it } from "vitest";
import { runCli } from "../cli/index.ts";
import { world } from "../cli/world.suite.ts";
import { fileKey, type Setting, SETTING_NAMES, SETTINGS } from "../main/config/settings.ts";
import { addOwnCommands, main } from "./main.ts";
import { OWN_COMMANDS } from "./own-commands.ts";

/** What help prints, without the breaks of its lines. */
async function helpOf(...words: readonly string[]): Promise<string> {
  const { io, out } = world([...words, "--help"]);
  expect(await main([...words, "--help"], io)).toBe(0);
  return out().replaceAll(/\s+/g, " ");
}

describe("uptick serve --help", () => {
  it.each(SETTING_NAMES)("shows the setting %s with the form of its value and its default", async (name) => {
    const { kind, fallback }: Setting = SETTINGS[name];
    const ending = fallback === undefined ? "no default" : `default: ${fallback}`;
    const [, behind = ""] = (await helpOf("serve")).split(` --${fileKey(name)} <value> `);
    const own = behind.split(/ --[a-z-]+ <(?:value|file)> /)[0] ?? "";
    expect(own).toMatch(/^\S.+ \(/);
    expect(own.endsWith(`(${kind.expected}; ${ending})`)).toBe(true);
  });

  it("shows no option that the command would refuse", async () => {
    expect(await helpOf("serve")).not.toContain("--json");
  });
});

describe("the commands that are not the API's", () => {
  it.each(OWN_COMMANDS.map(({ words }) => words.join(" ")))("%s has help for each of its options", async (line) => {
    const help = await helpOf(...line.split(" "));
    expect(help).toContain(`Usage: uptick ${line} [options]`);
    const { options = [] } = OWN_COMMANDS.find(({ words }) => words.join(" ") === line) ?? {};
    for (const { flags, description } of options) expect(help).toContain(`${flags} ${description}`);
  });

  it.each(OWN_COMMANDS.map(({ words }) => words.join(" ")))(
    "%s takes no option of the program before it",
    async (line) => {
      const { io, err } = world(["--json", ...line.split(" ")]);
      expect(await runCli(io, addOwnCommands)).toBe(2);
      expect(err()).toContain(`no option may stand before it: uptick ${line} ...`);
    },
  );
});
