/** docs/cli.md says which exit codes there are and which commands print CSV; the program keeps to it. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LISTS } from "../../src/cli/csv-lists.ts";
import { EXIT_CODES } from "../../src/cli/exit-codes.ts";
import { run } from "../../src/cli/world.suite.ts";

const page = readFileSync(new URL("../../docs/cli.md", import.meta.url), "utf8");

describe("docs/cli.md", () => {
  it("has each exit code, with the words of the program", () => {
    const rows = [...page.matchAll(/^\| (\d+) \| (.*) \|$/gm)].map(([, code, when]) => [code, when]);
    expect(rows).toEqual(Object.entries(EXIT_CODES));
  });

  it("names each command that prints its rows as CSV", () => {
    const named = [...page.matchAll(/^- `uptick ([a-z ]+) --csv`$/gm)].map(([, command]) => command);
    expect(named).toEqual([...LISTS]);
  });
});

describe("the exit code", () => {
  it.each([
    ["a command that is done", ["status"], {}, 0],
    ["help", ["plan", "--help"], {}, 0],
    ["a device that is not there", ["device", "nobody"], {}, 1],
    ["a missing token", ["status"], { env: {} }, 1],
    ["an unknown command", ["stats"], {}, 2],
    ["an unknown option", ["status", "--verbose"], {}, 2],
    ["a value that the command can't take", ["audit", "--since", "yesterday"], {}, 2],
    ["a device that is behind", ["behind"], {}, 3],
  ] as const)("of %s", async (_what, argv, changes, code) => {
    expect((await run(argv, {}, changes)).code).toBe(code);
  });
});
