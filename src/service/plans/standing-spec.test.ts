import { describe, expect, it } from "vitest";
import type { PlanRequest } from "../../contract/index.ts";
import { checkOnce, standingSpecOf } from "./standing-spec.ts";

const NOW = Date.UTC(2026, 7, 25, 12);
const REQUEST: PlanRequest = { to: "latest-minor", action: "install", standing: true, deadline: "+14d 17:00" };
const rest = { name: "All", who: "rest", opens: 0, due: 14 } as const;
const make = (more: object) => standingSpecOf({ ...REQUEST, ...more }, undefined, NOW);

describe("targets P1: the request of a standing plan", () => {
  it("needs a target, an action and a deadline; all else has a default", () => {
    expect(make({}).standing).toMatchObject({
      ...{ include: "all", exclude: null, days: 14, at: "17:00", noticeHours: 24, skipWeekdays: [], spreadHours: 0 },
      ...{ rings: [], maxFailurePercent: 5, urgentDays: null },
    });
    expect(make({ maxFailurePercent: 20, rings: [rest] }).standing).toMatchObject({ maxFailurePercent: 20 });
  });

  it.each<[string, object]>([
    ["a deadline on a day", { deadline: "2026-09-01T17:00" }],
    ["no deadline", { deadline: undefined }],
    ["devices by name", { devices: ["all"] }],
    ["another action", { action: "download" }],
    ["replace", { replace: true }],
    ["more failures than its rings can prove", { maxFailurePercent: 21 }],
  ])("refuses %s", (_what, more) =>
    expect(() => make(more)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^(plan|deadline)-invalid$/) }),
    ),
  );

  it.each(["include", "exclude", "order", "rings", "urgentDays"])("has %s alone", (field) => {
    const once = { to: "26.6.1", action: "install", devices: ["all"] } as const;
    expect(() => checkOnce({ ...once, [field]: 1 } as PlanRequest)).toThrow(`${field}: only a standing plan has it`);
    expect(() => checkOnce({ ...once, maxFailurePercent: 100 })).not.toThrow();
  });
});
