import { describe, expect, it } from "vitest";
import { type BaseInput, baseOf } from "./base.ts";

/** A moment by the clock of Berlin in summer. */
const at = (local: string): number => Date.parse(`${local}+02:00`);

describe("the base of a release (targets D2)", () => {
  const base = (changes: Partial<BaseInput>): string =>
    baseOf({
      postedOn: "2026-08-17",
      ageDays: 0,
      seenAt: at("2026-08-17T20:10"),
      fetchedBefore: at("2026-08-16T20:10"),
      activatedAt: at("2026-06-01T10:00"),
      zone: "Europe/Berlin",
      ...changes,
    });
  it.each([
    ["its posting date", {}, "2026-08-17"],
    ["and the age that the target asks for", { ageDays: 7 }, "2026-08-24"],
    ["the day on which a new major counts", { countsFrom: "2026-09-14" }, "2026-09-14"],
    ["not a day before the posting date", { countsFrom: "2026-08-01" }, "2026-08-17"],
    [
      "seen late, with fetches every day",
      { seenAt: at("2026-08-19T20:10"), fetchedBefore: at("2026-08-17T20:10") },
      "2026-08-17",
    ],
    ["seen after a gap", { seenAt: at("2026-08-19T20:10") + 1, fetchedBefore: at("2026-08-17T20:10") }, "2026-08-19"],
    ["seen at the first fetch", { seenAt: at("2026-08-22T20:10"), fetchedBefore: undefined }, "2026-08-22"],
    ["the day of activation, in the plan's zone", { activatedAt: at("2026-08-22T00:00") }, "2026-08-22"],
    ["a second before that day", { activatedAt: at("2026-08-22T00:00") - 1 }, "2026-08-21"],
  ] as [string, Partial<BaseInput>, string][])("is %s", (_case, changes, day) => {
    expect(base(changes)).toBe(day);
  });

  it("targets D12: plan activated 22 Aug, device on 26.6: base 22 Aug", () => {
    const posted = { postedOn: "2026-08-06", seenAt: at("2026-08-06T20:10"), fetchedBefore: at("2026-08-05T20:10") };
    expect(base({ ...posted, activatedAt: at("2026-08-22T14:00") })).toBe("2026-08-22");
  });
});
