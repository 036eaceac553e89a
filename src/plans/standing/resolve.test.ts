/** What standing plans mean for a device (targets W4, G1, R5, D3 to D7). */
import { describe, expect, it } from "vitest";
import type { Act } from "./act.ts";
import type { LiveOf, ReadDevice, StandingPlan } from "./plan.ts";
import { resolve, type Resolution } from "./resolve.ts";
import {
  at,
  device,
  givenAt,
  listedOn,
  madeOf,
  MACOS,
  openRun,
  plan,
  ring,
  rollout,
  tagged,
} from "./standing.suite.ts";

const DAY_1 = at("2026-08-18T09:00");
const running = (more: Parameters<typeof plan>[0] = {}): StandingPlan =>
  plan({ rollouts: [rollout("26.6.2")], runs: [openRun("26.6.2", DAY_1)], ...more });
const resolved = (
  of: ReadDevice,
  plans: readonly StandingPlan[] = [running()],
  now = DAY_1,
  halted = false,
): Resolution => {
  const found = resolve(of, plans, listedOn("2026-08-18"), { halted, now });
  if (found === undefined) throw new Error("no plan governs");
  return found;
};
const madeFor = (act: Act): string => (act.kind === "make" ? act.seed.target.version : act.kind);

describe("targets W4: a device and a plan without rings", () => {
  it("gets the open release, with its deadline and its moment", () => {
    const { act, ring: place, aim, deadline, given, outcome, wanted } = resolved(device());
    expect([place, aim?.version, deadline, outcome.kind, wanted?.version]).toEqual([
      ...[0, "26.6.2", "2026-08-31T17:00", "job", "26.6.2"],
    ]);
    expect(given).toEqual([givenAt("26.6.2", "2026-08-31T17:00", { givenAt: DAY_1, revision: 1 })]);
    expect(act).toMatchObject({ kind: "make", rolloutId: "26.6.2", urgent: false });
    expect(act).toMatchObject({
      seed: { deadline: "2026-08-31T17:00", enforcement: { local: "2026-08-31T17:00:00" } },
    });
  });

  it("begins the rollout of a release that has none, and gives nothing yet", () => {
    const found = resolved(device(), [plan()]);
    expect([found.begins, found.act.kind, found.outcome]).toEqual([
      ...[
        true,
        "keep",
        expect.objectContaining({ kind: "compliant", params: expect.objectContaining({ heldRing: "26.6.2" }) }),
      ],
    ]);
    // It has all that is open to it.
    expect(found.wanted).toMatchObject({ version: "26.5.2" });
    expect(resolved(device({ planned: { osVersion: "26.6.2" } }), [plan()]).begins).toBe(false);
  });

  it("gives nothing of a release whose run has not opened", () => {
    const waits = openRun("26.6.2", 0, { state: "waiting", openedAt: null, countFrom: null });
    const found = resolved(device(), [running({ runs: [waits] })]);
    expect([found.act.kind, found.outcome.kind, found.deadline]).toEqual(["keep", "compliant", undefined]);
    // Its planned date counts all the same (D13).
    expect(found.overdueAt).toBe(at("2026-08-31T17:00"));
  });

  it("leaves a device alone that is at the release", () => {
    const found = resolved(device({ planned: { osVersion: "26.6.2" } }));
    expect([found.act.kind, found.outcome.kind, found.deadline, found.overdueAt]).toEqual([
      ...["keep", "compliant", undefined, null],
    ]);
  });

  it.each<[string, Partial<ReadDevice>, Parameters<typeof running>[0], boolean, string]>([
    ["paused", {}, { state: "paused" }, false, "plan-paused"],
    ["halted", {}, {}, true, "halted"],
    ["that it is excluded from", { excluded: true }, {}, false, "excluded"],
    ["that it meets in Setup Assistant", { inSetupAssistant: true }, {}, false, "nothing-newer"],
  ])("targets G1: by a plan %s nothing is made", (_what, more, planMore, halted, reason) => {
    const found = resolved(device(more), [running(planMore)], DAY_1, halted);
    expect([found.act.kind, "reason" in found.outcome && found.outcome.reason]).toEqual(["keep", reason]);
  });

  it("targets D3: has no day left where blackouts take them all", () => {
    const blackouts = [{ name: "all", from: "2026-08-25", to: "2026-09-20" }];
    const found = resolved(device({ blackouts }), [
      running({ standing: { skipWeekdays: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] } }),
    ]);
    expect([found.act.kind, found.outcome]).toEqual(["keep", expect.objectContaining({ reason: "no-day-left" })]);
  });
});

describe("targets G1: which plan governs", () => {
  const other = running({ id: "other", spec: { targets: { macOS: { kind: "exact", version: "26.6.1" } } } });
  it.each<[string, readonly StandingPlan[], string | undefined]>([
    ["the first that matches", [running(), other], "plan"],
    ["the first in the order", [other, running()], "other"],
    ["a paused one governs and gives nothing", [running({ state: "paused" }), other], "plan"],
    ["one without a target for the platform does not", [running({ spec: { targets: {} } }), other], "other"],
    ["one of another scope does not", [running({ matches: tagged("pilot") }), other], "other"],
    ["none", [running({ matches: tagged("pilot") })], undefined],
  ])("%s", (_what, plans, expected) => {
    const found = resolve(device(), plans, listedOn("2026-08-18"), { halted: false, now: DAY_1 });
    expect(found?.plan.id).toBe(expected);
  });

  it("the job of a once plan comes first", () => {
    const live: LiveOf = { ...madeOf(resolved(device()).act, DAY_1), kind: "once", planId: "once", rolloutId: null };
    expect(resolved(device({ live })).act.kind).toBe("keep");
  });
});

describe("targets R5: rings", () => {
  const rings = [ring("Pilot", tagged("pilot"), 0, 2), ring("Everyone", "rest", 8, 14)];
  const both = running({
    rings,
    runs: [openRun("26.6.2", DAY_1), openRun("26.6.2", 0, { ring: 1, state: "waiting", openedAt: null })],
  });
  it("open one after another", () => {
    const pilot = resolved(device({ facts: { tags: new Set(["pilot"]) } }), [both]);
    expect([pilot.ring, pilot.deadline, madeFor(pilot.act)]).toEqual([0, "2026-08-19T17:00", "26.6.2"]);
    const rest = resolved(device(), [both]);
    expect([rest.ring, rest.deadline, madeFor(rest.act)]).toEqual([1, undefined, "keep"]);
  });

  it.each([
    ["held", "keep"],
    ["paused", "keep"],
    ["aborted", "keep"],
    ["running", "26.6.2"],
  ] as const)("give nothing new of a rollout that is %s: %s", (state, expected) => {
    expect(madeFor(resolved(device(), [running({ rollouts: [rollout("26.6.2", { state })] })]).act)).toBe(expected);
  });

  it("targets R12: an aborted release leaves the next older one", () => {
    const rollouts = [rollout("26.6.1"), rollout("26.6.2", { state: "aborted" })];
    const runs = [openRun("26.6.1", DAY_1, { state: "superseded" }), openRun("26.6.2", DAY_1)];
    expect(madeFor(resolved(device(), [running({ rollouts, runs })]).act)).toBe("26.6.1");
  });

  it("targets U1: the urgent run is for devices below the fix only", () => {
    const rollouts = [rollout("26.6.2", { urgentBelow: "26.6.1" })];
    const runs = [
      openRun("26.6.2", DAY_1, { urgent: true }),
      openRun("26.6.2", 0, { state: "waiting", openedAt: null, countFrom: null }),
    ];
    const hurried = running({ rollouts, runs, standing: { urgentDays: 3 } });
    const below = resolved(device(), [hurried]);
    expect([below.act.kind, below.deadline]).toEqual(["make", "2026-08-20T17:00"]);
    expect(resolved(device({ planned: { osVersion: "26.6.1" } }), [hurried]).act.kind).toBe("keep");
    // Off unless an admin has set it.
    expect(resolved(device(), [running({ rollouts, runs })]).act.kind).toBe("keep");
  });

  it("targets U2: a blackout moves an urgent deadline, unless a person has lifted it for the release", () => {
    const runs = [openRun("26.6.2", DAY_1, { urgent: true })];
    const blackouts = [{ name: "fair", from: "2026-08-20", to: "2026-08-22" }];
    const deadline = (blackoutLifted: boolean) => {
      const rollouts = [rollout("26.6.2", { urgentBelow: "26.6.1", blackoutLifted })];
      return resolved(device({ blackouts }), [running({ rollouts, runs, standing: { urgentDays: 3 } })]).deadline;
    };
    expect([deadline(false), deadline(true)]).toEqual(["2026-08-23T17:00", "2026-08-20T17:00"]);
  });

  it("targets C9: what a block covered comes by its own rollout, for those devices only", () => {
    const first = rollout("26.6.2");
    const after = rollout("26.6.2", { id: "after", blockId: "b1", base: "2026-09-10", covers: tagged("blocked") });
    const now = at("2026-09-11T09:00");
    const runs = [openRun("26.6.2", DAY_1), openRun("after", now)];
    const both2 = running({ rollouts: [first, after], runs });
    const rolloutOf = (of: ReadDevice): string => {
      const { act } = resolved(of, [both2], now);
      return act.kind === "make" ? act.rolloutId : act.kind;
    };
    expect([rolloutOf(device()), rolloutOf(device({ facts: { tags: new Set(["blocked"]) } }))]).toEqual([
      "26.6.2",
      "after",
    ]);
  });
});

describe("targets D12, tested through time: a Mac on 26.5.2 under a plan that is active since June", () => {
  const rollouts = Object.keys(MACOS).map((version) => rollout(version));
  const opened = { "26.6": at("2026-07-28T09:00"), "26.6.1": at("2026-08-07T09:00"), "26.6.2": DAY_1 } as const;
  /** The last ring: a newer rollout supersedes the older run when it opens. */
  const planAt = (now: number, standing = {}): StandingPlan => {
    const open = Object.entries(opened).filter(([, from]) => from <= now);
    const runs = open.map(([version, from], i) =>
      openRun(version, from, i < open.length - 1 ? { state: "superseded" } : {}),
    );
    return plan({ rollouts: rollouts.filter(({ since }) => since <= now), runs, standing });
  };
  const look = (of: ReadDevice, now: number, standing = {}) =>
    resolve(of, [planAt(now, standing)], listedOn(new Date(now).toISOString().slice(0, 10)), { halted: false, now });

  it("is due on 10 Aug 17:00 whatever comes later, and is sent to the newest", () => {
    const first = look(device(), opened["26.6"]);
    expect([first?.deadline, madeFor(first?.act ?? { kind: "keep" })]).toEqual(["2026-08-10T17:00", "26.6"]);
    const given = first?.given ?? [];
    const live = first === undefined ? null : madeOf(first.act, opened["26.6"]);
    // Two days before its moment it keeps its release, unless that is more than 48 h ahead.
    const second = look(device({ given, live }), opened["26.6.1"]);
    expect([second?.deadline, madeFor(second?.act ?? { kind: "keep" })]).toEqual(["2026-08-10T17:00", "26.6.1"]);
    const rows = [...given, ...(second?.given ?? [])];
    expect(rows.map(({ local }) => local)).toEqual(["2026-08-10T17:00", "2026-08-20T17:00"]);
    const moved = second === undefined ? null : madeOf(second.act, opened["26.6.1"]);
    // Its moment has passed without an install: it is sent to the newest, overdue, with a moment that leaves the notice.
    const third = look(device({ given: rows, live: moved }), opened["26.6.2"]);
    expect([third?.deadline, third?.overdueAt, madeFor(third?.act ?? { kind: "keep" })]).toEqual([
      ...["2026-08-10T17:00", at("2026-08-10T17:00"), "26.6.2"],
    ]);
    expect(third?.act).toMatchObject({ seed: { enforcement: { local: "2026-08-19T17:00:00" } } });
  });

  it("targets D7: keeps its job while its moment lies less than 48 h ahead", () => {
    const first = look(device(), opened["26.6"]);
    const live = first === undefined ? null : madeOf(first.act, opened["26.6"]);
    const of = device({ given: first?.given ?? [], live });
    const runs48 = (now: number) => madeFor(look(of, now)?.act ?? { kind: "keep" });
    expect([runs48(at("2026-08-08T16:59")), runs48(at("2026-08-08T17:01")), runs48(at("2026-08-10T16:59"))]).toEqual([
      ...["26.6.1", "keep", "keep"],
    ]);
    expect(runs48(at("2026-08-10T17:00"))).toBe("26.6.1");
  });

  it("on 26.6.1 is due on 31 Aug for 26.6.2", () => {
    const of = device({ planned: { osVersion: "26.6.1" }, given: [givenAt("26.6.1", "2026-08-20T17:00")] });
    expect(look(of, opened["26.6.2"])?.deadline).toBe("2026-08-31T17:00");
  });

  it("that came under the plan after the base has three days", () => {
    const joinedAt = at("2026-08-28T10:00");
    const found = look(device({ under: { planId: "plan", joinedAt, ring: 0 } }), joinedAt);
    expect(found?.deadline).toBe("2026-08-31T17:00");
    const later = at("2026-09-10T18:00");
    expect(look(device({ under: { planId: "plan", joinedAt: later, ring: 0 } }), later)?.deadline).toBe(
      "2026-09-14T17:00",
    );
  });
});

describe("targets D7, G5, P3: a live job", () => {
  const first = resolved(device());
  const live = madeOf(first.act, DAY_1);
  const having = (more: Partial<ReadDevice> = {}): ReadDevice => device({ live, given: first.given, ...more });

  it("is kept as long as nothing else follows", () => {
    const again = resolved(having(), [running()], DAY_1 + 3_600_000);
    expect([again.act.kind, again.given, again.deadline]).toEqual(["keep", [], "2026-08-31T17:00"]);
  });

  it.each([
    ["asking", "26.6.2"],
    ["installing", "keep"],
    ["too-late", "keep"],
    // It would keep the device from its new plan until somebody resumes the former.
    ["paused", "26.6.2"],
    ["taking-back", "keep"],
  ] as const)("in state %s, of a plan that governs the device no more: %s", (state, expected) => {
    const other = running({ id: "other", rollouts: [rollout("26.6.2", { planId: "other" })] });
    const job = { ...live.job, state } as LiveOf["job"];
    expect(madeFor(resolved(having({ live: { ...live, job } }), [other]).act)).toBe(expected);
  });

  it("is withdrawn where the plan that governs now has nothing for the device", () => {
    const other = running({ id: "other", rollouts: [], runs: [] });
    expect(resolved(having(), [other]).act.kind).toBe("withdraw");
  });

  it("is replaced where its plan was edited so that its deadline moved (D8)", () => {
    const edited = running({ standing: { editedAt: DAY_1 + 1 }, rings: [ring("", "rest", 0, 20)] });
    const found = resolved(having(), [edited], DAY_1 + 3_600_000);
    expect([found.deadline, found.moved[0]?.cause, madeFor(found.act)]).toEqual([
      "2026-09-06T17:00",
      "plan-edited",
      "26.6.2",
    ]);
  });

  it("targets C5: of a release that Apple has replaced ends, and its deadline goes, while its ring waits for the newer one", () => {
    const list = (absent: 0 | 2) => ({
      ...listedOn("2026-08-20"),
      releases: listedOn("2026-08-20").releases.map((one) => (one.version === "26.6.1" ? { ...one, absent } : one)),
    });
    const older = running({ rollouts: [rollout("26.6.1"), rollout("26.6.2")], runs: [openRun("26.6.1", DAY_1)] });
    const first2 = resolve(device(), [older], list(0), { halted: false, now: DAY_1 });
    expect([first2?.deadline, madeFor(first2?.act ?? { kind: "keep" })]).toEqual(["2026-08-20T17:00", "26.6.1"]);
    const of = device({ live: madeOf(first2?.act ?? { kind: "keep" }, DAY_1), given: first2?.given ?? [] });
    const waits = resolve(of, [older], list(2), { halted: false, now: DAY_1 + 1 });
    expect([waits?.deadline, waits?.act.kind]).toEqual([undefined, "withdraw"]);
    // Where the newer one is open to the device, its job moves there and keeps its deadline.
    const runs = [openRun("26.6.1", DAY_1), openRun("26.6.2", DAY_1)];
    const moves = resolve(of, [{ ...older, runs }], list(2), { halted: false, now: DAY_1 + 1 });
    expect([moves?.deadline, madeFor(moves?.act ?? { kind: "keep" })]).toEqual(["2026-08-20T17:00", "26.6.2"]);
  });

  it.each([
    ["the same release within a week", 6.9, "26.5.2", "keep"],
    ["the same release after a week", 7.1, "26.5.2", "26.6.2"],
    ["from another version", 1, "26.6", "26.6.2"],
  ])("that failed opens again: %s", (_what, days, osVersion, expected) => {
    const end = { at: DAY_1 };
    const failed = { ...live.job, state: "failed", reason: "job-expired", end, next: null } as never;
    const found = resolved(device({ failed, planned: { osVersion } }), [running()], DAY_1 + days * 86_400_000);
    expect(madeFor(found.act)).toBe(expected);
  });
});
