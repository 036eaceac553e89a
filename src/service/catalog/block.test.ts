/** The look of a block through the live jobs, and what makes it look again meanwhile. */
import { describe, expect, it } from "vitest";
import type { BlockRow, Write } from "../../store/index.ts";
import { blockRow } from "../../store/suite-rows.ts";
import { blockLooked, lookAgain } from "./block.ts";

const NOW = 1000;

/** What the writes make of a block. */
function after(block: BlockRow, writes: readonly Write[]): BlockRow {
  return writes.reduce<BlockRow>((row, write) => {
    if (!("patch" in write) || write.patch !== "block") throw new Error("another write");
    const isMeant = Object.entries(write.where).every(([key, value]) => row[key as keyof BlockRow] === value);
    return isMeant ? { ...row, ...(write.set as Partial<BlockRow>) } : row;
  }, block);
}
const again = (block: BlockRow, now = NOW): BlockRow => after(block, lookAgain([block], "tag", now));
const looked = (block: BlockRow, claimed: BlockRow, to: string | null): BlockRow => {
  const { id: blockId, lookedTo: from, dueAt } = claimed;
  return after(block, blockLooked.decide({ blockId, from, dueAt, to }, {} as never).writes);
};

describe("a block that looks through the live jobs", () => {
  const claimed = blockRow("b1", { dueAt: NOW, lookedTo: null, rule: "tag = lab" });

  it("continues after its page, and has ended after the last", () => {
    const next = looked(claimed, claimed, "e5");
    expect(next).toEqual({ ...claimed, lookedTo: "e5" });
    expect(looked(next, next, null)).toEqual({ ...next, dueAt: null });
  });

  it.each<[string, string | null, string | null, number]>([
    ["its first page, at the same moment", null, "e5", NOW],
    ["its first page, later", null, "e5", NOW + 7],
    ["its first page, after the clock was set back", null, "e5", NOW - 7],
    ["a page that found no job", null, null, NOW],
    ["a later page", "e5", "e9", NOW],
    ["its last page", "e9", null, NOW],
  ])("looks again from the beginning, when it is asked to during %s", (_what, from, to, now) => {
    const page = { ...claimed, lookedTo: from };
    const block = looked(again(page, now), page, to);
    expect(block.lookedTo).toBeNull();
    expect(block.dueAt).toBeLessThanOrEqual(now);
  });

  it("looks again after it has ended, however often it is asked", () => {
    const rest = again({ ...claimed, dueAt: null, lookedTo: "e9" });
    expect(rest).toMatchObject({ lookedTo: null, dueAt: NOW });
    expect(looked(again(again(rest)), rest, null).dueAt).toBe(NOW - 2);
  });
});

describe("what makes a block look again", () => {
  it.each<[string, "tag" | "group", boolean]>([
    ["tag = lab", "tag", true],
    ["not tag = lab", "tag", true],
    ["group = lab", "tag", true],
    ["group = lab", "group", true],
    ["tag = lab", "group", false],
    ["model = J413AP", "tag", false],
    ["all", "group", false],
  ])("for %s, a change of a %s: %s", (rule, field, expected) => {
    expect(lookAgain([blockRow("b1", { rule, dueAt: null, lookedTo: "e5" })], field, NOW)).toEqual(
      expected ? [{ patch: "block", where: { id: "b1", live: 1 }, set: { lookedTo: null, dueAt: NOW } }] : [],
    );
  });
});
