/** docs/devices.md says of every kind of simulated device how it ends: the same as the demo's table of expected ends. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { allKindNames } from "../../simulator/index.ts";
import { EXPECTED_ENDS } from "./expected.ts";

const page = readFileSync(new URL("../../docs/devices.md", import.meta.url), "utf8");
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) => line.split("|").map((cell) => cell.trim()));
const told = rows.map((cells) => [cells[1]?.replaceAll("`", "") ?? "", cells.at(-2)] as const);

describe("docs/devices.md", () => {
  it("has each kind of the simulator's list once, and no other", () => {
    expect(told.map(([kind]) => kind).toSorted()).toEqual([...allKindNames].toSorted());
  });

  it("tells the end of every kind as the demo checks it", () => {
    const checked = Object.entries(EXPECTED_ENDS).map(([kind, end]) => [
      kind,
      `${end.state} / ${end.reason.replaceAll("|", " or ")}`,
    ]);
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(checked));
  });
});
