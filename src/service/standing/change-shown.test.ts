/** Standing plans that are made, edited and put in order as a dry run has shown it, on a real store (targets P5, 13.8). */
import { describe, expect, it } from "vitest";
import type { GoverningTrial, PlanRequest } from "../../contract/index.ts";
import { isUptickError } from "../../errors/index.ts";
import { DAY, phone, STANDING, type World, world } from "./world.suite.ts";

const idOf = (n: number): string => `d${String(n).padStart(3, "0")}`;
const fleetOf = (count: number) =>
  Array.from({ length: count }, (_none, n) => phone(idOf(n), { serial: `S${n}`, classDueAt: 0 }));
const EDIT = { revision: 1, deadline: "+10d 17:00" };
const named = ({ hash = "", asOf }: Pick<GoverningTrial, "hash" | "asOf">) => ({
  hash,
  asOf: asOf ?? { decidedAt: "" },
});

/** A standing plan that is open to so many devices. */
async function given(count: number, request: Partial<PlanRequest> = {}) {
  const w = await world(fleetOf(count));
  const { id } = await w.make(request);
  await w.open(id, 0);
  await w.settle();
  return { ...w, id };
}

/** So many devices report that they run the release. */
async function update(w: World, count: number, from = 0): Promise<void> {
  const set = { osVersion: "26.6.1", reportedVersion: "26.6.1", classDueAt: 0 };
  for (let n = from; n < from + count; n += 1)
    await w.put(
      { patch: "enrollment", where: { id: idOf(n) }, set },
      { drop: "job", where: { enrollmentId: idOf(n) } },
    );
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => "done",
    (error: unknown) => (isUptickError(error) ? error.code : error),
  );
}

describe("an edit that names its dry run", () => {
  it("is saved where nothing has changed, and changes nothing that was not shown", async () => {
    const w = await given(4);
    // For this one nothing changes.
    await update(w, 1, 3);
    await w.settle();
    const shown = await w.plans.tryEdit(w.id, EDIT);
    expect(shown).toMatchObject({ devices: 3, hash: expect.stringMatching(/^[0-9a-f]{32}$/) });
    const { revision, changed } = await w.plans.edit(w.actor, w.id, { ...EDIT, ...named(shown) });
    expect([revision, changed]).toEqual([2, { count: 0, allowed: 50, devices: [] }]);
    await w.settle();
    expect(await w.device(idOf(0))).toMatchObject({ deadlineLocal: shown.rows[0]?.after.deadlineLocal });
  });

  it("has the same hash for the same decisions, and another for others", async () => {
    const w = await given(3);
    const one = await w.plans.tryEdit(w.id, EDIT);
    expect((await w.plans.tryEdit(w.id, EDIT)).hash).toBe(one.hash);
    expect((await w.plans.tryEdit(w.id, { ...EDIT, deadline: "+9d 17:00" })).hash).not.toBe(one.hash);
    await update(w, 1);
    await w.settle();
    expect((await w.plans.tryEdit(w.id, EDIT)).hash).not.toBe(one.hash);
  });

  it("is saved where few devices have changed, which are listed", async () => {
    const w = await given(4);
    const shown = await w.plans.tryEdit(w.id, EDIT);
    await update(w, 1);
    await w.settle();
    await w.put({ patch: "enrollment", where: { id: idOf(1) }, set: { state: "removed" } });
    await w.put({
      put: "enrollment",
      row: phone("d900", { serial: "S900", certificate: null }),
    });
    const { revision, changed } = await w.plans.edit(w.actor, w.id, { ...EDIT, ...named(shown) });
    expect([revision, changed?.count]).toEqual([2, 3]);
    const words = changed?.devices.map(({ device, sentence }) => [device.serial, sentence]);
    expect(words).toEqual([
      [
        "S0",
        'The dry run showed: the plan "phones", the release 26.6.1, a job to 26.6.1, deadline 2026-09-04 17:00. Now: the plan "phones", the release 26.6.1.',
      ],
      [
        "S900",
        'The dry run did not show this device. Now: the plan "phones", the release 26.6.1, a job to 26.6.1, deadline 2026-09-04 17:00.',
      ],
      [
        "S1",
        'The dry run showed: the plan "phones", the release 26.6.1, a job to 26.6.1, deadline 2026-09-04 17:00. Now the plan no longer includes this device.',
      ],
    ]);
  });

  it.each([
    [50, "done", 2],
    [51, "dry-run-outdated", 1],
  ])("of 60 devices of which %i have changed: %s", async (count, code, revision) => {
    const w = await given(60);
    const shown = await w.plans.tryEdit(w.id, EDIT);
    await update(w, count);
    await w.settle();
    expect(await codeOf(w.plans.edit(w.actor, w.id, { ...EDIT, ...named(shown) }))).toBe(code);
    expect((await w.plans.show(w.id)).revision).toBe(revision);
  });

  it("is refused where the deadlines of now are not those that were shown", async () => {
    const w = await given(60);
    const shown = await w.plans.tryEdit(w.id, { revision: 1, deadline: "+1d 17:00" });
    w.clock.now += DAY - 3_600_000;
    const save = w.plans.edit(w.actor, w.id, { revision: 1, deadline: "+1d 17:00", ...named(shown) });
    expect(await codeOf(save)).toBe("dry-run-outdated");
  });

  it("is refused where the dry run is not known, was of another edit, or has expired", async () => {
    const w = await given(2);
    const shown = named(await w.plans.tryEdit(w.id, EDIT));
    const save = (more: object) => codeOf(w.plans.edit(w.actor, w.id, { ...EDIT, ...shown, ...more }));
    expect(await save({ hash: "0".repeat(32) })).toBe("dry-run-unknown");
    expect(await save({ name: "other" })).toBe("dry-run-unknown");
    expect(await save({ deadline: "+11d 17:00" })).toBe("dry-run-unknown");
    expect(await save({ revision: 2 })).toBe("revision-stale");
    w.clock.now += DAY;
    expect(await save({})).toBe("dry-run-unknown");
  });

  it("and half of its name, or one in a dry run, is a mistake", async () => {
    const w = await given(1);
    const { hash, asOf } = named(await w.plans.tryEdit(w.id, EDIT));
    expect(await codeOf(w.plans.edit(w.actor, w.id, { ...EDIT, hash }))).toBe("request-invalid");
    expect(await codeOf(w.plans.edit(w.actor, w.id, { ...EDIT, asOf }))).toBe("request-invalid");
    expect(await codeOf(w.plans.tryEdit(w.id, { ...EDIT, hash, asOf }))).toBe("request-invalid");
    expect(await codeOf(w.plans.tryOrder({ plans: [w.id], hash, asOf }))).toBe("request-invalid");
  });
});

describe("an order that names its dry run", () => {
  it("is saved where nothing has changed, and refused for another order", async () => {
    const w = await given(2);
    const other = await w.make({ name: "other", deadline: "+10d 17:00" });
    const order = [other.id, w.id];
    const shown = named(await w.plans.tryOrder({ plans: order }));
    expect(await codeOf(w.plans.order(w.actor, { plans: order.toReversed(), ...shown }))).toBe("dry-run-unknown");
    expect(await w.plans.order(w.actor, { plans: order, ...shown })).toEqual({
      plans: [
        { id: other.id, name: "other", order: 0 },
        { id: w.id, name: "phones", order: 1 },
      ],
      changed: { count: 0, allowed: 50, devices: [] },
    });
  });
});

describe("a standing plan that is made as its dry run has shown it", () => {
  const RINGS: PlanRequest = {
    ...STANDING,
    deadline: "+25d 17:00",
    rings: [
      { name: "Half", who: { percent: 50 }, opens: 0, due: 5 },
      { name: "Everyone", who: "rest", opens: 15, due: 25 },
    ],
  };

  it("has the rings that were shown, whose shares hang on the plan's id", async () => {
    const w = await world(fleetOf(80));
    const shown = await w.plans.dryRun(RINGS);
    const plan = await w.plans.create(w.actor, { ...RINGS, ...named(shown) });
    expect(plan.changed).toEqual({ count: 0, allowed: 50, devices: [] });
    // A second one has other shares, of which some 40 decisions differ: so many are let through, and listed.
    const again = await w.plans.create(w.actor, { ...RINGS, ...named(shown) });
    expect(again.id).not.toBe(plan.id);
    expect(again.changed?.count).toBeGreaterThan(10);
  });

  it("is refused where too much has changed, and nothing is made", async () => {
    const w = await world(fleetOf(60));
    const shown = named(await w.plans.dryRun(STANDING));
    await update(w, 51);
    expect(await codeOf(w.plans.create(w.actor, { ...STANDING, ...shown }))).toBe("dry-run-outdated");
    expect((await w.plans.list(undefined, 9)).rows).toEqual([]);
    expect(await codeOf(w.plans.create(w.actor, { ...STANDING, name: "other", ...shown }))).toBe("dry-run-unknown");
    expect(await codeOf(w.plans.create(w.actor, { ...STANDING, hash: shown.hash }))).toBe("request-invalid");
  });
});
