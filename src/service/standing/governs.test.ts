/** Which plan governs a device and what becomes of jobs, on a real store (targets G1 to G5). */
import { describe, expect, it, vi } from "vitest";
import type { PlanRequest } from "../../contract/index.ts";
import type { Json } from "../../store/index.ts";
import { deviceView } from "../devices/device-view.ts";
import { readingOf } from "../catalog/catalog.ts";
import { plansOf } from "./plans-of.ts";
import { MINUTE, phone, STANDING, type World, world } from "./world.suite.ts";

const FLEET = ["a", "b"].map((id) => phone(id, { serial: `S${id.toUpperCase()}` }));
const ONCE: PlanRequest = { name: "August", to: "26.6.1", action: "install", devices: ["SA", "SB"] };

/** The install of a device's job has begun. */
async function begin(w: World, id: string): Promise<void> {
  const job = await w.liveJob(id);
  const doc = { ...(job?.doc as object), state: "installing" } as unknown as Json;
  await w.put({ patch: "job", where: { id: job?.id ?? "" }, set: { doc, state: "installing" } });
}

/** A standing plan that has given jobs to both devices; the install of b has begun. */
async function given() {
  const w = await world(FLEET);
  const standing = await w.make();
  await w.open(standing.id, 0);
  await w.settle();
  await begin(w, "b");
  return { ...w, standing };
}

describe("a once plan over a standing plan (targets G2)", () => {
  it("takes over the job whose install has not begun, without replace, and says so before", async () => {
    const w = await given();
    const kinds = (await w.plans.dryRun(ONCE)).rows.map(({ device, kind, reason }) => [device.serial, kind, reason]);
    expect(kinds).toEqual([
      ["SA", "job", null],
      ["SB", "refused", "busy"],
    ]);
    const once = await w.plans.create(w.actor, ONCE);
    await w.settle();
    expect(await w.liveJob("a")).toMatchObject({ planId: once.id, rolloutId: null });
    expect(await w.liveJob("b")).toMatchObject({ planId: w.standing.id });
    expect(await w.device("a")).toMatchObject({ governedBy: once.id, ring: 0 });
    const view = await plansOf(w.ports, await w.device("a"));
    expect(view.sentence).toBe(
      'The job of the once plan "August" is under way, and goes before standing plans; then "phones" governs the device.',
    );
  });

  it("stays in its place, whatever looks through all devices", async () => {
    const w = await given();
    const before = await w.device("a");
    await w.plans.create(w.actor, ONCE);
    await w.settle();
    const taken = await w.device("a");
    const timeline = await w.store.admin.timeline("a", undefined, 100);
    const run = vi.spyOn(w.ports.devices, "run");
    await w.sweep();
    w.clock.now += MINUTE;
    await w.sweep();
    expect(run.mock.calls.map(([{ name }]) => name)).not.toContain("classify");
    expect(await w.device("a")).toEqual(taken);
    expect(taken).toMatchObject({ joinedAt: before.joinedAt, joinedPlan: w.standing.id });
    expect(await w.store.admin.timeline("a", undefined, 100)).toEqual(timeline);
  });

  it("says before which download it costs", async () => {
    const w = await given();
    const { id = "", doc: before } = (await w.liveJob("a")) ?? {};
    const job = before as unknown as { readonly declared: object };
    const declared = { ...job.declared, takenAt: w.clock.now };
    const doc = { ...job, state: "downloading", declared } as unknown as Json;
    await w.put({ patch: "job", where: { id }, set: { doc, state: "downloading" } });
    const tried = await w.plans.dryRun({ ...ONCE, to: "26.6", devices: ["SA"] });
    expect(tried).toMatchObject({ jobs: 1, downloadsLost: 1 });
  });

  it("gives the device back when it ends", async () => {
    const w = await given();
    const once = await w.plans.create(w.actor, ONCE);
    await w.settle();
    const tried = await w.plans.tryStop(once.id);
    expect(tried.plans).toEqual([
      { plan: { id: once.id, name: "August" }, joins: 0, leaves: 1 },
      { plan: { id: w.standing.id, name: "phones" }, joins: 1, leaves: 0 },
    ]);
    await w.plans.stop(w.actor, once.id);
    await w.settle();
    expect(await w.device("a")).toMatchObject({ governedBy: w.standing.id, ring: 0 });
    expect(await w.liveJob("a")).toMatchObject({ planId: w.standing.id, ring: 0 });
  });

  it("needs replace against another once plan", async () => {
    const w = await given();
    await w.plans.create(w.actor, ONCE);
    await w.settle();
    const { refusals } = await w.plans.dryRun({ ...ONCE, devices: ["SA"] });
    expect(refusals.map(({ reason }) => reason)).toEqual(["busy"]);
  });
});

describe("a refusal (targets G3)", () => {
  it("that the device is busy never hides its live job, and the standing plan still governs", async () => {
    const w = await given();
    await w.plans.create(w.actor, { ...ONCE, devices: ["SB"] });
    await w.settle();
    const row = await w.store.admin.device("b");
    if (row === undefined) throw new Error("the device is not there");
    const view = deviceView(row, await readingOf(w.ports));
    expect(view.job).toMatchObject({ planId: w.standing.id, state: "installing" });
    expect(await w.device("b")).toMatchObject({ governedBy: w.standing.id });
  });
});

describe("a device that leaves the scope of its plan by a tag (targets G5, S3)", () => {
  it("loses its job, unless the install has begun", async () => {
    const w = await world(FLEET);
    const tag = (id: string) => ({ put: "deviceTag", row: { enrollmentId: id, tag: "pilot" } }) as const;
    await w.put(tag("a"), tag("b"));
    const { id } = await w.make({ include: "tag = pilot" });
    await w.open(id, 0);
    await w.settle();
    await begin(w, "b");
    await w.put(
      ...["a", "b"].flatMap((one) => [
        { drop: "deviceTag", where: { enrollmentId: one, tag: "pilot" } } as const,
        { patch: "enrollment", where: { id: one }, set: { classDueAt: 0 } } as const,
      ]),
    );
    await w.settle();
    expect(await w.liveJob("a")).toBeUndefined();
    expect(await w.device("a")).toMatchObject({ governedBy: null });
    expect(await w.liveJob("b")).toMatchObject({ planId: id });
    const view = await plansOf(w.ports, await w.device("b"));
    expect(view).toEqual({
      plans: [],
      sentence: 'An install of the plan "phones" has begun, and is followed to its end.',
    });
  });
});

describe("the plans that match a device (targets G4)", () => {
  it("are listed in their order, with its ring in each, also where the first is paused", async () => {
    const w = await world(FLEET);
    const all = await w.make();
    const rings: PlanRequest["rings"] = [
      { name: "Pilot", who: "serial = SA", opens: 0, due: 5 },
      { name: "Everyone", who: "rest", opens: 12, due: 20 },
    ];
    await w.make({ include: "serial = SNONE or serial = SB", name: "only b" });
    const pilots = await w.make({ name: "rings", rings, deadline: "+20d 17:00", order: 0 });
    await w.plans.pause(w.actor, pilots.id, "a bad update");
    await w.settle();
    const view = await plansOf(w.ports, await w.device("a"));
    expect(view.plans).toEqual([
      { id: pilots.id, name: "rings", order: 0, state: "paused", ring: "Pilot" },
      { id: all.id, name: "phones", order: 1, state: "active", ring: null },
    ]);
    expect(view.sentence).toContain('"rings" governs the device: it is the first in the order that matches it.');
    expect(await w.device("a")).toMatchObject({ governedBy: pilots.id });
  });

  it("stand in the dry run of a new plan, which says whom another governs", async () => {
    const w = await world(FLEET);
    const { id } = await w.make({ include: "serial = SA" });
    const tried = async (order?: number) => {
      const trial = await w.plans.dryRun({ ...STANDING, name: "new", ...(order === undefined ? {} : { order }) });
      return [trial.rows.map(({ plans }) => plans?.map((one) => one.name)), trial.notes] as const;
    };
    expect(await tried()).toEqual([
      [["phones", "new"], ["new"]],
      [expect.stringContaining("governs 1 of these devices")],
    ]);
    expect(await tried(0)).toEqual([[["new", "phones"], ["new"]], []]);
    expect((await w.plans.dryRun({ ...STANDING, name: "new" })).rows[0]?.plans).toEqual([
      { id, name: "phones" },
      { id: null, name: "new" },
    ]);
  });
});
