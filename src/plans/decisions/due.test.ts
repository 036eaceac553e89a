/** What a plan's days make of a device's deadline and moment, before anything is sent. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstShown } from "../deadlines/clock.ts";
import { coveredBy, type Days } from "../deadlines/days.ts";
import { addDays, dateOf, timeOf, WEEKDAYS } from "../deadlines/local.ts";
import { clockOf } from "../jobs/clock-of.ts";
import { deadlineIn } from "./deadline.ts";
import { type DueFor, dueTerms } from "./due.ts";
import type { PlanSpec } from "./spec.ts";

/** A Tuesday, 14:00 in Berlin. */
const NOW = Date.UTC(2026, 7, 25, 12);
const HOUR = 3_600_000;
const BERLIN = { zone: "Europe/Berlin", zoneKnown: true };
const FAIR: Days = { name: "fair", from: "2026-08-28", to: "2026-08-30" };
const SPEC = { targets: {}, action: "install", zone: "UTC" } as unknown as PlanSpec;

const terms = (deadline: string | undefined, spec: Partial<PlanSpec> = {}, device: Partial<DueFor> = {}) => {
  const of: DueFor = { when: BERLIN, blackouts: [], slot: 0, ...device };
  const asked = deadline === undefined ? undefined : deadlineIn(deadline, of.when.zone);
  return dueTerms(asked, { ...SPEC, ...spec }, of, NOW);
};

describe("a plan without days of its own", () => {
  it.each(["2026-08-28T17:00", "2026-08-25T14:01", "2026-08-20T17:00", "2026-08-29T02:30"])(
    "keeps its deadline %s",
    (local) => {
      const { at } = deadlineIn(local, BERLIN.zone);
      expect(terms(local)).toEqual({ deadline: local, deadlineAt: at });
    },
  );

  it("is moved by a blackout that covers it, and by no other", () => {
    expect(terms("2026-08-27T17:00", {}, { blackouts: [FAIR] })).toMatchObject({ deadline: "2026-08-27T17:00" });
    expect(terms("2026-08-31T17:00", {}, { blackouts: [FAIR] })).not.toHaveProperty("moved");
    expect(terms("2026-08-28T17:00", {}, { blackouts: [FAIR] })).toEqual({
      blackouts: [FAIR],
      deadline: "2026-08-31T17:00",
      deadlineAt: Date.UTC(2026, 7, 31, 15),
      moved: { from: "2026-08-28T17:00", to: "2026-08-31T17:00", covered: "blackout fair" },
    });
  });

  it("knows of blackouts without a deadline too", () => {
    expect([terms(undefined), terms(undefined, {}, { blackouts: [FAIR] })]).toEqual([{}, { blackouts: [FAIR] }]);
  });
});

describe("a plan with a notice", () => {
  it.each<[what: string, deadline: string, spec: Partial<PlanSpec>, to: string]>([
    ["24 hours to the minute", "2026-08-26T14:00", { noticeHours: 24 }, "2026-08-26T14:00"],
    ["a minute less", "2026-08-26T13:59", { noticeHours: 24 }, "2026-08-27T13:59"],
    ["none", "2026-08-25T14:00", { noticeHours: 0 }, "2026-08-25T14:00"],
    [
      "a skipped Friday",
      "2026-08-28T17:00",
      { noticeHours: 24, skipWeekdays: ["fri", "sat", "sun"] },
      "2026-08-31T17:00",
    ],
    ["a past deadline that is allowed", "2026-08-20T17:00", { noticeHours: 24 }, "2026-08-26T17:00"],
    ["a time that the clock skips", "2027-03-28T02:30", { noticeHours: 24 }, "2027-03-28T03:00"],
  ])("%s: %s", (_what, deadline, spec, to) => {
    expect(terms(deadline, spec)).toMatchObject({ deadline: to, noticeMs: (spec.noticeHours ?? 0) * HOUR });
  });

  it("is never under 24 hours where the zone is unknown", () => {
    const when = { zone: "UTC", zoneKnown: false };
    expect(terms("2026-08-28T17:00", { noticeHours: 2 }, { when })).toMatchObject({ noticeMs: 24 * HOUR });
  });

  it("is spread before its time, in steps of five minutes, and not below the notice", () => {
    const spread = { noticeHours: 24, spreadHours: 2 };
    expect(terms("2026-08-28T17:00", spread, { slot: 23 })).toMatchObject({
      deadline: "2026-08-28T15:05",
      moved: { from: "2026-08-28T17:00", covered: "" },
    });
    expect(terms("2026-08-26T14:30", spread, { slot: 23 })).toMatchObject({ deadline: "2026-08-26T14:00" });
  });

  it("has a later moment where the window leaves less than the notice, and keeps its deadline", () => {
    const when = { ...BERLIN, window: { from: "02:00", to: "05:00" } };
    const late = terms("2026-08-26T17:00", { noticeHours: 24 }, { when });
    expect(late).toMatchObject({ deadline: "2026-08-26T17:00", moment: "2026-08-27T02:00" });
    expect(terms("2026-08-27T17:00", { noticeHours: 24 }, { when })).not.toHaveProperty("moment");
  });

  it("refuses where no day is left, and names what covers the days", () => {
    const skipWeekdays = ["mon", "tue", "wed", "thu", "fri", "sat"] as const;
    const sundays = [0, 7, 14, 21, 28].map((n): Days => {
      const day = addDays("2026-08-30", n);
      return { name: `s${n}`, from: day, to: day };
    });
    expect(terms("2026-08-28T17:00", { noticeHours: 24, skipWeekdays }, { blackouts: sundays })).toMatchObject({
      kind: "no-day-left",
      from: "2026-08-28",
      to: "2026-09-28",
    });
  });
});

describe("whatever the days are", () => {
  const days = fc.record({ at: fc.integer({ min: -3, max: 40 }), length: fc.integer({ min: 0, max: 20 }) });
  const blackout = days.map(({ at, length }): Days => {
    const from = addDays("2026-08-25", at);
    return { name: `b${at}`, from, to: addDays(from, length) };
  });
  const zone = fc.constantFrom("Europe/Berlin", "Pacific/Kiritimati", "America/New_York", "Etc/GMT+12", "UTC");

  it("no deadline lies on a covered day or leaves less than the notice, and its moment neither", () => {
    fc.assert(
      fc.property(
        fc.record({
          ...{ zone, zoneKnown: fc.boolean(), zoneNamed: fc.boolean() },
          ...{ day: fc.integer({ min: 0, max: 40 }), hour: fc.integer({ min: 0, max: 23 }) },
          ...{
            blackouts: fc.array(blackout, { maxLength: 3 }),
            skipWeekdays: fc.subarray([...WEEKDAYS], { maxLength: 6 }),
          },
          ...{ noticeHours: fc.integer({ min: 0, max: 72 }), slot: fc.integer({ min: 0, max: 95 }) },
          window: fc.option(fc.constantFrom({ from: "22:00", to: "05:00" }, { from: "09:00", to: "10:00" })),
        }),
        ({ day, hour, blackouts, skipWeekdays, noticeHours, slot, window, ...where }) => {
          const when = { ...where, ...(window === null ? {} : { window }) };
          const asked = `${addDays("2026-08-25", day)}T${String(hour).padStart(2, "0")}:00`;
          const found = terms(asked, { noticeHours, skipWeekdays }, { when, blackouts, slot });
          if ("kind" in found) return;
          const { deadline = "", noticeMs = 0, moment } = found;
          const clock = clockOf(when);
          const rules = { skipWeekdays, blackouts };
          expect(coveredBy(dateOf(deadline), rules)).toBeUndefined();
          expect(firstShown(deadline, clock)).toBeGreaterThanOrEqual(NOW + noticeMs);
          // Without one of its own, the moment follows from the deadline.
          const told = moment ?? deadline;
          expect(coveredBy(dateOf(told), { skipWeekdays: [], blackouts })).toBeUndefined();
          expect(firstShown(told, clock)).toBeGreaterThanOrEqual(NOW + noticeMs);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("a plan without a notice is moved by blackouts only, and keeps its time of day", () => {
    fc.assert(
      fc.property(
        zone,
        fc.integer({ min: -3, max: 40 }),
        fc.array(blackout, { maxLength: 3 }),
        (name, day, blackouts) => {
          const local = `${addDays("2026-08-25", day)}T17:00`;
          const when = { zone: name, zoneKnown: true };
          const found = terms(local, {}, { when, blackouts });
          const covered = coveredBy(dateOf(local), { skipWeekdays: [], blackouts }) !== undefined;
          const moved = "deadline" in found && found.deadline !== undefined ? found.deadline : "";
          expect(moved === local).toBe(!covered);
          expect([timeOf(moved), coveredBy(dateOf(moved), { skipWeekdays: [], blackouts })]).toEqual([
            "17:00",
            undefined,
          ]);
        },
      ),
      { numRuns: 300 },
    );
  });
});
