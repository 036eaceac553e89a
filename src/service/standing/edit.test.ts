/** Standing plans are edited and ordered: the transactions as tables, and what their devices get on a real store. */
import { describe, expect, it } from "vitest";
import type { PlanEdit, PlanRequest } from "../../contract/index.ts";
import { isUptickError } from "../../errors/index.ts";
import type { Json, PlanRow } from "../../store/index.ts";
import { jobRow, planRow, ringRunRow, rolloutRow } from "../../store/suite-rows.ts";
import { table } from "../enrollment/one-device.suite.ts";
import { sampleLookupService } from "../../catalog/index.ts";
import { noteList } from "../catalog/note-list.ts";
import { readList } from "../catalog/read-list.ts";
import { tellMajorsAhead } from "./majors-ahead.ts";
import { sweepFor } from "../compliance/sweep.ts";
import { standingSpecOf } from "../plans/standing-spec.ts";
import { editPlan, lackingRuns, orderPlans } from "./edit.ts";
import { tryAgain } from "./try-again.ts";
import { DAY, HOUR, NOW, phone, STANDING, world } from "./world.suite.ts";

/** As the plan keeps it. */
const specOf = (more: Partial<PlanRequest>): Json =>
  standingSpecOf({ ...STANDING, ...more }, undefined, NOW) as unknown as Json;
const [OLD, NEW] = [specOf({}), specOf({ noticeHours: 48 })];

const standing = (id: string, place: number, more: Partial<PlanRow> = {}): PlanRow =>
  planRow(id, { kind: "standing", place, spec: OLD, ...more });
const swept = (sweepFor(NOW, NOW) as { readonly row: unknown }).row;
const run = ringRunRow("r1", 1, { state: "waiting" });

describe("a plan that is edited", () => {
  const three = [standing("p1", 0), standing("p2", 1), standing("p3", 2)];
  const input = {
    ...{ planId: "p1", revision: 1, name: "new", spec: NEW },
    ...{ runs: [], rollouts: ["r1"], fields: ["name"], now: NOW },
  };
  const edited = { name: "new", spec: NEW, revision: 2 };
  table(editPlan, input, [
    [
      "has its new terms and one revision more, and all devices are looked at",
      {
        input: {},
        rows: { plan: three, rollout: [rolloutRow("r1", { planId: "p1" })] },
        changed: { "plan p1": edited, "sweep compliance": swept },
        reply: { kind: "edited" },
      },
    ],
    [
      "gets the runs that its rollouts lack",
      {
        input: { runs: [run] },
        rows: { plan: three, rollout: [rolloutRow("r1", { planId: "p1" })] },
        changed: { "plan p1": edited, "ringRun r1/1/0": run, "sweep compliance": swept },
      },
    ],
    [
      "at another place moves the plans between",
      {
        input: { place: 1 },
        rows: { plan: three },
        changed: { "plan p1": { ...edited, place: 1 }, "plan p2": { place: 0 }, "sweep compliance": swept },
      },
    ],
    [
      "at a place behind the last is the last",
      {
        input: { place: 10_000 },
        rows: { plan: [...three, standing("p0", 3, { state: "stopped" })] },
        changed: {
          "plan p1": { ...edited, place: 2 },
          "plan p2": { place: 0 },
          "plan p3": { place: 1 },
          "sweep compliance": swept,
        },
      },
    ],
    [
      "by somebody who knows another revision stays",
      {
        input: { revision: 2 },
        rows: { plan: three },
        changed: {},
        reply: { kind: "stale" },
      },
    ],
    [
      "waits where a rollout has begun whose rings were not looked at",
      {
        input: {},
        rows: {
          plan: three,
          rollout: [rolloutRow("r1", { planId: "p1" }), rolloutRow("r2", { planId: "p1", version: "26.7" })],
        },
        changed: {},
        reply: { kind: "again" },
      },
    ],
    [
      "does not wait for rollouts that are over, or of another plan",
      {
        input: { rollouts: [] },
        rows: {
          plan: three,
          rollout: [
            rolloutRow("r1", { planId: "p1", state: "aborted" }),
            rolloutRow("r2", { planId: "p1", version: "26.7", state: "superseded" }),
            rolloutRow("r3", { planId: "p2" }),
          ],
        },
        changed: { "plan p1": edited, "sweep compliance": swept },
      },
    ],
    [
      "is none that was stopped",
      {
        input: {},
        rows: { plan: [standing("p1", 0, { state: "stopped" })] },
        changed: {},
        reply: { kind: "over" },
      },
    ],
    ["is one that exists", { input: {}, rows: {}, changed: {}, reply: { kind: "over" } }],
    [
      "and is a once plan gets its name, and nobody is looked at",
      {
        input: { spec: null },
        rows: { plan: [planRow("p1")] },
        changed: { "plan p1": { name: "new", revision: 2 } },
        reply: { kind: "edited" },
      },
    ],
  ]);
});

describe("plans that are put in an order", () => {
  const rows = {
    plan: [standing("p1", 0), standing("p2", 1), standing("p3", 4), standing("p0", 2, { state: "stopped" })],
  };
  table(orderPlans, { order: ["p1", "p2", "p3"], now: NOW }, [
    [
      "have it, and all devices are looked at",
      {
        input: { order: ["p3", "p1", "p2"] },
        rows,
        changed: {
          "plan p3": { place: 0 },
          "plan p1": { place: 1 },
          "plan p2": { place: 2 },
          "sweep compliance": swept,
        },
        reply: { kind: "ordered" },
      },
    ],
    [
      "that they have stay where they are",
      { input: {}, rows: { plan: rows.plan.slice(0, 2) }, changed: {}, reply: { kind: "differs" } },
    ],
    [
      "close the gaps that stops have left",
      { input: {}, rows, changed: { "plan p3": { place: 2 }, "sweep compliance": swept } },
    ],
    ...(
      [
        ["that lacks one of them", ["p1", "p2"]],
        ["that names one twice", ["p1", "p2", "p2"]],
        ["that names a stopped one", ["p1", "p2", "p3", "p0"]],
      ] as const
    ).map(
      ([what, order]) =>
        [`refuse an order ${what}`, { input: { order }, rows, changed: {}, reply: { kind: "differs" } }] as const,
    ),
  ]);
});

describe("the runs that rollouts lack", () => {
  const plan = (rings: number, urgentDays: number | null) => ({
    id: "p1",
    spec: { standing: { days: 9, urgentDays, rings: Array.from({ length: rings }, () => ({})) } } as unknown as Json,
  });
  const known = [ringRunRow("r1", 0, { state: "passed" }), ringRunRow("r1", 1, { state: "open" })];
  const names = (...of: Parameters<typeof lackingRuns>) =>
    lackingRuns(...of).map(({ rolloutId, ring, urgent, state }) => `${rolloutId} ${ring} ${urgent} ${state}`);
  it.each([
    ["of rings that are new", plan(4, null), {}, ["r1 2 0 waiting", "r1 3 0 waiting"]],
    ["none where rings are gone", plan(1, null), {}, []],
    ["none where a plan without rings has one", plan(0, null), {}, []],
    [
      "urgent ones, where the plan hurries now",
      plan(2, 3),
      { urgentBelow: "26.6.1" },
      ["r1 0 1 waiting", "r1 1 1 waiting"],
    ],
    ["none urgent, where the release is not", plan(2, 3), {}, []],
    ["those of a paused rollout too", plan(3, null), { state: "paused" }, ["r1 2 0 waiting"]],
    ["none of a rollout that is over", plan(3, null), { state: "aborted" }, []],
    ["none of another plan", plan(3, null), { planId: "p2" }, []],
  ] as const)("%s", (_what, edited, more, expected) => {
    expect(names(edited, [rolloutRow("r1", { planId: "p1", ...more })], known, NOW)).toEqual(expected);
  });
});

const THREE: NonNullable<PlanRequest["rings"]> = [
  { name: "Pilot", who: "serial in (SA, SB)", opens: 0, due: 5 },
  { name: "Early", who: "serial = SC", opens: 8, due: 12 },
  { name: "Everyone", who: "rest", opens: 15, due: 20 },
];
const RINGS = { deadline: "+20d 17:00", rings: THREE } as const;

const FOUR = ["a", "b", "c", "d"].map((id) => phone(id, { serial: `S${id.toUpperCase()}` }));

describe("an edit of a standing plan", () => {
  async function running(request: Partial<PlanRequest> = {}, ...rings: readonly number[]) {
    const w = await world(FOUR);
    const { id } = await w.make(request);
    await w.open(id, ...rings);
    await w.settle();
    const edit = async (fields: Omit<PlanEdit, "revision">) => {
      const { revision } = await w.plans.show(id);
      const shown = await w.plans.edit(w.actor, id, { revision, ...fields });
      await w.settle();
      return shown;
    };
    const refused = async (fields: Omit<PlanEdit, "revision">, revision = 1) =>
      w.plans.edit(w.actor, id, { revision, ...fields }).catch((error: unknown) => error);
    return { ...w, id, edit, refused };
  }

  it("moves the deadline in the row, in the job and on the timeline, and rollouts keep their base", async () => {
    const w = await running({}, 0);
    expect(await w.device("a")).toMatchObject({ deadlineLocal: "2026-09-08T17:00" });
    const [before] = await w.store.admin.rolloutsOf([w.id]);
    expect(await w.edit({ deadline: "+20d 18:00" })).toMatchObject({ revision: 2, deadline: "+20d 18:00" });
    expect(await w.device("a")).toMatchObject({ deadlineLocal: "2026-09-14T18:00" });
    expect((await w.liveJob("a"))?.doc).toMatchObject({ deadline: "2026-09-14T18:00" });
    expect((await w.store.admin.rolloutsOf([w.id])).map(({ base }) => base)).toEqual([before?.base]);
    const entries = await w.store.admin.timeline("a", undefined, 100);
    expect(entries.find(({ kind }) => kind === "deadline-moved")?.data).toMatchObject({
      ...{ from: "2026-09-08T17:00", to: "2026-09-14T18:00", cause: "plan-edited" },
    });
  });

  it("leaves the notice again: an earlier deadline is not before it", async () => {
    const w = await running({}, 0);
    w.clock.now += 13 * DAY;
    await w.edit({ deadline: "+1d 17:00" });
    expect(await w.device("a")).toMatchObject({ deadlineLocal: "2026-09-08T17:00" });
    w.clock.now += 6 * HOUR;
    await w.edit({ noticeHours: 72, deadline: "+2d 17:00" });
    expect(await w.device("a")).toMatchObject({ deadlineLocal: "2026-09-11T17:00" });
  });

  it("that changes nothing of deadlines moves none, though a later day is asked now", async () => {
    const w = await running({}, 0);
    w.clock.now += 13 * DAY;
    await w.edit({ maxFailurePercent: 9, name: "other" });
    expect(await w.device("a")).toMatchObject({ deadlineLocal: "2026-09-08T17:00" });
    expect((await w.plans.show(w.id)).standing).toMatchObject({ maxFailurePercent: 9 });
  });

  it("of the scope withdraws the job of a device that leaves, unless its install has begun", async () => {
    const w = await running({}, 0);
    const begun = await w.liveJob("b");
    await w.put({
      patch: "job",
      where: { id: begun?.id ?? "" },
      set: { doc: { ...(begun?.doc as object), state: "installing" } as unknown as Json, state: "installing" },
    });
    await w.edit({ exclude: "serial in (SA, SB)" });
    expect(await w.liveJob("a")).toBeUndefined();
    expect(await w.device("a")).toMatchObject({ governedBy: null, ring: null, aim: null, deadlineLocal: null });
    expect((await w.liveJob("b"))?.id).toBe(begun?.id);
    expect(await w.device("c")).toMatchObject({ governedBy: w.id });
    await w.edit({ exclude: null });
    expect(await w.device("a")).toMatchObject({ governedBy: w.id, deadlineLocal: "2026-09-08T17:00" });
    expect(await w.liveJob("a")).toMatchObject({ planId: w.id });
  });

  it("is followed by a device that was given its deadline between the moment of the edit and its commit", async () => {
    const w = await running({}, 0);
    w.clock.now -= DAY;
    await w.edit({ deadline: "+20d 17:00" });
    w.clock.now += DAY;
    await w.sweep();
    expect(await w.device("a")).toMatchObject({ deadlineLocal: "2026-09-14T17:00" });
    expect((await w.store.admin.givenTo(["a"])).map(({ revision }) => revision)).toEqual([2]);
  });

  it("that moves the deadline alone takes the last ring with it, which is due with the plan", async () => {
    const w = await running(RINGS, 0);
    const edited = await w.edit({ deadline: "+25d 18:00" });
    expect(edited.standing?.rings.map(({ due }) => due)).toEqual([...THREE.slice(0, -1).map(({ due }) => due), 25]);
    await expect(w.edit({ deadline: "+9d 18:00" })).rejects.toThrow("is due too early");
    await expect(w.edit({ deadline: "soon" })).rejects.toThrow("no deadline of a standing plan");
  });

  it("that adds rings leaves devices in the ring in which they got their job, and the others wait for theirs", async () => {
    const w = await running({}, 0);
    await w.put({ put: "enrollment", row: phone("e") });
    await w.edit(RINGS);
    expect((await w.runsOf(w.id)).map(({ ring, state }) => `${ring} ${state}`)).toEqual([
      "0 open",
      "1 waiting",
      "2 waiting",
    ]);
    expect(await w.device("d")).toMatchObject({ ring: 2 });
    expect(await w.liveJob("d")).toMatchObject({ ring: 0 });
    expect(await w.device("e")).toMatchObject({ ring: 2, deadlineLocal: null });
    expect(await w.liveJob("e")).toBeUndefined();
    await w.open(w.id, 2);
    await w.settle();
    expect(await w.liveJob("e")).toMatchObject({ ring: 2 });
    expect(await w.liveJob("d")).toMatchObject({ ring: 0 });
  });

  it("that takes rings away brings their devices to what the rest has", async () => {
    const w = await running(RINGS, 0);
    expect([await w.liveJob("a"), await w.liveJob("d")]).toMatchObject([{ ring: 0 }, undefined]);
    await w.edit({ rings: [], deadline: "+20d 17:00" });
    expect(await w.device("d")).toMatchObject({ ring: 0 });
    expect(await w.liveJob("d")).toMatchObject({ ring: 0 });
    expect(await w.runsOf(w.id)).toHaveLength(3);
  });

  it.each([
    ["below", { to: "latest-minor below 26.6" }, "26.5.2"],
    ["another version", { to: "26.6" }, "26.6"],
  ])("of the target (%s) withdraws jobs to what it does not mean any more", async (_what, edit, aim) => {
    const w = await running({}, 0);
    expect(await w.device("a")).toMatchObject({ aim: "26.6.1" });
    await w.edit(edit);
    expect(await w.device("a")).toMatchObject({ aim });
    expect(await w.liveJob("a")).toBeUndefined();
  });

  it("of the window reaches the jobs, and once only", async () => {
    const w = await running({}, 0);
    await w.edit({ window: "22:00-05:00" });
    const job = await w.liveJob("a");
    expect(job?.doc).toMatchObject({ window: { from: "22:00", to: "05:00" } });
    w.clock.now += DAY;
    await w.edit({ name: "other" });
    expect((await w.liveJob("a"))?.id).toBe(job?.id);
    await w.edit({ window: null });
    expect((await w.liveJob("a"))?.doc).not.toHaveProperty("window");
  });

  it("that says the same again is none", async () => {
    const w = await running(RINGS, 0);
    const { standing: terms, ...plan } = await w.plans.show(w.id);
    const again = {
      ...{ name: plan.name, to: plan.to, include: "all", order: 0, noticeHours: 24, skipWeekdays: [], rings: THREE },
      ...{ deadline: "+20d 17:00", exclude: null, window: null, zone: null, action: "install" as const },
    };
    expect(await w.edit(again)).toMatchObject({ revision: 1 });
    expect(terms?.rings).toEqual(THREE.map((ring) => ({ ...ring, approval: "gate" })));
  });

  it("keeps a zone that was not named unnamed, and names the one that is asked", async () => {
    const w = await running({}, 0);
    expect((await w.edit({ noticeHours: 30 })).standing).toMatchObject({ zone: null });
    expect((await w.edit({ zone: "Asia/Tokyo" })).standing).toMatchObject({ zone: "Asia/Tokyo" });
    expect((await w.edit({ noticeHours: 24 })).standing).toMatchObject({ zone: "Asia/Tokyo" });
    expect((await w.edit({ zone: null })).standing).toMatchObject({ zone: null });
  });

  it("is checked as a plan that is made", async () => {
    const w = await running(RINGS, 0);
    const codes = [];
    for (const fields of [
      { to: "newest" },
      { include: "tag =" },
      { deadline: "2026-09-01T17:00" },
      { deadline: "+9d 17:00" },
      { action: "download" as const },
      { zone: "Nowhere" },
      { window: "now" },
      { noticeHours: 300 },
    ])
      codes.push(((await w.refused(fields)) as { code?: string }).code);
    expect(codes).toEqual([
      ...["target-invalid", "rule-invalid", "deadline-invalid", "plan-invalid", "plan-invalid", "plan-invalid"],
      ...["window-invalid", "plan-invalid"],
    ]);
    expect(await w.plans.show(w.id)).toMatchObject({ revision: 1 });
  });

  it("by a revision that is not the present one is refused with the plan as it is", async () => {
    const w = await running();
    await w.edit({ name: "mine" });
    const error = await w.refused({ name: "theirs" });
    expect(isUptickError(error)).toBe(true);
    expect(error).toMatchObject({
      code: "revision-stale",
      status: 412,
      members: { present: { name: "mine", revision: 2 } },
    });
  });

  it("of a stopped plan is refused, and of a once plan all but its name", async () => {
    const w = await running();
    const once = await w.plans.create(w.actor, { to: "26.6.1", action: "install", devices: ["SA"], replace: true });
    const edit = (fields: Omit<PlanEdit, "revision">) =>
      w.plans.edit(w.actor, once.id, { revision: 1, ...fields }).catch((error: unknown) => error);
    expect(await edit({ name: "x", to: "26.6" })).toMatchObject({ code: "plan-frozen" });
    expect(await edit({ name: "x" })).toMatchObject({ name: "x", revision: 2 });
    await w.plans.stop(w.actor, w.id);
    expect(await w.refused({ name: "x" })).toMatchObject({ code: "plan-over" });
  });
});

describe("a major that starts to count (targets T4)", () => {
  /** 27 is offered to these phones from 15 Aug on: it counts from 14 Sep on. */
  async function before27() {
    const w = await world(FOUR);
    const list = JSON.parse(JSON.stringify(sampleLookupService()).replaceAll('"26.6.1"', '"27.0"')) as Json;
    const posted = JSON.stringify(list).replaceAll(
      /("ProductVersion":"27.0"[^}]*?"PostingDate":")[^"]*/g,
      "$12026-08-15",
    );
    await w.store.devices.run(noteList, readList(JSON.parse(posted), {}, w.clock.now).input);
    const told: object[] = [];
    const tell = () =>
      tellMajorsAhead({ ...w.ports, log: { ...w.ports.log, info: (_event, fields) => void told.push(fields ?? {}) } });
    const { id } = await w.make({ to: "latest", allowMajor: true });
    return { ...w, id, told, tell };
  }

  it("is said 14 days before on the plan, and by one event", async () => {
    const w = await before27();
    await w.tell();
    expect([w.told, (await w.plans.show(w.id)).standing?.majorsAhead]).toEqual([[], []]);
    w.clock.now = Date.UTC(2026, 7, 31);
    await w.tell();
    await w.tell();
    const sentence = "From 14 Sep 2026: 4 iPhones and iPads 26 → 27";
    expect(w.told).toEqual([
      { planId: w.id, plan: "phones", platform: "iOS", major: 27, on: "2026-09-14", says: [sentence] },
    ]);
    expect((await w.plans.show(w.id)).standing?.majorsAhead).toEqual([
      { platform: "iOS", major: 27, onDate: "2026-09-14", from: 26, to: 27, devices: 4, sentence },
    ]);
  });

  it("is held back by a person, jobs to it are withdrawn, and it is released", async () => {
    const w = await before27();
    const iOS27 = { platform: "iOS", major: 27 } as const;
    await w.plans.edit(w.actor, w.id, { revision: 1, newMajorAfterDays: 0 });
    await w.settle();
    await w.open(w.id, 0);
    await w.settle();
    expect(await w.device("a")).toMatchObject({ aim: "27.0" });
    expect((await w.liveJob("a"))?.doc).toMatchObject({ target: { version: "27.0" } });
    const tried = await w.plans.tryMajor(w.id, iOS27, true);
    expect(tried.counts).toMatchObject({ release: 4, job: 4 });
    expect(await w.plans.major(w.actor, w.id, iOS27, true)).toMatchObject({ standing: { heldMajors: { iOS: [27] } } });
    await w.settle();
    expect((await w.device("a")).aim).not.toBe("27.0");
    expect((await w.liveJob("a"))?.doc).not.toMatchObject({ target: { version: "27.0" } });
    expect(await w.plans.major(w.actor, w.id, iOS27, true)).toMatchObject({ revision: 3 });
    // An edit of other terms leaves it held.
    await w.plans.edit(w.actor, w.id, { revision: 3, noticeHours: 30 });
    expect((await w.plans.show(w.id)).standing?.heldMajors).toEqual({ iOS: [27] });
    await w.plans.major(w.actor, w.id, iOS27, false);
    await w.settle();
    expect(await w.device("a")).toMatchObject({ aim: "27.0" });
    expect((await w.plans.show(w.id)).standing?.heldMajors).toEqual({});
  });

  it("is not held back by a once plan", async () => {
    const w = await world(FOUR);
    const { id } = await w.plans.create(w.actor, { to: "26.6.1", action: "install", devices: ["SA"] });
    await expect(w.plans.major(w.actor, id, { platform: "iOS", major: 27 }, true)).rejects.toMatchObject({
      code: "plan-frozen",
    });
  });
});

describe("a failed job (targets P3)", () => {
  async function failed() {
    const w = await world(FOUR);
    const { id } = await w.make();
    await w.open(id, 0);
    await w.settle();
    for (const one of ["a", "b"]) {
      const { id: jobId = "", doc } = (await w.liveJob(one)) ?? {};
      const ended = { ...(doc as object), state: "failed", reason: "gave-up", next: null, end: { at: w.clock.now } };
      await w.put(
        {
          patch: "job",
          where: { id: jobId },
          set: { live: 0, state: "failed", dueAt: null, finishedAt: w.clock.now, doc: ended as unknown as Json },
        },
        { patch: "enrollment", where: { id: one }, set: { classDueAt: 0 } },
      );
    }
    await w.settle();
    return { ...w, id };
  }
  const live = (w: Awaited<ReturnType<typeof failed>>) =>
    Promise.all(["a", "b"].map(async (id) => (await w.liveJob(id)) !== undefined));

  it("waits for its week, or for a person who says to try it again", async () => {
    const w = await failed();
    expect(await live(w)).toEqual([false, false]);
    expect(await w.plans.tryAgain(w.id, {})).toEqual({ dryRun: true, devices: 2 });
    await w.settle();
    expect(await live(w)).toEqual([false, false]);
    expect(await w.plans.again(w.actor, w.id, { devices: ["SA"] })).toEqual({ dryRun: false, devices: 1 });
    await w.settle();
    expect(await live(w)).toEqual([true, false]);
    const told = (await w.store.admin.timeline("a", undefined, 100)).filter(({ kind }) => kind === "job-try-again");
    expect(told).toHaveLength(1);
    expect(await w.plans.again(w.actor, w.id, {})).toEqual({ dryRun: false, devices: 1 });
    await w.settle();
    expect(await live(w)).toEqual([true, true]);
    expect(await w.plans.again(w.actor, w.id, {})).toEqual({ dryRun: false, devices: 0 });
  });

  it("opens again after 7 days without anybody", async () => {
    const w = await failed();
    w.clock.now += 7 * DAY;
    await w.put({ patch: "enrollment", where: { id: "a" }, set: { classDueAt: 0 } });
    await w.settle();
    expect((await live(w))[0]).toBe(true);
  });
});

describe("a job that will be tried again", () => {
  const input = { planId: "p1", jobId: "j1", by: "token:t", now: NOW };
  const failed = jobRow("j1", "e1", { live: 0, state: "failed" });
  const rows = (more: Partial<typeof failed> = {}) => ({ job: [{ ...failed, ...more }], enrollment: [phone("e1")] });
  table(tryAgain, input, [
    [
      "says who said so, and its device is looked at",
      {
        input: {},
        rows: rows(),
        changed: { "job j1": { doc: { again: { at: NOW, by: "token:t" } } }, "enrollment e1": { classDueAt: NOW } },
        reply: { again: true },
        notes: ["job-try-again"],
      },
    ],
    ["is one that failed", { input: {}, rows: rows({ state: "done" }), changed: {}, reply: { again: false } }],
    [
      "is said once",
      { input: {}, rows: rows({ doc: { again: { at: 1, by: "token:u" } } }), changed: {}, reply: { again: false } },
    ],
    ["is one that exists", { input: {}, rows: {}, changed: {}, reply: { again: false } }],
  ]);
});
