import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { afterBlackout } from "./blackout-added.ts";
import type { Clock } from "./clock.ts";
import { addDays } from "./local.ts";
import { firstAt, ZONES } from "./slow-clock.suite.ts";

const BERLIN: Clock = { kind: "known", zone: "Europe/Berlin" };
const at = (local: string): number => Date.parse(`${local}+02:00`);
const DAY = 86_400_000;
const ADDED = { name: "month end", from: "2026-08-30", to: "2026-09-01" };
const NOW = "2026-08-20T12:00";
type Told = Parameters<typeof afterBlackout>[0];
const terms = (deadline: string, moment: string | undefined, changes: Partial<Told> = {}): Told => ({
  deadline,
  ...(moment === undefined ? {} : { moment }),
  clock: BERLIN,
  rules: { skipWeekdays: [], blackouts: [ADDED] },
  notice: DAY,
  ...changes,
});
const moved = (local: string) => ({ kind: "moved", local });

describe("a new blackout", () => {
  it.each([
    ["2026-08-29T23:59", "2026-08-29T23:59", {}],
    ["2026-09-02T00:00", "2026-09-02T00:00", {}],
    [
      "2026-08-30T00:00",
      "2026-08-30T00:00",
      { deadline: moved("2026-09-02T00:00"), moment: moved("2026-09-02T00:00") },
    ],
    ["2026-09-01T23:59", undefined, { deadline: moved("2026-09-02T23:59") }],
  ])("moves a deadline of %s with the moment %s as it lies inside", (deadline, moment, expected) => {
    expect(afterBlackout(terms(deadline, moment), ADDED, at(NOW))).toEqual({ ...expected, mayRestart: false });
  });

  it("moves the moment of an overdue device that lies inside, and leaves its deadline", () => {
    const overdue = terms("2026-08-10T17:00", "2026-08-31T17:00");
    expect(afterBlackout(overdue, ADDED, at("2026-08-30T12:00"))).toEqual({
      moment: moved("2026-09-02T17:00"),
      mayRestart: false,
    });
    // Never earlier than it was, although a day before the blackout would leave the notice.
    expect(afterBlackout(overdue, ADDED, at(NOW))).toEqual({ moment: moved("2026-09-02T17:00"), mayRestart: false });
  });

  it("moves nothing that has passed: such a device may restart in it", () => {
    const overdue = terms("2026-08-30T17:00", "2026-08-30T17:00");
    expect(afterBlackout(overdue, ADDED, at("2026-08-30T17:00"))).toEqual({ mayRestart: true });
    const before = { deadline: moved("2026-09-02T17:00"), moment: moved("2026-09-02T17:00"), mayRestart: false };
    expect(afterBlackout(overdue, ADDED, at("2026-08-30T17:00") - 1)).toEqual(before);
    const unknown = { ...overdue, clock: { kind: "unknown", named: [] } as const };
    expect(afterBlackout(unknown, ADDED, Date.parse("2026-08-30T17:00+14:00"))).toEqual({ mayRestart: true });
  });

  it("leaves the time of the deadline to a moment in a window, and skips weekdays", () => {
    const window = { from: "22:00", to: "05:00" };
    const rules = { skipWeekdays: ["wed"] as const, blackouts: [ADDED] };
    expect(afterBlackout(terms("2026-08-31T17:00", "2026-08-30T22:00", { window, rules }), ADDED, at(NOW))).toEqual({
      deadline: moved("2026-09-03T17:00"),
      moment: moved("2026-09-02T22:00"),
      mayRestart: false,
    });
  });

  it("leaves a moment before it, when the deadline moves", () => {
    const window = { from: "22:00", to: "05:00" };
    const told = terms("2026-08-30T17:00", "2026-08-29T22:00", { window });
    const deadline = moved("2026-09-02T17:00");
    expect(afterBlackout(told, ADDED, at(NOW))).toEqual({ deadline, mayRestart: false });
    expect(afterBlackout(told, ADDED, at("2026-08-29T22:00"))).toEqual({ deadline, mayRestart: true });
  });

  it("says what covers the days where none is left", () => {
    const rules = { skipWeekdays: [], blackouts: [ADDED, { name: "x", from: "2026-09-02", to: "2026-10-01" }] };
    expect(afterBlackout(terms("2026-08-31T17:00", undefined, { rules }), ADDED, at(NOW)).deadline).toEqual(
      moved("2026-10-02T17:00"),
    );
    const weekdays = { skipWeekdays: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const, blackouts: [ADDED] };
    expect(
      afterBlackout(terms("2026-08-31T17:00", undefined, { rules: weekdays }), ADDED, at(NOW)).deadline,
    ).toMatchObject({
      kind: "no-day-left",
      covered: [{ by: "blackout", name: "month end" }, { by: "weekday" }, ...Array(6).fill({ by: "weekday" })],
    });
  });

  it("moves no deadline and no moment forward, and a second time moves nothing", () => {
    const days = fc.integer({ min: -5, max: 30 });
    const drawn = fc.record({
      zone: fc.constantFrom(...ZONES),
      deadline: days,
      late: fc.integer({ min: 0, max: 10 }),
      hour: fc.integer({ min: 0, max: 23 }),
      from: days,
      length: fc.integer({ min: 0, max: 20 }),
      now: days,
    });
    fc.assert(
      fc.property(drawn, ({ zone, deadline: due, late, hour, from, length, now: today }) => {
        const on = (n: number): string => addDays("2026-03-20", n);
        const time = `${String(hour).padStart(2, "0")}:00`;
        const added = { name: "b", from: on(from), to: on(from + length) };
        const told = terms(`${on(due)}T${time}`, `${on(due + late)}T${time}`, {
          clock: { kind: "known", zone },
          rules: { skipWeekdays: [], blackouts: [added] },
        });
        const now = Date.parse(on(today));
        const after = afterBlackout(told, added, now);
        const local = (one: typeof after.deadline, had: string): string => (one?.kind === "moved" ? one.local : had);
        const [deadline, moment] = [local(after.deadline, told.deadline), local(after.moment, told.moment ?? "")];
        expect([deadline >= told.deadline, moment >= (told.moment ?? "")]).toEqual([true, true]);
        const inside = moment.slice(0, 10) >= added.from && moment.slice(0, 10) <= added.to;
        expect(inside && firstAt(moment, zone) > now).toBe(false);
        const again = afterBlackout({ ...told, deadline, moment }, added, now);
        expect(again).toEqual({ mayRestart: after.mayRestart });
      }),
      { numRuns: 200 },
    );
  });
});
