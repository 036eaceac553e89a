/** docs/devices.md says of every kind how it ends: the same as the demo's table of expected ends. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { EXPECTED_ENDS } from "./expected.ts";

const page = readFileSync(new URL("../../docs/devices.md", import.meta.url), "utf8");

describe("docs/devices.md", () => {
  it("tells the end of every kind as the demo checks it", () => {
    const rows = page.split("\n").filter((line) => line.startsWith("| `"));
    const told = rows.map((line) => {
      const cells = line.split("|").map((cell) => cell.trim());
      return [cells[1]?.replaceAll("`", ""), cells.at(-2)] as const;
    });
    const checked = Object.entries(EXPECTED_ENDS).map(([kind, end]) => [kind, `${end.state} / ${end.reason}`]);
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(checked));
  });
});
