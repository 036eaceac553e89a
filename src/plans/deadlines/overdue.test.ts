import { describe, expect, it } from "vitest";
import type { Clock } from "./clock.ts";
import type { Given } from "./given.ts";
import { type OverdueInput, overdueSince, plannedDateOf } from "./overdue.ts";

const BERLIN: Clock = { kind: "known", zone: "Europe/Berlin" };
const at = (local: string): number => Date.parse(`${local}+02:00`);
const rollout = (version: string, base: string) => ({ version, due: { base, days: 14, at: "17:00" } });
const given = (version: string, local: string): Given => ({ version, planId: "p", ring: 0, local, givenAt: 0 });
const input = (changes: Partial<OverdueInput> = {}): OverdueInput => ({
  installed: { version: "26.5.2" },
  given: [],
  rollouts: [rollout("26.6.1", "2026-08-06"), rollout("26.6", "2026-07-27"), rollout("26.6.2", "2026-08-17")],
  dead: [],
  paused: [],
  excluded: false,
  device: { clock: BERLIN, rules: { skipWeekdays: [], blackouts: [] } },
  ...changes,
});

describe("the planned date (targets D13)", () => {
  it.each([
    ["of the oldest release above the installed one", {}, "2026-08-10T17:00"],
    ["as it was given", { given: [given("26.6", "2026-08-12T17:00")] }, "2026-08-12T17:00"],
    ["not as a newer one was given", { given: [given("26.6.1", "2026-08-09T17:00")] }, "2026-08-10T17:00"],
    ["on 26.6", { installed: { version: "26.6" } }, "2026-08-20T17:00"],
    ["on the newest", { installed: { version: "26.6.2" } }, undefined],
    // A pause and a waiting gate do not move it; a release that is dead for the device has none.
    ["while the oldest is paused", { paused: [{ version: "26.6" }] }, "2026-08-10T17:00"],
    ["when the oldest is blocked", { dead: [{ version: "26.6" }] }, "2026-08-20T17:00"],
    [
      "of a device that joined later",
      { device: { ...input().device, joinedAt: at("2026-09-10T18:00") } },
      "2026-09-14T17:00",
    ],
    [
      "on no skipped day",
      { device: { clock: BERLIN, rules: { skipWeekdays: ["mon"], blackouts: [] } } },
      "2026-08-11T17:00",
    ],
    [
      "where no day is left",
      {
        device: {
          clock: BERLIN,
          rules: { skipWeekdays: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], blackouts: [] },
        },
      },
      undefined,
    ],
  ] as [string, Partial<OverdueInput>, string | undefined][])("%s", (_case, changes, local) => {
    expect(plannedDateOf(input(changes))).toBe(local);
  });
});

describe("a device is overdue", () => {
  it("from the first millisecond after the planned date, although nothing was given", () => {
    expect([overdueSince(input(), at("2026-08-10T17:00")), overdueSince(input(), at("2026-08-10T17:00") + 1)]).toEqual([
      undefined,
      "2026-08-10T17:00",
    ]);
  });

  it("from its deadline, where that is earlier", () => {
    const rows = input({ given: [given("26.6.1", "2026-08-08T17:00")] });
    expect(overdueSince(rows, at("2026-08-09T12:00"))).toBe("2026-08-08T17:00");
    const lateOne = input({ given: [given("26.6.1", "2026-08-12T17:00")] });
    expect(overdueSince(lateOne, at("2026-08-13T12:00"))).toBe("2026-08-10T17:00");
    // A paused release has no deadline; its planned date stays.
    const paused = { ...rows, paused: [{ version: "26.6.1" }] };
    expect(overdueSince(paused, at("2026-08-09T12:00"))).toBeUndefined();
    expect(overdueSince(paused, at("2026-08-10T17:01"))).toBe("2026-08-10T17:00");
  });

  it("not while it is excluded, and not before its last possible clock says so", () => {
    expect(overdueSince(input({ excluded: true }), at("2026-12-01T00:00"))).toBeUndefined();
    const unknown = (named: string[]) => input({ device: { ...input().device, clock: { kind: "unknown", named } } });
    const [here, last] = [Date.parse("2026-08-10T17:00-04:00"), Date.parse("2026-08-10T17:00-12:00")];
    const named = unknown(["Asia/Tokyo", "America/New_York"]);
    expect([overdueSince(named, here), overdueSince(named, here + 1)]).toEqual([undefined, "2026-08-10T17:00"]);
    expect([overdueSince(unknown([]), last), overdueSince(unknown([]), last + 1)]).toEqual([
      undefined,
      "2026-08-10T17:00",
    ]);
  });
});
