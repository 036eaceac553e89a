/** Standing plans are edited: what their devices get of it, on a real store. */
import { describe, expect, it } from "vitest";
import type { PlanEdit, PlanRequest } from "../../contract/index.ts";
import { isUptickError } from "../../errors/index.ts";
import type { Json } from "../../store/index.ts";
import { DAY, HOUR, phone, world } from "./world.suite.ts";

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
