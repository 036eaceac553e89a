/** Blackouts as rows: which are refused, and how the work at their jobs begins, ends and begins again. */
import { describe, expect, it } from "vitest";
import type { BlackoutRow, Write } from "../../store/index.ts";
import { blackoutRow } from "../../store/suite-rows.ts";
import { blackoutLooked, blackoutsLookAgain, createBlackout, MOST_BLACKOUTS, removeBlackout } from "./blackout.ts";
import { isOver } from "./blackouts-in-force.ts";

const NOW = 1000;
const WANTED = {
  id: "fair",
  name: "Fair",
  firstDay: "2027-01-04",
  lastDay: "2027-01-05",
  rule: "all",
  createdBy: "token:a",
};
const create = (live: readonly BlackoutRow[], more: Partial<typeof WANTED> = {}, groups: readonly string[] = []) =>
  createBlackout.decide({ row: { ...WANTED, ...more }, now: NOW }, {
    live,
    groups: groups.map((id) => ({ id })),
  } as never) as { writes: Write[]; result: { kind: string } };

/** What the writes make of a blackout; undefined: it is gone. */
function after(blackout: BlackoutRow, writes: readonly Write[]): BlackoutRow | undefined {
  return writes.reduce<BlackoutRow | undefined>((row, write) => {
    // Planned dates of devices without a job follow it too.
    if ("put" in write && write.put === "sweep") return row;
    if (row === undefined || !("where" in write)) throw new Error("another write");
    const isMeant = Object.entries(write.where).every(([key, value]) => row[key as keyof BlackoutRow] === value);
    if (!isMeant) return row;
    return "patch" in write ? { ...row, ...(write.set as Partial<BlackoutRow>) } : undefined;
  }, blackout);
}
const looked = (row: BlackoutRow, { id, live, lookedTo, dueAt }: BlackoutRow, to: string | null) =>
  after(row, blackoutLooked.decide({ blackoutId: id, live, from: lookedTo, dueAt, to }, {} as never).writes);

describe("a blackout that is made", () => {
  it.each<[what: string, live: readonly BlackoutRow[], more: Partial<typeof WANTED>, kind: string]>([
    ["beside others", [blackoutRow("Christmas")], { firstDay: "2027-01-05" }, "created"],
    ["as it is already", [blackoutRow("Fair", { firstDay: "2027-01-04", lastDay: "2027-01-05" })], {}, "same"],
    ["with the name of another", [blackoutRow("Fair")], {}, "exists"],
    ["for a group that there is", [], { rule: "group = shops" }, "created"],
    ["for a group that there is not", [], { rule: "group = none" }, "group-unknown"],
    ["of 90 days", [], { lastDay: "2027-04-03" }, "created"],
    ["of 91 days", [], { lastDay: "2027-04-04" }, "too-long"],
    ["of 91 days with another before it", [blackoutRow("Christmas")], { lastDay: "2027-03-21" }, "too-long"],
    ["of 90 days with another before it", [blackoutRow("Christmas")], { lastDay: "2027-03-20" }, "created"],
    [
      "of 91 days with one for some devices",
      [blackoutRow("C", { rule: "tag = a" })],
      { lastDay: "2027-03-21" },
      "too-long",
    ],
    [
      "beside one of other devices",
      [blackoutRow("C", { rule: "tag = a" })],
      { lastDay: "2027-03-21", rule: "tag = b" },
      "created",
    ],
  ])("%s", (_what, live, more, kind) => {
    const { writes, result } = create(live, more, ["shops"]);
    expect([result.kind, writes.length]).toEqual([kind, kind === "created" ? 2 : 0]);
  });

  it("is the last where there are as many as possible", () => {
    const many = (n: number) => Array.from({ length: n }, (_value, i) => blackoutRow(`b${i}`));
    expect(create(many(MOST_BLACKOUTS - 1), { firstDay: "2028-01-01", lastDay: "2028-01-01" }).result.kind).toBe(
      "created",
    );
    expect(create(many(MOST_BLACKOUTS), { firstDay: "2028-01-01", lastDay: "2028-01-01" }).result.kind).toBe(
      "too-many",
    );
  });

  it("is over when its last day has passed in the last time zone", () => {
    const ends = Date.UTC(2027, 0, 4, 12);
    expect([ends - 1, ends].map((now) => isOver({ lastDay: "2027-01-03" }, now))).toEqual([false, true]);
  });
});

describe("the work at a blackout", () => {
  const claimed = blackoutRow("Fair", { dueAt: NOW, rule: "tag = shop" });
  const removed = { ...claimed, live: 0 } as const;

  it("continues after its page, has ended after the last, and drops one that was removed", () => {
    const next = looked(claimed, claimed, "e5");
    expect(next).toEqual({ ...claimed, lookedTo: "e5" });
    expect(looked({ ...claimed, lookedTo: "e5" }, { ...claimed, lookedTo: "e5" }, null)).toMatchObject({ dueAt: null });
    expect(looked(removed, removed, "e5")).toEqual({ ...removed, lookedTo: "e5" });
    expect(looked(removed, removed, null)).toBeUndefined();
  });

  it.each<[string, string | null, string | null, number]>([
    ["its first page", null, "e5", NOW],
    ["a page that found no job", null, null, NOW],
    ["its last page", "e9", null, NOW - 7],
  ])("begins again where it is removed during %s", (_what, from, to, now) => {
    const page = { ...claimed, lookedTo: from };
    const off = after(page, removeBlackout.decide({ name: "FAIR", now }, { blackout: [page] } as never).writes);
    expect(off).toMatchObject({ live: 0, lookedTo: null });
    expect(looked(off ?? page, page, to)).toEqual(off);
  });

  it.each<[string, "tag" | "group", boolean]>([
    ["tag = shop", "tag", true],
    ["group = shops", "tag", true],
    ["group = shops", "group", true],
    ["tag = shop", "group", false],
    ["all", "tag", false],
  ])("begins again for %s where a %s changes: %s", (rule, field, again) => {
    const row = { ...claimed, rule, dueAt: null, lookedTo: "e9" };
    expect(after(row, blackoutsLookAgain([row], field, NOW))).toEqual(
      again ? { ...row, lookedTo: null, dueAt: NOW } : row,
    );
  });
});
