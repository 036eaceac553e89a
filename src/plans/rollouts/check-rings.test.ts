import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import { plannedFor } from "../deadlines/deadline-for.ts";
import type { Weekday } from "../deadlines/local.ts";
import { checkRings, type RingProblem, ringProblems, type RingTerms } from "./check-rings.ts";
import { PRESET, threeRings } from "./preset.ts";
import type { Ring } from "./rollout.ts";

const rules = { pilot: "tag = pilot", notLate: "not tag = late" };
const preset = threeRings({ ...rules, hasPilots: true });
const terms = (days: number, noticeHours = 24, skip: readonly Weekday[] = [], at = "17:00"): RingTerms => ({
  days,
  noticeHours,
  deadlineOf: (base, due) => {
    const rules = { skipWeekdays: skip, blackouts: [] };
    const found = plannedFor({ due: { base, days: due, at }, clock: { kind: "known", zone: "UTC" }, rules });
    return found.kind === "deadline" ? found.local : found.kind;
  },
});
const ring = (name: string, opens: number, due: number, who: Ring["who"] = "rule"): Ring => ({
  name,
  who,
  opens,
  due,
  approval: "gate",
});
const problems = (rings: readonly Ring[], with_: RingTerms): readonly RingProblem[] => ringProblems(rings, with_);
const inWords = (rings: readonly Ring[], with_: RingTerms): string[] =>
  problems(rings, with_).map((one) =>
    "weekday" in one ? `${one.ring}: ${one.kind}, ${one.weekday}, ${one.missingDays}` : `${one.ring}: ${one.kind}`,
  );

describe("targets R4: the preset of three rings", () => {
  const with_ = terms(PRESET.days, PRESET.noticeHours, PRESET.skipWeekdays);

  it("may be saved, with and without pilots", () => {
    expect(problems(preset, with_)).toEqual([]);
    expect(problems(threeRings({ ...rules, hasPilots: false }), with_)).toEqual([]);
  });

  it("has 5 percent as pilots only where nobody has the tag, and never those that go late", () => {
    expect(preset.map(({ who }) => who)).toEqual(["tag = pilot", { percent: 20, of: "not tag = late" }, "rest"]);
    expect(threeRings({ ...rules, hasPilots: false })[0]?.who).toEqual({ percent: 5, of: "not tag = late" });
  });

  it.each([
    ["Pilot", [2, 2, 5, 4]],
    ["Early", [9, 9, 12, 11]],
    ["Everyone", [17, 20, 19, 18]],
  ])("has the deadlines of %s so many days after a base on Monday to Thursday: %j", (name, days) => {
    const due = preset.find((one) => one.name === name)?.due ?? -1;
    const found = ["2026-08-17", "2026-08-18", "2026-08-19", "2026-08-20"].map((base) => {
      const deadline = Temporal.PlainDateTime.from(with_.deadlineOf(base, due)).toPlainDate();
      return Temporal.PlainDate.from(base).until(deadline).days;
    });
    expect(found).toEqual(days);
  });
});

describe("targets R3: rings that are saved", () => {
  it.each([
    ["leave the notice", [ring("All", 0, 2, "rest")], terms(2), []],
    // Opened on Tuesday at 09:00 and due on Tuesday at 17:00.
    [
      "do not leave the notice",
      [ring("All", 0, 1, "rest")],
      terms(1),
      ["Monday", "Tuesday", "Wednesday"]
        .map((day) => `All: due-too-early, ${day}, 1`)
        .concat("All: due-too-early, Thursday, 1"),
    ],
    ["leave exactly the notice", [ring("All", 1, 2, "rest")], terms(2, 24, [], "09:00"), []],
    [
      "leave a minute less",
      [ring("All", 1, 2, "rest")],
      terms(2, 24, [], "08:59"),
      ["Monday", "Tuesday", "Wednesday", "Thursday"].map((day) => `All: due-too-early, ${day}, 1`),
    ],
    // A release on a Thursday opens after the weekend, on Monday, and is due on Sunday.
    ["open after the weekend", [ring("All", 2, 3, "rest")], terms(3), ["All: due-too-early, Thursday, 2"]],
    ["leave the gate 48 hours", [ring("First", 0, 2), ring("Rest", 4, 12, "rest")], terms(12, 24, [], "09:00"), []],
    [
      "leave the gate a minute less",
      [ring("First", 0, 2), ring("Rest", 4, 12, "rest")],
      terms(12, 24, [], "09:01"),
      ["Rest: opens-too-early, Monday, 1", "Rest: opens-too-early, Thursday, 1"],
    ],
    [
      "leave the gate less than 48 hours",
      [ring("First", 0, 2), ring("Rest", 4, 12, "rest")],
      terms(12, 24),
      ["Rest: opens-too-early, Monday, 1", "Rest: opens-too-early, Thursday, 1"],
    ],
  ] as const)("%s", (_title, rings, with_, expected) => {
    expect(inWords(rings, with_)).toEqual(expected);
  });

  it("count with skipped weekdays", () => {
    const early = [preset[0], { ...ring("Early", 7, 9) }, { ...ring("All", 15, 17, "rest") }].flatMap(
      (one) => one ?? [],
    );
    expect(inWords(early, terms(17, 24, PRESET.skipWeekdays))).toEqual(["Early: opens-too-early, Wednesday, 1"]);
  });

  it.each([
    [[ring("First", 0, 2), ring("Rest", 8, 16, "rest")], ["Rest: last-ring"]],
    [[ring("First", 0, 2), ring("Rest", 8, 17, "rule")], ["Rest: last-ring"]],
    [[ring("First", 0, 2, "rest"), ring("Rest", 8, 17, "rest")], ["First: rest-too-early"]],
    [[ring("First", 0, 2, { percent: 0 }), ring("Rest", 8, 17, "rest")], ["First: percent"]],
    [[ring("First", 0, 2, { percent: 101 }), ring("Rest", 8, 17, "rest")], ["First: percent"]],
    [[ring("First", 0, 2, { percent: 2.555 }), ring("Rest", 8, 17, "rest")], ["First: percent"]],
    [[ring("First", 0, 2, { percent: 0.29 }), ring("Rest", 8, 17, "rest")], []],
    [[ring("First", 0, 2, { percent: 100 }), ring("Rest", 8, 17, "rest")], []],
    [[], []],
  ])("targets R1: %j have the problems %j", (rings, expected) => {
    expect(inWords(rings, terms(17))).toEqual(expected);
  });

  it.each([
    [
      [ring("All", 0, 1, "rest")],
      1,
      'Ring "All" is due too early: after a release on a Monday it needs 1 day more, so that its notice passes before its deadline.',
    ],
    [
      [ring("First", 0, 9), ring("Rest", 8, 17, "rest")],
      17,
      'Ring "Rest" opens too early: after a release on a Monday it needs 4 days more, to open 48 hours after the deadline of the ring before it.',
    ],
    [
      [ring("Rest", 8, 16, "rest")],
      17,
      'Ring "Rest" is the last one: it must take the rest of the devices and be due after 17 days, as the plan is.',
    ],
  ])("are refused with the weekday and the days that are missing", (rings, days, message) => {
    const check = (): void => checkRings(rings, terms(days));
    expect(check).toThrow(expect.objectContaining({ code: "plan-invalid", message }));
  });

  it("are refused where another ring takes the rest, or a percentage is none", () => {
    const refused = [ring("First", 0, 2, "rest"), ring("Rest", 8, 17, "rest")];
    expect(() => checkRings(refused, terms(17))).toThrow(
      'Ring "First" takes the rest of the devices, so no ring may follow it.',
    );
    const none = [ring("First", 0, 2, { percent: 0 }), ring("Rest", 8, 17, "rest")];
    expect(() => checkRings(none, terms(17))).toThrow(
      'Ring "First" must have a percentage from 0.01 to 100, with at most two decimals.',
    );
    expect(() => checkRings(preset, terms(17, 24, PRESET.skipWeekdays))).not.toThrow();
  });
});
