/** Colours as the real program gives them, and the words that they stand on. */
import { spawnSync } from "node:child_process";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { COMPLIANCE_CLASSES, JOB_STATES } from "../contract/index.ts";
import { CLASS_LABELS } from "./commands/compliance-text.ts";
import { paintCell, painted } from "./paint.ts";
import { run } from "./world.suite.ts";

describe("a colour", () => {
  it.each(COMPLIANCE_CLASSES)("stands on the label of the class %s, which stays readable without it", (kind) => {
    const label = CLASS_LABELS[kind];
    expect(painted(label)).not.toBe(label);
    expect(stripVTControlCharacters(painted(`${label}, overdue`))).toBe(`${label}, overdue`);
  });

  it("is given to states and classes only, and not to a device that is called so", () => {
    expect(paintCell("NAME", "failed")).toBe("failed");
    expect(paintCell("STATE", "failed")).toBe("\u001b[31mfailed\u001b[39m");
    expect(JOB_STATES.filter((state) => stripVTControlCharacters(painted(state)) !== state)).toEqual([]);
  });

  it("does not change what stands where", async () => {
    const plain = await run(["devices"], {}, { isTty: true });
    const coloured = await run(["devices"], {}, { isTty: true, hasColours: true });
    expect(coloured.out).toContain("\u001b[");
    expect(plain.out).not.toContain("\u001b[");
    expect(stripVTControlCharacters(coloured.out)).toBe(plain.out);
  });

  it("is never in JSON or CSV", async () => {
    for (const flag of ["--json", "--csv"])
      expect((await run(["devices", flag], {}, { isTty: true, hasColours: true })).out).not.toContain("\u001b");
  });
});

describe("whether there are colours", () => {
  /** By Node's own rules, for a program whose stdout is no terminal. */
  const has = (env: Readonly<Record<string, string>>): string =>
    spawnSync(
      process.execPath,
      [
        "--input-type=module",
        "-e",
        'import { takesColours } from "./src/cli/paint.ts"; process.stdout.write(String(takesColours(process.stdout)));',
      ],
      { env: { PATH: process.env["PATH"], ...env }, encoding: "utf8" },
    ).stdout.trim();

  it.each([
    ["not in a file", {}, "false"],
    ["with FORCE_COLOR, wherever it goes", { FORCE_COLOR: "1" }, "true"],
    ["not with NO_COLOR", { NO_COLOR: "1" }, "false"],
  ] as const)("%s", (_what, env, expected) => expect(has(env)).toBe(expected));
});
