/** Devices that are resolved together, on a real store: none depends on which of them came first, or on another that can't be read. */
import { describe, expect, it, vi } from "vitest";
import { sampleLookupService } from "../../catalog/index.ts";
import { blackoutRow, blockRow } from "../../store/suite-rows.ts";
import { noteList } from "../catalog/note-list.ts";
import { readList } from "../catalog/read-list.ts";
import { DAY, MINUTE, phone, world } from "./world.suite.ts";

/** A plan has given three devices their jobs; `error` takes what is logged. `damage`: the job as a newer program leaves it that was taken back. */
async function threeWithJobs() {
  const error = vi.fn<(...said: unknown[]) => unknown>();
  const w = await world(
    ["a", "b", "c"].map((id) => phone(id)),
    error,
  );
  const { id } = await w.make();
  await w.open(id, 0);
  await w.settle();
  expect(error).not.toHaveBeenCalled();
  const damage = async (device: string): Promise<string> => {
    const job = await w.liveJob(device);
    const doc = { ...(job?.doc as object), v: 99 };
    await w.put({ patch: "job", where: { id: job?.id ?? "" }, set: { doc } });
    return job?.id ?? "";
  };
  return { ...w, error, id, damage };
}

describe("a device of which something stored can't be read", () => {
  it("keeps no other from its job, is told by the log, and is looked at again in five minutes", async () => {
    const { error, id, damage, ...w } = await threeWithJobs();
    const jobs = await Promise.all(["a", "c"].map((one) => w.liveJob(one)));
    await damage("b");
    await w.put(...jobs.map((job) => ({ drop: "job", where: { id: job?.id ?? "" } }) as const));
    await w.sweep();
    expect(error).toHaveBeenCalledWith("due-work-failed", { what: "compliance", error: expect.any(String) });
    expect(await Promise.all(["a", "c"].map(async (one) => (await w.liveJob(one))?.planId))).toEqual([id, id]);
    const { classDueAt } = await w.device("b");
    expect(classDueAt).toBeGreaterThan(w.clock.now);
    expect(classDueAt).toBeLessThanOrEqual(w.clock.now + 5 * MINUTE);
    expect((await w.store.devices.read({ from: "sweep", where: { name: "compliance" } }))[0]).toMatchObject({
      cursor: null,
    });
    expect((await w.plans.tryStop(id)).plans[0]).toMatchObject({ plan: { id }, leaves: 2 });
  });
});

describe("a job that can't be read", () => {
  it("keeps no other from a blackout and a block that are made", async () => {
    const { error, damage, ...w } = await threeWithJobs();
    const damaged = await damage("b");
    const jobs = () =>
      Promise.all(["a", "c"].map(async (one) => (await w.liveJob(one))?.doc as { deadline?: string } | undefined));
    const day = (await jobs())[0]?.deadline?.slice(0, 10) ?? "";
    const due = { dueAt: w.clock.now };
    await w.put({ put: "blackout", row: blackoutRow("fair", { firstDay: day, lastDay: day, ...due }) });
    while ((await w.work.blackouts()) > 0);
    const moved = (await jobs()).map((job) => job?.deadline?.slice(0, 10));
    expect(moved.every((to) => to !== undefined && to > day)).toBe(true);
    await w.put({ put: "block", row: blockRow("b1", { platform: "iOS", version: "26.6.1", ...due }) });
    while ((await w.work.blocks()) > 0);
    expect(await jobs()).toEqual([undefined, undefined]);
    expect(error).toHaveBeenCalledWith("due-work-failed", expect.objectContaining({ what: "blackout", job: damaged }));
    expect(error).toHaveBeenCalledWith("due-work-failed", expect.objectContaining({ what: "block", job: damaged }));
  });
});

describe("the first day of a release of a new major (targets D2, T4)", () => {
  const list = (): unknown => {
    const sample = structuredClone(sampleLookupService()) as unknown as {
      PublicAssetSets: { iOS: object[] };
      AssetSets: { iOS: object[] };
    };
    const newer = {
      ...sample.PublicAssetSets.iOS[0],
      ProductVersion: "27.0",
      Build: "24A1",
      PostingDate: "2026-08-24",
    };
    sample.PublicAssetSets.iOS.push(newer);
    sample.AssetSets.iOS.push(newer);
    return sample;
  };
  /** The day from which the rollout of 27.0 counts, on 1 September: a major counts five days after it was posted. */
  async function baseBeside(...others: readonly ReturnType<typeof phone>[]) {
    const w = await world([phone("a"), ...others]);
    await w.store.devices.run(noteList, readList(list(), {}, w.clock.now).input);
    const plan = await w.make({ to: "latest", allowMajor: true, newMajorAfterDays: 5 });
    w.clock.now += 7 * DAY;
    await w.sweep();
    const rollouts = await w.store.admin.rolloutsOf([plan.id]);
    return rollouts.filter(({ version }) => version === "27.0").map(({ base }) => base);
  }

  it("is the day it counts from", async () => expect(await baseBeside()).toEqual(["2026-08-29"]));

  it("is its own where a device runs that major, whichever of them is resolved first", async () => {
    const runs = { osVersion: "27.0", classDueAt: null };
    expect(await baseBeside(phone("0", runs))).toEqual(["2026-08-25"]);
    expect(await baseBeside(phone("z", runs))).toEqual(["2026-08-25"]);
  });

  it("is not changed by a device of another scope or platform", async () => {
    expect(await baseBeside(phone("z", { osVersion: "27.0", platform: "iPadOS", productName: "iPad13,4" }))).toEqual([
      "2026-08-29",
    ]);
  });
});
