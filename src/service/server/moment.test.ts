import { describe, expect, it } from "vitest";
import { noteMoment } from "./settings.ts";

describe("the moment that is recorded", () => {
  it.each([
    ["the first", undefined, 7, false, 7],
    ["a later one", 7, 8, false, 8],
    ["the same", 7, 7, false, 7],
    ["an earlier one, of a process whose clock is behind", 7, 6, false, 7],
    ["an earlier one, after a clock that was wrong", 7, 6, true, 6],
  ])("is the latest of all processes: %s", (_title, before, at, lower, after) => {
    const known = before === undefined ? [] : [{ name: "clock", value: { at: before } }];
    const { writes } = noteMoment.decide({ at, lower }, { known });
    const [write] = writes;
    const row = write !== undefined && "put" in write && write.put === "setting" ? write.row : known[0];
    expect(row).toEqual({ name: "clock", value: { at: after } });
  });
});
