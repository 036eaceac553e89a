/** A job of a standing plan that failed: its week, and a person who says to try it again. */
import { describe, expect, it } from "vitest";
import type { Json } from "../../store/index.ts";
import { jobRow } from "../../store/suite-rows.ts";
import { table } from "../enrollment/one-device.suite.ts";
import { tryAgain } from "./try-again.ts";
import { DAY, NOW, phone, world } from "./world.suite.ts";

const FOUR = ["a", "b", "c", "d"].map((id) => phone(id, { serial: `S${id.toUpperCase()}` }));

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
