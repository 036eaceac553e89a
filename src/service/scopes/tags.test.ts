import { describe, expect, it } from "vitest";
import { blockRow } from "../../store/suite-rows.ts";
import { changeOf, tagDevices } from "./tags.ts";

const tags = (n: number): string[] => Array.from({ length: n }, (_value, i) => `t-${i}`);

describe("a change of tags", () => {
  it.each<[has: string[], add: string[], remove: string[], change: ReturnType<typeof changeOf>]>([
    [["a"], ["a"], ["b"], "none"],
    [[], ["a", "b"], [], { added: ["a", "b"], removed: [] }],
    [["a", "b"], ["c"], ["b", "d"], { added: ["c"], removed: ["b"] }],
    [tags(49), ["x"], [], { added: ["x"], removed: [] }],
    [tags(50), ["x"], [], "too-many"],
    [tags(50), ["x"], ["t-0"], { added: ["x"], removed: ["t-0"] }],
    [tags(50), ["x", "y"], ["t-0"], "too-many"],
    // More than are possible can be taken away.
    [tags(60), [], ["t-0"], { added: [], removed: ["t-0"] }],
  ])("of %j, adding %j and removing %j", (has, add, remove, change) => {
    expect(changeOf(new Set(has), { add, remove })).toEqual(change);
  });

  it("leaves out a device that was forgotten meanwhile, and one that has got too many tags", () => {
    const input = { devices: ["gone", "full", "one"], total: 3, add: ["x"], remove: [], by: "token:a", now: 5 };
    const { writes, result } = tagDevices.decide(input, {
      "device 0": [],
      "tags 0": [],
      "device 1": [{ id: "full" }],
      "tags 1": tags(50).map((tag) => ({ enrollmentId: "full", tag })),
      "device 2": [{ id: "one" }],
      "tags 2": [],
      blocks: [blockRow("b1", { rule: "tag = x", dueAt: null }), blockRow("b2")],
    } as never) as ReturnType<typeof tagDevices.decide> & { readonly result: readonly string[] };
    expect(result).toEqual(["full"]);
    expect(writes).toEqual([
      { put: "deviceTag", row: { enrollmentId: "one", tag: "x" } },
      {
        insert: "timeline",
        row: {
          enrollmentId: "one",
          at: 5,
          kind: "tags-changed",
          data: { added: ["x"], removed: [], by: "token:a" },
          raw: null,
        },
      },
      { patch: "enrollment", where: { id: "one" }, set: { classDueAt: 5, classLeaseUntil: 0 } },
      // With the change, so that no crash lies in between.
      { patch: "block", where: { id: "b1", live: 1 }, set: { lookedTo: null, dueAt: 5 } },
    ]);
  });
});
