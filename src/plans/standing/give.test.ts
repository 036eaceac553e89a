/** The deadlines that a standing plan gives, over time (targets D3 step 6, D5, D11, H1, S5, R15). */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Catalog } from "../../catalog/index.ts";
import { released } from "../../catalog/listed.suite.ts";
import type { Days } from "../deadlines/days.ts";
import type { PauseCause } from "../jobs/state.ts";
import { step } from "../jobs/step.ts";
import { DAY, HOUR } from "../jobs/units.ts";
import type { LiveJob } from "../jobs/job.ts";
import type { LiveOf, ReadDevice, StandingPlan } from "./plan.ts";
import { resolve, type Resolution } from "./resolve.ts";
import { at, device, givenAt, listedOn, MAC, madeOf, openRun, plan, ring, rollout, tagged } from "./standing.suite.ts";

const DAY_1 = at("2026-08-18T09:00");
const DUE = "2026-08-31T17:00";
const running = (more: Parameters<typeof plan>[0] = {}): StandingPlan =>
  plan({ rollouts: [rollout("26.6.2")], runs: [openRun("26.6.2", DAY_1)], ...more });

interface World {
  readonly device: ReadDevice;
  readonly plans: readonly StandingPlan[];
}

const look = ({ device: of, plans }: World, now: number): Resolution => {
  const found = resolve(of, plans, listedOn("2026-08-18"), { halted: false, now });
  if (found === undefined) throw new Error("no plan governs");
  return found;
};

/** The device as a resolution leaves it. */
function carried(world: World, now: number): { readonly world: World; readonly found: Resolution } {
  const found = look(world, now);
  const { device: of } = world;
  const same = (a: { version: string }) => found.given.some(({ version }) => version === a.version);
  const live: LiveOf | null =
    found.act.kind === "make"
      ? { ...madeOf(found.act, now), planId: found.plan.id }
      : found.act.kind === "withdraw"
        ? null
        : of.live;
  const under = { planId: found.plan.id, joinedAt: found.joinedAt, ring: found.ring ?? null };
  const given = [...of.given.filter((one) => !same(one)), ...found.given];
  return { found, world: { ...world, device: { ...of, live, under, given } } };
}

const withJob = (world: World, change: (job: LiveJob) => LiveJob): World => {
  const { live } = world.device;
  return live === null ? world : { ...world, device: { ...world.device, live: { ...live, job: change(live.job) } } };
};
const paused = (world: World, cause: PauseCause, now: number): World =>
  withJob(world, (job) => step(job, { kind: "withdraw", cause }, now).job as LiveJob);
const resumed = (world: World, now: number): World =>
  withJob(world, (job) => step(job, { kind: "resume" }, now).job as LiveJob);
const blackedOut = (world: World, blackouts: readonly Days[], now: number): World =>
  withJob({ ...world, device: { ...world.device, blackouts } }, (job) =>
    job.end === undefined ? (step(job, { kind: "blackouts", covering: blackouts }, now).job as LiveJob) : job,
  );
const given = (more: Parameters<typeof plan>[0] = {}): World =>
  carried({ device: device(), plans: [running(more)] }, DAY_1).world;

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

  it("by a mere fact: the earlier deadline stays", () => {
    const before = running({ matches: ({ osVersion }) => osVersion?.startsWith("15.") === true });
    const world = { ...given(), plans: [slow(), before] };
    // It was on 15 when the plan of 15 governed it.
    const { found, world: after } = carried(world, now);
    expect([found.plan.id, found.deadline]).toEqual(["slow", "2026-09-16T17:00"]);
    const by15 = { ...given(), plans: [{ ...before, matches: before.matches }, slow()] };
    const kept = carried(by15, now);
    expect([kept.found.plan.id, kept.found.deadline, kept.found.act.kind]).toEqual(["slow", DUE, "make"]);
    expect(look(kept.world, now + DAY)).toMatchObject({ deadline: DUE, act: { kind: "keep" }, given: [] });
    expect(look(after, now + DAY)).toMatchObject({ deadline: "2026-09-16T17:00", act: { kind: "keep" } });
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

  it("a deadline that only the former plan gave counts no more", () => {
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

/** What may happen to a device under a plan, drawn. */
const ACTS = ["pause", "exclude", "rollout", "resume", "edit", "blackout", "clear", "wait"] as const;

describe("targets 13.2: over any history", () => {
  it("no deadline moves later without its cause, and looking twice is looking once", () => {
    const act = fc.record({
      act: fc.constantFrom(...ACTS),
      hours: fc.integer({ min: 0, max: 96 }),
      n: fc.integer({ min: 1, max: 25 }),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 12 }), (acts) => {
        let now = DAY_1;
        let world = given();
        let deadline: string | undefined = DUE;
        for (const one of acts) {
          now += one.hours * HOUR;
          const job = world.device.live?.job.deadline;
          world = happen(world, one.act, one.n, now);
          const byJob = world.device.live?.job.deadline !== job;
          const { found, world: after } = carried(world, now);
          const isLater = found.deadline !== undefined && deadline !== undefined && found.deadline > deadline;
          expect(isLater && !byJob && found.moved.length === 0).toBe(false);
          const { live } = after.device;
          const isLive = live !== null && live.job.state !== "paused";
          expect(isLive ? live.job.deadline : found.deadline).toBe(found.deadline);
          const again = look(after, now + 1);
          expect([again.act.kind, again.given, again.moved, again.deadline]).toEqual(["keep", [], [], found.deadline]);
          [world, deadline] = [after, found.deadline];
        }
      }),
      { seed: 20261128, numRuns: 300 },
    );
  });
});

function happen(world: World, act: (typeof ACTS)[number], n: number, now: number): World {
  const isPaused = world.device.live?.job.state === "paused";
  switch (act) {
    case "pause":
      return isPaused ? world : paused(world, "plan-paused", now);
    case "exclude":
      return isPaused ? world : paused(world, "excluded", now);
    case "rollout":
      return isPaused ? world : paused(world, "rollout-paused", now);
    case "resume":
      return isPaused ? resumed(world, now) : world;
    case "edit":
      return { ...world, plans: [running({ standing: { editedAt: now, days: n }, rings: [ring("", "rest", 0, n)] })] };
    case "blackout": {
      const from = new Date(now + n * DAY).toISOString().slice(0, 10);
      const to = new Date(now + (n + 3) * DAY).toISOString().slice(0, 10);
      return blackedOut(world, [{ name: "b", from, to }], now);
    }
    case "clear":
      return blackedOut(world, [], now);
    default:
      return world;
  }
}

const pick = ({ live, given: rows, under }: ReadDevice) => ({ live, given: rows, under });

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

/** Things that are carried out later than they are decided: what comes between is drawn. */
const LATE_ACTS = ["made", "worked", "look", "pause", "resume", "edit", "page", "exploited", "newer", "wait"] as const;

describe("targets 13.2, 13.11, D11: in whatever order the looks and the work at blackouts come", () => {
  const FIRST = DAY_1;
  /** The plan as it is by then. */
  interface Terms {
    readonly days: number;
    readonly editedAt: number;
    readonly page: string;
    readonly exploitedAt: number | null;
    readonly newerAt: number | null;
  }
  const planOf = ({ days, editedAt, page, exploitedAt, newerAt }: Terms): StandingPlan =>
    running({
      rings: [ring("", "rest", 0, days)],
      standing: { days, editedAt, urgentDays: 3 },
      spec: { detailsUrl: page },
      rollouts: [
        rollout("26.6.1", { urgentBelow: exploitedAt === null ? null : "26.6.1" }),
        ...(newerAt === null ? [] : [rollout("26.6.2")]),
      ],
      runs: [
        openRun("26.6.1", FIRST),
        ...(exploitedAt === null ? [] : [openRun("26.6.1", exploitedAt, { urgent: true })]),
        ...(newerAt === null ? [] : [openRun("26.6.2", newerAt)]),
      ],
    });
  const act = fc.record({
    act: fc.constantFrom(...LATE_ACTS),
    hours: fc.integer({ min: 0, max: 60 }),
    n: fc.integer({ min: 3, max: 25 }),
  });

  it("nothing is given that has passed, and in the end no moment ahead lies in a blackout", () => {
    fc.assert(
      fc.property(fc.array(act, { minLength: 3, maxLength: 14 }), (acts) => {
        let now = FIRST;
        let terms: Terms = { days: 14, editedAt: 0, page: "https://example.com/0", exploitedAt: null, newerAt: null };
        let world = carried({ device: device(), plans: [planOf(terms)] }, now).world;
        const looked = (): Resolution => {
          const { found, world: after } = carried({ ...world, plans: [planOf(terms)] }, now);
          world = after;
          const minutes = (rows: Resolution["given"]) =>
            rows.filter(({ givenAt: gave, cause }) => gave === now && cause !== "release-replaced");
          for (const row of minutes(found.given)) expect(at(row.local)).toBeGreaterThan(now);
          return found;
        };
        const worked = (): void => void (world = blackedOut(world, world.device.blackouts, now));
        for (const { act: what, hours, n } of acts) {
          now += hours * HOUR + 60_000;
          if (what === "made") {
            const day = (days: number): string => new Date(now + days * DAY).toISOString().slice(0, 10);
            world = { ...world, device: { ...world.device, blackouts: [{ name: "b", from: day(n), to: day(n + 3) }] } };
          } else if (what === "worked") worked();
          else if (what === "pause" || what === "resume") world = happen(world, what, n, now);
          else if (what === "edit") terms = { ...terms, days: n, editedAt: now };
          else if (what === "page") terms = { ...terms, page: `https://example.com/${n}` };
          else if (what === "exploited") terms = { ...terms, exploitedAt: terms.exploitedAt ?? now };
          else if (what === "newer") terms = { ...terms, newerAt: terms.newerAt ?? now };
          if (what !== "wait" && what !== "made") looked();
        }
        now += 60_000;
        worked();
        looked();
        now += 1000;
        const { act: left, given: again, deadline } = looked();
        expect([left.kind, again]).toEqual(["keep", []]);
        const { live, blackouts } = world.device;
        const job = live === null || live.job.state === "paused" ? undefined : live.job;
        const told = job?.mechanism === "declaration" ? job.declared.enforcement?.local : undefined;
        const isAhead = told !== undefined && at(told.slice(0, 16)) > now;
        const day = told?.slice(0, 10) ?? "";
        expect(isAhead && blackouts.some(({ from, to }) => from <= day && day <= to)).toBe(false);
        expect(job === undefined ? deadline : job.deadline).toBe(deadline);
      }),
      { seed: 20261128, numRuns: 400 },
    );
  });
});
