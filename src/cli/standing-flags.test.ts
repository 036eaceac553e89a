import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { addStandingFlags, standingFields } from "./standing-flags.ts";

const parsed = (...args: readonly string[]) => {
  const command = addStandingFlags(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  return command.parse(args, { from: "user" }).opts();
};
const fields = (...args: readonly string[]) => standingFields(parsed(...args), "+14d 17:00");

describe("options for the terms of a standing plan", () => {
  it.each<[string[], object]>([
    [[], {}],
    [["--include", "all", "--exclude", "none", "--order", "0"], { include: "all", exclude: null, order: 0 }],
    [["--exclude", "tag = lab"], { exclude: "tag = lab" }],
    [["--skip-weekdays", "fri, Sat"], { skipWeekdays: ["fri", "sat"] }],
    [["--skip-weekdays", "none"], { skipWeekdays: [] }],
    [["--in", "9d"], { deadline: "+9d 17:00" }],
    [["--at", "09:30"], { deadline: "+14d 09:30" }],
    [["--in", "0d", "--at", "09:30"], { deadline: "+0d 09:30" }],
    [["--notice-hours", "0", "--spread-hours", "8"], { noticeHours: 0, spreadHours: 8 }],
    [["--max-failures", "20", "--urgent-days", "none"], { maxFailurePercent: 20, urgentDays: null }],
    [["--urgent-days", "3"], { urgentDays: 3 }],
  ])("%j", (args, expected) => expect(fields(...args)).toEqual(expected));

  it.each([
    ["--skip-weekdays", "friday"],
    ["--notice-hours", "337"],
    ["--max-failures", "0"],
    ["--urgent-days", "61"],
  ])("refuses %s %s", (...args) => expect(() => parsed(...args)).toThrow("Expected"));

  it("refuses days that are no number", () => {
    expect(() => fields("--in", "two")).toThrow('--in "two" is not a number of days such as 14d.');
  });
});
