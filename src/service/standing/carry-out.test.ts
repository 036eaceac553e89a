/** A resolution that is carried out, as a table: what rests on what has changed meanwhile is not (targets W4, G1, G5, P3, H1). */
import { describe, expect, it } from "vitest";
import type { Rows } from "../../store/index.ts";
import { type MemoryRows, transact } from "../../store/in-memory.suite.ts";
import { blackoutRow, blockRow, planDeviceRow, planRow, rolloutRow } from "../../store/suite-rows.ts";
import { classify } from "../compliance/classify.ts";
import { keyOf } from "../plans/blackouts-in-force.ts";
import { device, enrollment, ID, NOW, only, SEED } from "../enrollment/one-device.suite.ts";
import type { StandingInput, Under } from "./carry-out.ts";
import { readLiveJob } from "../../plans/index.ts";
import { givenFacts, jobFacts, standingFacts } from "./facts.ts";

const DAY = 86_400_000;
const LISTED = { productName: "iPhone15,2", osVersion: "26.5" } as const;
const SPEC = { targets: { iOS: { kind: "latest-minor" } }, allowMajor: false };
const PLAN = planRow("p1", { kind: "standing", place: 0, spec: SPEC });
const ROLLOUT = rolloutRow("r1", { planId: "p1", platform: "iOS", version: "26.6.1" });
const GIVEN = {
  version: "26.6.1",
  extra: "",
  planId: "p1",
  ring: 0,
  local: "2026-08-31T17:00",
  givenAt: NOW,
  revision: 1,
  cause: null,
};
const UNDER: Under = {
  id: "p1",
  revision: 1,
  ring: 0,
  aim: "26.6.1",
  joinedAt: NOW,
  joinedAs: null,
  deadlineLocal: "2026-08-31T17:00",
  given: [GIVEN],
  moved: [],
  refused: null,
  governing: {
    planId: "p1",
    wanted: { version: "26.6.1" },
    word: true,
    deadlineAt: NOW + 6 * DAY,
    late: { after: NOW + 6 * DAY, below: { version: "26.6.1" } },
    progress: { kind: "waits", reason: "begun" },
  },
};
const MAKE = { kind: "make", jobId: "j1", seed: SEED, rolloutId: "r1", ring: 0, urgent: false } as const;
const world = (more: MemoryRows = {}): MemoryRows =>
  device({ enrollment: [enrollment(LISTED)], plan: [PLAN], rollout: [ROLLOUT], ...more });

/** NOW is a Tuesday, 25 August. */
const WEEK = blackoutRow("week", { firstDay: "2026-08-24", lastDay: "2026-08-30" });
const SWEEP = { name: "compliance", cursor: null, dueAt: null, leaseUntil: 0 } as const;
const NOTHING = { blocks: [], blockedBy: [], blackouts: [], cause: 0 };

function carry(rows: MemoryRows, more: Partial<StandingInput> = {}, before: MemoryRows = rows) {
  const liveId = (before.job ?? []).find(({ live }) => live === 1)?.id ?? null;
  const facts = standingFacts(only(before, "enrollment"));
  const live = (before.job ?? []).find((one) => one.live === 1);
  const read = {
    jobFacts: jobFacts(live === undefined ? undefined : readLiveJob(live.doc)),
    givenFacts: givenFacts(before.given ?? []),
  };
  const standing = { plan: UNDER, facts, liveId, leaves: null, act: MAKE, ...read, ...NOTHING, ...more };
  const offer = { for: "iOS 26 iPhone15,2", inMajor: { version: "26.6.1" }, newest: { version: "26.6.1" } };
  const ids = { enrollmentId: "e1", planId: "", firstId: ID };
  return transact(classify, { ...ids, offer, standing, leaseUntil: 0, now: NOW }, rows);
}
const jobsOf = ({ job = [] }: MemoryRows): string[] =>
  job.map(({ id, live, rolloutId }) => `${id} ${live} ${rolloutId ?? "-"}`);

describe("a resolution that is carried out", () => {
  it("makes the job of its ring, keeps the deadline that was given, and classifies", () => {
    const { rows } = carry(world());
    expect(jobsOf(rows)).toEqual(["j1 1 r1"]);
    expect(only(rows, "job")).toMatchObject({ planId: "p1", ring: 0, urgent: 0, startedAt: null });
    expect(only(rows, "enrollment")).toMatchObject({
      ...{ governedBy: "p1", ring: 0, aim: "26.6.1", joinedAt: NOW, deadlineLocal: "2026-08-31T17:00" },
      ...{ deadlineAt: NOW + 6 * DAY, compliance: "under-way" },
    });
    expect(only(rows, "given")).toEqual({ ...GIVEN, enrollmentId: "e1" });
  });

  it("twice makes one job", () => {
    const first = carry(world());
    const again = carry(first.rows, { act: { kind: "keep" }, plan: { ...UNDER, given: [] } });
    expect(jobsOf(again.rows)).toEqual(["j1 1 r1"]);
    expect(again.changed).toEqual({});
  });

  const changed: readonly [string, MemoryRows, Partial<StandingInput>?][] = [
    ["the device's version", world({ enrollment: [enrollment({ ...LISTED, osVersion: "26.6" })] })],
    ["its plan's revision", world({ plan: [{ ...PLAN, revision: 2 }] })],
    ["its plan's state, which is stopped,", world({ plan: [{ ...PLAN, state: "stopped" }] })],
    ["its plan's state, which is paused,", world({ plan: [{ ...PLAN, state: "paused" }] })],
    ["its rollout's state, which is paused,", world({ rollout: [{ ...ROLLOUT, state: "paused" }] })],
    ["its rollout's state, which is aborted,", world({ rollout: [{ ...ROLLOUT, state: "aborted" }] })],
    ["the halt", world({ halt: [{ id: 1, active: 1, since: 1, setBy: "token:a", reason: "why" }] })],
    ["a block that was not asked about", world({ block: [blockRow("b1", { version: "26.6.1" })] })],
    [
      "a block that covers it",
      world({ block: [blockRow("b1", { version: "26.6.1" })] }),
      { blocks: ["b1"], blockedBy: ["b1"] },
    ],
    ["a blackout that was not asked about", world({ blackout: [WEEK] })],
    [
      "a blackout of the same name",
      world({ blackout: [WEEK] }),
      { blackouts: [keyOf({ ...WEEK, lastDay: "2026-08-29" })] },
    ],
    ["what is said of all devices", world({ sweep: [{ ...SWEEP, cause: 1 }] })],
    ["its live job", carry(world()).rows],
  ];
  it.each(changed)("does nothing but look again where %s is another than it rests on", (_what, rows, more = {}) => {
    const done = carry(rows, more, world());
    expect(jobsOf(done.rows)).toEqual(jobsOf(rows));
    expect(done.rows.given ?? []).toEqual(rows.given ?? []);
    expect(only(done.rows, "enrollment").classDueAt).toBe(NOW + 1000);
  });

  describe("to a device with a job", () => {
    const rows = carry(world()).rows;
    const [job] = rows.job ?? [];
    const changed = (doc: object): MemoryRows => ({
      ...rows,
      job: job === undefined ? [] : [{ ...job, doc: { ...(job.doc as object), ...doc } as typeof job.doc }],
    });
    const newer = { act: { ...MAKE, jobId: "j2" }, plan: { ...UNDER, given: [] } };
    it.each<[string, MemoryRows]>([
      ["has begun to install", changed({ state: "installing" })],
      ["has another deadline", changed({ deadline: "2026-09-02T17:00" })],
      ["has continued after a pause", changed({ again: { at: NOW, cause: "plan-resumed", moved: false } })],
      ["is being withdrawn", changed({ stop: { cause: "blocked", at: NOW } })],
      ["was given another deadline", { ...rows, given: [{ ...GIVEN, enrollmentId: "e1", local: "2026-09-02T17:00" }] }],
    ])("does nothing but look again where that %s meanwhile", (_what, now) => {
      const done = carry(now, newer, rows);
      expect(jobsOf(done.rows)).toEqual(jobsOf(rows));
      expect(done.rows.given).toEqual(now.given);
      expect(only(done.rows, "enrollment").classDueAt).toBe(NOW + 1000);
    });

    it("replaces it where nothing has changed", () => {
      expect(jobsOf(carry(rows, newer).rows)).toEqual(["j1 0 r1", "j2 1 r1"]);
    });
  });

  it.each<[string, MemoryRows, Partial<StandingInput>]>([
    ["a blackout that was asked about", { blackout: [WEEK] }, { blackouts: [keyOf(WEEK)] }],
    ["a blackout that is over everywhere", { blackout: [{ ...WEEK, lastDay: "2026-08-23" }] }, {}],
    ["a look through all devices that it is part of", { sweep: [{ ...SWEEP, cause: 7 }] }, { cause: 7 }],
  ])("is not stopped by %s", (_what, more, input) => {
    expect(jobsOf(carry(world(more), input).rows)).toEqual(["j1 1 r1"]);
  });

  it("that changes what is said of the device alone is left to the next look through all devices", () => {
    const rows = world({ sweep: [{ ...SWEEP, cause: 1 }] });
    const said = carry(rows, { act: { kind: "keep" }, plan: { ...UNDER, given: [] } });
    expect(only(said.rows, "enrollment")).toMatchObject({ joinedPlan: "p1", aim: "26.6.1" });
  });

  it("is not stopped by a block that does not cover it", () => {
    const { rows } = carry(world({ block: [blockRow("b1", { version: "26.6.1" })] }), { blocks: ["b1"] });
    expect(jobsOf(rows)).toEqual(["j1 1 r1"]);
  });

  it("targets G5: withdraws the job of a device that has left its plan, and forgets its ring", () => {
    const { rows } = carry(world());
    const left = carry(rows, { plan: null, act: { kind: "withdraw" } });
    expect(jobsOf(left.rows)).toEqual(["j1 0 r1"]);
    expect(only(left.rows, "job")).toMatchObject({ state: "stopped" });
    expect(only(left.rows, "enrollment")).toMatchObject({
      ...{ ring: null, aim: null, joinedAt: null, deadlineLocal: null },
      ...{ governedBy: null, compliance: "no-plan" },
    });
  });

  it("replaces the live job by that of a newer release", () => {
    const { rows } = carry(world());
    const seed = { ...SEED, target: { version: "26.6.2", major: false } };
    const newer = { ...ROLLOUT, id: "r2", version: "26.6.2" };
    const done = carry(
      { ...rows, rollout: [ROLLOUT, newer] },
      { act: { ...MAKE, jobId: "j2", seed, rolloutId: "r2" } },
    );
    expect(jobsOf(done.rows)).toEqual(["j1 0 r1", "j2 1 r2"]);
  });

  it("tells a refusal once, by a row and by the timeline, and takes it back", () => {
    const refused = { ...UNDER, given: [], refused: { reason: "not-supervised", params: {} } };
    const keep = { kind: "keep" } as const;
    const first = carry(world(), { plan: refused, act: keep });
    expect([only(first.rows, "planDevice").reason, first.notes]).toEqual(["not-supervised", ["job-refused"]]);
    const again = carry(first.rows, { plan: refused, act: keep });
    expect(again.notes).toEqual([]);
    const other = { ...refused, refused: { reason: "not-supervised", params: { since: 1 } } };
    const refreshed = carry(again.rows, { plan: other, act: keep });
    expect([only(refreshed.rows, "planDevice").params, refreshed.notes]).toEqual([{ since: 1 }, []]);
    expect(carry(again.rows, { plan: { ...UNDER, given: [] }, act: keep }).rows.planDevice).toEqual([]);
    const left = { ...planDeviceRow("p0", "e1"), kind: "refused" } as Rows["planDevice"];
    const before = enrollment({ ...LISTED, governedBy: "p0", joinedAt: 1, ring: 0 });
    const moved = carry(world({ enrollment: [before], planDevice: [left] }), {
      leaves: "p0",

      plan: { ...UNDER, given: [] },
      act: keep,
    });
    expect(moved.rows.planDevice).toEqual([]);
  });

  it("leaves a class due that something has made due meanwhile", () => {
    const due = (classLeaseUntil: number) =>
      only(
        carry(world({ enrollment: [enrollment({ ...LISTED, classDueAt: NOW, classLeaseUntil })] })).rows,
        "enrollment",
      );
    // It was claimed without a lease here: another lease is that of another claim.
    expect([due(0).classDueAt === NOW, due(5).classDueAt]).toEqual([false, NOW]);
  });
});
