/** docs/scopes.md says what the program does: its rules match the devices that it says, and its commands are commands. */
import { readFileSync } from "node:fs";
import { expect, describe, it } from "vitest";
import { runCli } from "../../src/cli/index.ts";
import { world } from "../../src/cli/world.suite.ts";
import { type UptickError } from "../../src/errors/index.ts";
import { matches, parseRule, type ScopeFacts } from "../../src/plans/index.ts";

const page = readFileSync(new URL("../../docs/scopes.md", import.meta.url), "utf8");

/** The rows of the table with this heading, cell by cell. */
function tableOf(heading: string): string[][] {
  const [, rows = ""] = page.split(`${heading}\n`);
  const lines = rows.split("\n\n", 1)[0]?.split("\n").slice(1) ?? [];
  return lines.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const orNull = (text: string): string | null => (text === "" ? null : text);

const DEVICES = tableOf("| serial | platform | model | list id | runs | supervised | tags |").map(
  ([serial = "", platform = "", model = "", listId = "", runs = "", supervised = "", tags = ""]): ScopeFacts => ({
    serial,
    platform: orNull(platform),
    productName: orNull(model),
    lookupIds: listId === "" ? [] : [listId],
    osVersion: orNull(runs),
    supervised: supervised === "" ? null : supervised === "yes",
    tags: new Set(tags.split(", ").filter((tag) => tag !== "")),
    groups: new Set(),
  }),
);
const RULES = tableOf("| rule | devices |").map(
  ([rule = "", devices = ""]) => [rule.replaceAll("`", ""), devices] as const,
);

describe("the page about rules", () => {
  it("has devices and rules", () => expect([DEVICES.length, RULES.length]).toEqual([5, 10]));

  it.each(RULES)("says whom %s means", (text, devices) => {
    const rule = parseRule(text);
    expect(DEVICES.filter((facts) => matches(rule, facts)).map(({ serial }) => serial)).toEqual(devices.split(", "));
  });

  it("shows the error that the program shows", () => {
    const error = ((): UptickError | undefined => {
      try {
        parseRule("platform = macOS and tagg = lab");
      } catch (thrown) {
        return thrown as UptickError;
      }
      return undefined;
    })();
    expect(page).toContain(`\`\`\`\n${error?.message}\n\`\`\``);
  });

  const lines = [...page.matchAll(/^ {4}\$ uptick (.*)$/gm)].map(([, line = ""]) => line);
  it("has commands", () => expect(lines.length).toBeGreaterThan(15));

  it.each(lines)("has a command that parses: uptick %s", async (line) => {
    const words = [...line.replace(/ < .*$/, "").matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word);
    const { io, err } = world(words, { env: {}, files: { "-": "A" } });
    expect([await runCli(io), /code: (.*)/.exec(err())?.[1]]).toEqual([1, "token-missing"]);
  });
});
