/** Causes that meet: blackouts, blocks, releases that are replaced or come to hurry, by declaration and by command (targets C5, C9, D7, D10, D11, H1, U3). */
import { describe, expect, it } from "vitest";
import { released } from "../../catalog/listed.suite.ts";
import type { Catalog } from "../../catalog/index.ts";
import { DAY, HOUR } from "../jobs/units.ts";
import { blackedOut, carried, DAY_1, DUE, given, look, paused, resumed, running } from "./give.suite.ts";
import type { ReadDevice, StandingPlan } from "./plan.ts";
import { resolve, type Resolution } from "./resolve.ts";
import { at, device, givenAt, listedOn, MAC, openRun, plan, rollout } from "./standing.suite.ts";

describe("targets D11: a blackout is made while something else changes", () => {
  const FAIR = { name: "fair", from: "2026-08-31", to: "2026-09-01" };
  const now = DAY_1 + DAY;
  const unaware = { ...given(), device: { ...given().device, blackouts: [FAIR] } };
  const edited = running({ spec: { detailsUrl: "https://example.com/update" } });

  it("the job that was told is moved first, and then told the other page", () => {
    expect(look({ ...unaware, plans: [edited] }, now).act.kind).toBe("keep");
    const moved = { ...blackedOut(given(), [FAIR], now), plans: [edited] };
    const { found, world } = carried(moved, now + 1);
    expect([found.deadline, found.act.kind]).toEqual(["2026-09-02T17:00", "make"]);
    expect(world.device.live?.job).toMatchObject({ deadline: "2026-09-02T17:00", blackouts: [FAIR] });
  });

  it("no job is told to install in it", () => {
    const of = device({ given: [givenAt("26.6.1", "2026-08-31T17:00")], blackouts: [FAIR] });
    const rollouts = [rollout("26.6.1", { state: "superseded" }), rollout("26.6.2")];
    const { act } = look({ device: of, plans: [running({ rollouts })] }, now);
    expect(act).toMatchObject({ kind: "make", seed: { deadline: "2026-08-31T17:00", moment: "2026-09-02T17:00" } });
  });

  it("one that is over keeps no job where it is", () => {
    const known = blackedOut(given(), [FAIR], now);
    const over = { device: { ...known.device, blackouts: [] }, plans: [edited] };
    expect(look(over, at("2026-09-02T09:00")).act.kind).toBe("make");
  });

  it("a pause that moves nothing does not hide that the blackout has", () => {
    const moved = blackedOut(given(), [FAIR], now);
    const back = resumed(paused(moved, "plan-paused", now + 1), now + 2);
    expect(carried(back, now + 3).found).toMatchObject({
      ...{ deadline: "2026-09-02T17:00", act: { kind: "keep" } },
      given: [{ local: "2026-09-02T17:00", cause: "blackout-added" }],
    });
  });
});

describe("targets C9: a rollout after a block", () => {
  const ENDED = at("2026-08-24T10:00");
  const block = { id: "b", blockId: "block", base: "2026-08-24", beganAt: ENDED, since: ENDED, reason: "block-ended" };
  const after = (more: object = {}, runs: StandingPlan["runs"] = [openRun("b", at("2026-08-25T09:00"))]) =>
    running({ rollouts: [rollout("26.6.2"), rollout("26.6.2", { ...block, ...more })], runs });
  const of = device({ given: [givenAt("26.6.2", DUE, { givenAt: DAY_1 })] });
  const start = carried({ device: of, plans: [after()] }, at("2026-08-25T09:00"));

  it("gives the later deadline once, whatever a person does with it then", () => {
    expect(start.found).toMatchObject({ deadline: "2026-09-07T17:00", moved: [{ from: DUE, cause: "block-ended" }] });
    for (const state of ["held", "running", "superseded"] as const) {
      const plans = [after({ state, since: at("2026-09-07T10:00") })];
      const found = look({ ...start.world, plans }, at("2026-09-07T10:01"));
      expect([found.deadline, found.given, found.moved]).toEqual(["2026-09-07T17:00", [], []]);
    }
  });

  it("has nobody overdue by the deadline from before the block while its ring waits", () => {
    const plans = [after({}, [{ ...openRun("b", 0), state: "waiting", openedAt: null, countFrom: null }])];
    const waits = look({ device: of, plans }, at("2026-09-02T09:00"));
    expect([waits.deadline, waits.overdueAt]).toEqual([undefined, at("2026-09-07T17:00")]);
  });
});

describe("targets U3, U2: what is exploited comes to be known late", () => {
  const hurry = (urgentBelow: string | null, opened: number, more: Parameters<typeof plan>[0] = {}) =>
    running({
      rollouts: [rollout("26.6.2", { urgentBelow })],
      runs: [openRun("26.6.2", DAY_1), openRun("26.6.2", opened, { urgent: true })],
      standing: { urgentDays: 3 },
      ...more,
    });
  const known = at("2026-08-24T12:00");
  const row = [givenAt("26.6.2", DUE, { givenAt: DAY_1 })];

  it.each([
    ["whose run opens now", known],
    ["whose run has been open for days", DAY_1],
  ])("a deadline %s shortens with its notice, not into the past", (_what, opened) => {
    const { found, world } = carried({ device: device({ given: row }), plans: [hurry("26.6.2", opened)] }, known);
    expect([found.deadline, found.act]).toMatchObject(["2026-08-24T17:00", { kind: "make", urgent: true }]);
    expect(look(world, known + HOUR)).toMatchObject({ deadline: "2026-08-24T17:00", given: [] });
  });

  it("also where the device has its job, which stays in the run in which it counts (R5)", () => {
    const before = carried({ device: device(), plans: [hurry(null, known)] }, DAY_1 + 1).world;
    expect(before.device.live).toMatchObject({ urgent: false, job: { deadline: DUE } });
    const { found, world } = carried({ ...before, plans: [hurry("26.6.2", known)] }, known);
    expect([found.deadline, found.act]).toMatchObject(["2026-08-24T17:00", { kind: "make", urgent: false }]);
    expect(world.device.live?.job.deadline).toBe("2026-08-24T17:00");
    expect(look(world, known + HOUR)).toMatchObject({ deadline: "2026-08-24T17:00", act: { kind: "keep" }, given: [] });
  });

  it("while its plan is paused nothing shortens; then with its notice", () => {
    const plans = (state: "paused" | "active") => [hurry("26.6.2", DAY_1, { state })];
    const of = device({ given: row });
    expect(look({ device: of, plans: plans("paused") }, known)).toMatchObject({ deadline: DUE, given: [] });
    const later = known + DAY;
    expect(look({ device: of, plans: plans("active") }, later).deadline).toBe("2026-08-25T17:00");
  });
});

describe("targets C5: a release that Apple has replaced", () => {
  const NEWER = rollout("26.6.3", { base: "2026-08-25" });
  const row = [givenAt("26.6.2", DUE, { givenAt: DAY_1 })];
  const newer = released("26.6.3", { platform: "macOS", devices: [MAC], postingDate: "2026-08-25" });
  const before = listedOn("2026-08-18").releases;
  const replaced: Catalog = {
    list: { date: "2026-08-25" },
    releases: [...before.map((one) => (one.version === "26.6.2" ? { ...one, absent: 2 as const } : one)), newer],
  };
  const waiting = { ...openRun("26.6.3", 0), state: "waiting", openedAt: null, countFrom: null } as const;
  const planOf = (run: StandingPlan["runs"][number]) =>
    running({ rollouts: [rollout("26.6.2"), NEWER], runs: [openRun("26.6.2", DAY_1), run] });
  const on = (of: ReadDevice, run: StandingPlan["runs"][number], now: number): Resolution => {
    const found = resolve(of, [planOf(run)], replaced, { halted: false, now });
    if (found === undefined) throw new Error("no plan governs");
    return found;
  };

  it("gives its deadline up for that of the newer one's ring, also once that has opened", () => {
    const waits = on(device({ given: row }), waiting, at("2026-08-26T09:00"));
    expect([waits.deadline, waits.given]).toMatchObject([
      undefined,
      [{ version: "26.6.2", cause: "release-replaced" }],
    ]);
    const opened = at("2026-09-02T09:00");
    const then = on(device({ given: waits.given }), openRun("26.6.3", opened), opened);
    expect(then.deadline).toBe("2026-09-08T17:00");
    expect(on(device({ given: waits.given }), waiting, opened).given).toEqual([]);
  });

  it("keeps it where the newer one is open already", () => {
    const opened = at("2026-08-26T09:00");
    expect(on(device({ given: row }), openRun("26.6.3", opened), opened).deadline).toBe(DUE);
  });
});

describe("targets H1: a rollout that continues", () => {
  it("gives no time for releases that never waited", () => {
    const both = {
      rollouts: [rollout("26.6.1"), rollout("26.6.2")],
      runs: [openRun("26.6.1", DAY_1), openRun("26.6.2", DAY_1)],
    };
    const world = carried({ device: device(), plans: [running(both)] }, DAY_1).world;
    const other = givenAt("26.6.1", "2026-08-20T17:00", { givenAt: DAY_1 });
    const with2 = { ...world, device: { ...world.device, given: [...world.device.given, other] } };
    const back = at("2026-08-31T10:00");
    const { found } = carried(resumed(paused(with2, "rollout-paused", DAY_1 + 1), back), back + 1);
    expect(found.given).toMatchObject([{ version: "26.6.2", local: "2026-09-01T17:00" }]);
  });

  it("moves no deadline of a release that is blocked for the device", () => {
    const back = at("2026-08-31T10:00");
    const of = device({ given: [givenAt("26.6.2", DUE, { givenAt: DAY_1 })] });
    const blocked = device({ given: of.given, planned: { blocked: [{ version: "26.6.2" }] } });
    const plans = [running({ runs: [openRun("26.6.2", DAY_1, { countFrom: back })] })];
    expect(look({ device: of, plans }, back + 1).moved).toMatchObject([{ from: DUE, cause: "rollout-resumed" }]);
    expect(look({ device: blocked, plans }, back + 1)).toMatchObject({ given: [], moved: [], deadline: undefined });
  });

  it("keeps a deadline that leaves the notice, where the window puts its moment earlier", () => {
    const plans = [running({ spec: { window: { from: "01:00", to: "04:00" } } })];
    const world = carried({ device: device(), plans }, DAY_1).world;
    const back = at("2026-08-30T10:00");
    const { found, world: after } = carried(resumed(paused(world, "plan-paused", DAY_1 + 1), back), back + 1);
    expect([found.deadline, found.act.kind]).toEqual([DUE, "keep"]);
    expect(after.device.live?.job).toMatchObject({ deadline: DUE, again: { moved: false } });
  });
});

describe("by command", () => {
  const commanded = (more: Partial<ReadDevice> = {}, zone = "Europe/Berlin") =>
    device({ zone, planned: { enforces: false, timeZone: zone }, ...more });

  it("targets D10: its order leaves by the clock that the device has now", () => {
    const { world } = carried({ device: commanded(), plans: [running()] }, DAY_1);
    expect(world.device.live?.job).toMatchObject({ mechanism: "command", zone: "Europe/Berlin" });
    const away = { ...commanded({ live: world.device.live, given: world.device.given }, "Asia/Tokyo") };
    const { found, world: after } = carried({ ...world, device: away }, DAY_1 + HOUR);
    expect([found.deadline, found.act.kind, after.device.live?.job.zone]).toEqual([DUE, "make", "Asia/Tokyo"]);
    expect(look(after, DAY_1 + 2 * HOUR).act.kind).toBe("keep");
  });

  it("targets D7: a moment that is near binds, also where the deadline has passed", () => {
    const opened = at("2026-08-25T10:00");
    const late = commanded({ given: [givenAt("26.6.1", "2026-08-20T17:00", { givenAt: DAY_1 })] });
    const first = { rollouts: [rollout("26.6.1")], runs: [openRun("26.6.1", DAY_1)] };
    const { world, found } = carried({ device: late, plans: [running(first)] }, opened);
    expect(found.act).toMatchObject({ seed: { deadline: "2026-08-20T17:00", moment: "2026-08-26T17:00" } });
    const both = {
      rollouts: [rollout("26.6.1", { state: "superseded" }), rollout("26.6.2")],
      runs: [openRun("26.6.1", DAY_1), openRun("26.6.2", opened)],
    };
    expect(look({ ...world, plans: [running(both)] }, opened + HOUR).act.kind).toBe("keep");
    expect(look({ ...world, plans: [running(both)] }, at("2026-08-26T17:01")).act.kind).toBe("make");
  });
});
