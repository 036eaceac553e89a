/** The deadlines that a standing plan gives, over time (targets D3 step 6, D5, D11, H1, S5, R15). */
import { describe, expect, it } from "vitest";
import type { Given } from "../deadlines/given.ts";
import type { PauseCause } from "../jobs/state.ts";
import { DAY, HOUR } from "../jobs/units.ts";
import { blackedOut, carried, DAY_1, DUE, given, look, paused, pick, resumed, running, withJob } from "./give.suite.ts";
import type { ReadDevice, StandingPlan } from "./plan.ts";
import { at, device, givenAt, openRun, plan, ring, rollout, tagged } from "./standing.suite.ts";

describe("targets H1, S5: what was paused and continues", () => {
  it.each<[PauseCause, string]>([
    ["plan-paused", "plan-resumed"],
    ["halted", "plan-resumed"],
    ["excluded", "device-excluded"],
    ["rollout-paused", "rollout-resumed"],
  ])("%s: the deadline is the later of the old one and one that leaves the notice, and stays so", (cause, moved) => {
    const back = at("2026-08-31T10:00");
    const world = resumed(paused(given(), cause, DAY_1 + DAY), back);
    expect(world.device.live?.job.deadline).toBe("2026-09-01T17:00");
    const { found, world: after } = carried(world, back + 1000);
    expect([found.deadline, found.act.kind]).toEqual(["2026-09-01T17:00", "keep"]);
    expect(found.given).toMatchObject([{ local: "2026-09-01T17:00", cause: moved, givenAt: back }]);
    // The job has told the timeline.
    expect(found.moved).toEqual([]);
    for (const later of [HOUR, DAY, 5 * DAY]) {
      const again = look(after, back + later);
      expect([again.deadline, again.act.kind, again.given]).toEqual(["2026-09-01T17:00", "keep", []]);
    }
  });

  it("early enough moves nothing", () => {
    const world = resumed(paused(given(), "plan-paused", DAY_1 + HOUR), DAY_1 + DAY);
    const { found } = carried(world, DAY_1 + DAY);
    expect([found.deadline, found.act.kind, found.given]).toEqual([DUE, "keep", []]);
  });

  it.each([
    ["earlier, and too near when it continues", 8, "2026-08-27T10:00", "2026-08-28T17:00"],
    ["earlier, with its notice", 12, "2026-08-27T10:00", "2026-08-29T17:00"],
    ["later", 20, "2026-08-31T10:00", "2026-09-06T17:00"],
  ])("an edit meanwhile holds: %s", (_what, due, back, expected) => {
    const before = paused(given(), "plan-paused", DAY_1 + HOUR);
    const edited = running({ standing: { editedAt: DAY_1 + DAY }, rings: [ring("", "rest", 0, due)] });
    const during = carried({ ...before, plans: [edited] }, DAY_1 + DAY + 1);
    expect([during.found.act.kind, during.found.moved[0]?.cause]).toEqual(["keep", "plan-edited"]);
    const { found, world } = carried(resumed(during.world, at(back)), at(back));
    expect(found.deadline).toBe(expected);
    expect(world.device.live?.job.deadline).toBe(expected);
    expect(look(world, at(back) + HOUR)).toMatchObject({ deadline: expected, act: { kind: "keep" }, given: [] });
  });

  it.each<[string, Partial<ReadDevice>, Parameters<typeof plan>[0]]>([
    ["excluded", { excluded: true }, {}],
    ["under a paused plan", {}, { state: "paused" }],
  ])("a device that was %s when its ring opened is given its deadline afterwards", (_what, more, planMore) => {
    const held = look({ device: device(more), plans: [running(planMore)] }, DAY_1);
    expect([held.given, held.deadline, held.act.kind]).toEqual([[], undefined, "keep"]);
    const later = at("2026-09-07T10:00");
    expect(look({ device: device(), plans: [running()] }, later).deadline).toBe("2026-09-08T17:00");
  });

  it("targets S5: a device without a job whose exclusion has ended gets its notice", () => {
    const ends = at("2026-09-02T00:00");
    const of = device({ given: [givenAt("26.6.2", DUE, { givenAt: DAY_1 })], excludedEndsAt: ends });
    expect(look({ device: of, plans: [running()] }, ends + HOUR)).toMatchObject({
      ...{ deadline: "2026-09-03T17:00", moved: [{ from: DUE, cause: "device-excluded" }] },
    });
  });
});

describe("targets D5: an edit", () => {
  const edited = {
    standing: { editedAt: DAY_1 + DAY, editedRevision: 2 },
    rings: [ring("", "rest", 0, 20)],
    revision: 3,
  };
  const [AFTER, LATER] = [DAY_1 + 2 * DAY, "2026-09-06T17:00"];
  it.each<[string, Partial<Given>, string]>([
    ["that came before it by its revision, and after it by the clock", { revision: 1, givenAt: AFTER }, LATER],
    ["that came after it by its revision, and before it by the clock", { revision: 2, givenAt: DAY_1 }, DUE],
    ["of which no revision was kept, before it", { givenAt: DAY_1 }, LATER],
    ["of which no revision was kept, after it", { givenAt: AFTER }, DUE],
  ])("is followed by a deadline %s", (_what, more, deadline) => {
    const world = { device: device({ given: [givenAt("26.6.2", DUE, more)] }), plans: [running(edited)] };
    const { found, world: after } = carried(world, AFTER + DAY);
    expect([found.deadline, found.moved.length]).toEqual([deadline, deadline === DUE ? 0 : 1]);
    expect(look(after, AFTER + 2 * DAY)).toMatchObject({ deadline, moved: [], given: [] });
  });

  it("of which no revision was kept is later than a deadline by the clock", () => {
    const old = running({ ...edited, standing: { editedAt: DAY_1 + DAY } });
    const of = (at: number) => device({ given: [givenAt("26.6.2", DUE, { revision: 1, givenAt: at })] });
    const deadlines = [DAY_1, AFTER].map((at) => look({ device: of(at), plans: [old] }, AFTER + DAY).deadline);
    expect(deadlines).toEqual([LATER, DUE]);
  });
});

describe("targets D11: blackouts", () => {
  const FAIR = { name: "fair", from: "2026-08-31", to: "2026-09-01" };
  it("a job that was told keeps its way, and what was given follows it", () => {
    const now = DAY_1 + DAY;
    // The look comes before the work at the blackout.
    const unaware = { ...given(), device: { ...given().device, blackouts: [FAIR] } };
    expect(look(unaware, now)).toMatchObject({ deadline: DUE, act: { kind: "keep" }, given: [] });
    const { found, world } = carried(blackedOut(given(), [FAIR], now), now);
    expect(found).toMatchObject({ deadline: "2026-09-02T17:00", act: { kind: "keep" }, moved: [] });
    expect(found.given).toMatchObject([{ local: "2026-09-02T17:00", cause: "blackout-added" }]);
    // What was moved stays when it is removed.
    const gone = carried(blackedOut(world, [], now + DAY), now + DAY);
    expect(gone.found).toMatchObject({ deadline: "2026-09-02T17:00", act: { kind: "keep" }, given: [] });
  });

  it("a deadline without a job moves by itself, one that has passed does not", () => {
    const of = device({ given: [givenAt("26.6.2", DUE, { givenAt: DAY_1 })], blackouts: [FAIR] });
    const plans = [running()];
    expect(look({ device: of, plans }, DAY_1 + DAY)).toMatchObject({
      ...{ deadline: "2026-09-02T17:00", moved: [{ from: DUE, to: "2026-09-02T17:00", cause: "blackout-added" }] },
    });
    expect(look({ device: of, plans }, at("2026-08-31T17:00"))).toMatchObject({ deadline: DUE, moved: [] });
  });

  it("a job is told first also where its deadline was given for an older release (D4)", () => {
    const fair = { name: "fair", from: "2026-08-24", to: "2026-08-24" };
    const older = {
      rollouts: [rollout("26.6.1"), rollout("26.6.2")],
      runs: [openRun("26.6.1", DAY_1), openRun("26.6.2", DAY_1)],
    };
    const start = { device: device({ given: [givenAt("26.6.1", "2026-08-24T17:00")] }), plans: [running(older)] };
    const { world, found } = carried(start, DAY_1);
    expect(found).toMatchObject({ deadline: "2026-08-24T17:00", act: { kind: "make", rolloutId: "26.6.2" } });
    const unaware = { ...world, device: { ...world.device, blackouts: [fair] } };
    expect(look(unaware, DAY_1 + 1)).toMatchObject({ deadline: "2026-08-24T17:00", act: { kind: "keep" }, given: [] });
    expect(look(blackedOut(world, [fair], DAY_1 + 1), DAY_1 + 2)).toMatchObject({
      ...{ deadline: "2026-08-25T17:00", act: { kind: "keep" } },
      given: [{ version: "26.6.1", local: "2026-08-25T17:00", cause: "blackout-added" }],
    });
  });

  it("targets U2: one that is lifted for the release moves no job that hurries", () => {
    const runs = [openRun("26.6.2", DAY_1, { urgent: true })];
    const rollouts = [rollout("26.6.2", { urgentBelow: "26.6.1", blackoutLifted: true })];
    const hurried = running({ rollouts, runs, standing: { urgentDays: 3 } });
    const fair = { name: "fair", from: "2026-08-20", to: "2026-08-22" };
    const { world } = carried({ device: device({ blackouts: [fair] }), plans: [hurried] }, DAY_1);
    const after = blackedOut(world, [fair], DAY_1 + 1);
    expect(after.device.live?.job.deadline).toBe("2026-08-20T17:00");
    expect(look(after, DAY_1 + 2)).toMatchObject({ deadline: "2026-08-20T17:00", act: { kind: "keep" } });
  });
});

describe("targets D5: another plan governs", () => {
  const slow = (more: Parameters<typeof plan>[0] = {}): StandingPlan =>
    running({
      ...{ id: "slow", rings: [ring("", "rest", 0, 30)], rollouts: [rollout("26.6.2", { id: "s", planId: "slow" })] },
      ...{ runs: [openRun("s", DAY_1)], standing: { days: 30 }, ...more },
    });
  const now = DAY_1 + DAY;
  it("by a person's act: its deadline is that of the new plan", () => {
    const tags = { facts: { tags: new Set(["slow"]) } };
    const world = {
      device: { ...device(tags), ...pick(given().device) },
      plans: [slow({ matches: tagged("slow") }), running()],
    };
    const { found } = carried(world, now);
    expect(found).toMatchObject({ deadline: "2026-09-16T17:00", act: { kind: "make", rolloutId: "s" } });
    expect(found.moved).toMatchObject([{ from: DUE, cause: "governing-plan-changed" }]);
  });

  it.each<[string, Partial<ReadDevice>]>([
    ["by a mere fact", { former: device({ facts: { osVersion: "15" } }).facts }],
    ["by something of which nobody knows what it was", { former: null }],
  ])("%s: the earlier deadline stays", (_what, more) => {
    const of15 = running({ matches: ({ osVersion }) => osVersion?.startsWith("15") === true });
    const world = { device: { ...given().device, ...more }, plans: [of15, slow()] };
    const { found, world: after } = carried(world, now);
    expect([found.plan.id, found.deadline, found.act.kind, found.moved]).toEqual(["slow", DUE, "make", []]);
    const later = { deadline: DUE, act: { kind: "keep" }, given: [] };
    expect(look(after, now + DAY)).toMatchObject(later);
    // What an admin has edited in the new plan before is no cause.
    const edited = slow({ standing: { editedAt: now - 1 } });
    expect(look({ ...after, plans: [of15, edited] }, now + DAY)).toMatchObject(later);
    expect(carried({ ...world, plans: [of15, edited] }, now).found.deadline).toBe(DUE);
  });

  it("by a mere fact while nothing may be given: it is still one when that is over", () => {
    const of15 = running({ matches: ({ osVersion }) => osVersion?.startsWith("15") === true });
    const former = device({ facts: { osVersion: "15" } }).facts;
    const world = { device: { ...given().device, former }, plans: [of15, slow({ state: "paused" })] };
    const { found, world: after } = carried(world, now);
    expect([found.plan.id, found.deadline, found.given, found.isSettled]).toEqual(["slow", DUE, [], false]);
    expect(carried({ ...after, plans: [of15, slow()] }, now + DAY).found).toMatchObject({ deadline: DUE, moved: [] });
  });

  it("by a mere fact, before its release is open there: the deadline stays, and is that of its ring where that is earlier", () => {
    const fast = slow({
      rings: [ring("", "rest", 0, 8)],
      runs: [openRun("s", 0, { state: "waiting", openedAt: null })],
    });
    const world = { device: { ...given().device, former: null }, plans: [fast] };
    const { found, world: after } = carried(world, now);
    expect([found.deadline, found.given.map(({ planId }) => planId), found.isSettled]).toEqual([DUE, ["slow"], true]);
    const open = { ...after, plans: [{ ...fast, runs: [openRun("s", now + DAY)] }] };
    expect(look(open, now + DAY)).toMatchObject({
      ...{ deadline: "2026-08-25T17:00", moved: [{ from: DUE, to: "2026-08-25T17:00" }] },
    });
  });

  it("by a person's act that comes after a mere fact: its deadline is that of the new plan", () => {
    const of15 = running({ matches: ({ osVersion }) => osVersion?.startsWith("15") === true });
    const { world } = carried({ device: { ...given().device, former: null }, plans: [of15, slow()] }, now);
    const facts = { ...world.device.facts, tags: new Set(["new"]) };
    const tag = { ...world.device, facts, former: facts };
    const third = slow({ id: "third", matches: tagged("new"), rings: [ring("", "rest", 0, 20)] });
    expect(look({ device: tag, plans: [third, of15, slow()] }, now + DAY)).toMatchObject({
      ...{ deadline: "2026-09-06T17:00", moved: [{ from: DUE, cause: "governing-plan-changed" }] },
    });
  });

  it("targets G1, G5: one that is paused takes the job away that the former plan gave", () => {
    const world = { ...given(), plans: [slow({ state: "paused" }), running()] };
    const { found, world: after } = carried(world, now);
    expect([found.plan.id, found.act.kind, found.outcome]).toEqual([
      ...["slow", "withdraw", { kind: "waits", reason: "plan-paused", params: {} }],
    ]);
    expect(look(after, now + 1).act.kind).toBe("keep");
    // An install that has begun is followed to its end.
    const begun = withJob(world, (job) => ({ ...job, state: "installing" }));
    expect(look(begun, now).act.kind).toBe("keep");
  });

  it("a deadline that only the former plan gave no longer counts", () => {
    const other = running({ id: "other", rollouts: [], runs: [] });
    const world = {
      device: device({ given: [givenAt("26.6.2", DUE)], under: { planId: "plan", joinedAt: 0, ring: 0 } }),
    };
    expect(look({ ...world, plans: [other] }, now).deadline).toBeUndefined();
  });
});

describe("targets D3, R15: who comes later", () => {
  const rings = [ring("Pilot", tagged("pilot"), 0, 2), ring("Everyone", "rest", 8, 14)];
  const plans = [
    running({
      rings,
      runs: [openRun("26.6.2", DAY_1), openRun("26.6.2", 0, { ring: 1, state: "waiting", openedAt: null })],
    }),
  ];
  it("into an open ring has its notice", () => {
    const of = device({ facts: { tags: new Set(["pilot"]) }, under: { planId: "plan", joinedAt: 0, ring: 1 } });
    const now = at("2026-08-24T10:00");
    expect(look({ device: of, plans }, now)).toMatchObject({ ring: 0, deadline: "2026-08-25T17:00" });
  });

  it("from a later ring is due earlier, with its notice", () => {
    const opens = [openRun("26.6.2", DAY_1), openRun("26.6.2", DAY_1 + 1, { ring: 1 })];
    const of = device({ facts: { tags: new Set(["pilot"]) }, given: [givenAt("26.6.2", DUE, { ring: 1 })] });
    const now = at("2026-08-24T10:00");
    const both = [running({ rings, runs: opens })];
    const { found, world } = carried({ device: of, plans: both }, now);
    expect(found).toMatchObject({ deadline: "2026-08-25T17:00", moved: [{ from: DUE, to: "2026-08-25T17:00" }] });
    expect(look(world, now + DAY)).toMatchObject({ deadline: "2026-08-25T17:00", given: [], act: { kind: "keep" } });
  });

  it("out of Setup Assistant has joined then", () => {
    const now = at("2026-08-24T10:00");
    const under = { planId: "plan", joinedAt: DAY_1, ring: null };
    const inside = look({ device: device({ inSetupAssistant: true, under }), plans }, now);
    expect(inside.joinedAt).toBe(DAY_1);
    expect(look({ device: device({ under }), plans }, now).joinedAt).toBe(now);
  });
});
