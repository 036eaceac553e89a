import { sweepFor } from "../compliance/sweep.ts";
import { describe, expect, it } from "vitest";
import { groupRow, zoneRuleRow } from "../../store/suite-rows.ts";
import { setGroup, usesOf } from "./groups.ts";

const input = { name: "Osaka", rule: "tag = osaka", revision: undefined, by: "token:a", now: 5 };
const ids = (n: number) => Array.from({ length: n }, (_value, i) => ({ id: `g-${i}` }));

describe("groups", () => {
  it("are a thousand at most; those that there are can be changed", () => {
    const before = groupRow("Osaka", "all");
    expect(setGroup.decide(input, { group: [], all: ids(999), blocks: [], blackouts: [] } as never)).toMatchObject({
      result: { kind: "created" },
    });
    expect(setGroup.decide(input, { group: [], all: ids(1000), blocks: [], blackouts: [] } as never)).toEqual({
      writes: [],
      result: { kind: "too-many", most: 1000 },
    });
    expect(
      setGroup.decide({ ...input, revision: 1 }, {
        group: [before],
        all: ids(1000),
        blocks: [],
        blackouts: [],
      } as never),
    ).toEqual({
      writes: [
        {
          put: "deviceGroup",
          row: { ...before, rule: "tag = osaka", revision: 2, changedAt: 5, changedBy: "token:a" },
        },
        sweepFor(5, 5),
      ],
      change: {
        before: { name: "Osaka", rule: "all", revision: 1 },
        after: { name: "Osaka", rule: "tag = osaka", revision: 2 },
      },
      result: expect.objectContaining({ kind: "changed" }) as unknown,
    });
  });

  it.each([
    ["group = osaka", ["zone rule 1 (Asia/Tokyo)"]],
    ['tag = a and not group in (Tokyo, "OSAKA")', ["zone rule 1 (Asia/Tokyo)"]],
    ["tag = osaka", []],
  ])("are used by the zone rule %s: %j", (rule, uses) => {
    expect(usesOf("osaka", [zoneRuleRow(0, rule)], [], [])).toEqual(uses);
  });
});
