import { describe, expect, it } from "vitest";
import { type Refusal, withRefusal } from "./refusals.ts";

const refusal = (group: string, at: number): Refusal => ({
  code: "challenge-expired",
  group,
  message: `at ${at}`,
  remedy: "",
  count: 1,
  at,
});

describe("the list of refusals", () => {
  it("counts what belongs together, with the newest message, and never grows beyond 20", () => {
    let list: readonly Refusal[] = [];
    for (let i = 0; i < 50; i += 1) list = withRefusal(list, refusal(`note ${i}`, i));
    list = withRefusal(list, refusal("note 40", 99));
    expect(list).toHaveLength(20);
    expect(list[0]).toEqual({ ...refusal("note 40", 99), count: 2 });
    expect(list.at(-1)?.group).toBe("note 30");
  });
});
