/** A new major is said before it starts to count, and held back by a person. */
import { describe, expect, it } from "vitest";
import type { Json } from "../../store/index.ts";
import { sampleLookupService } from "../../catalog/index.ts";
import { noteList } from "../catalog/note-list.ts";
import { readList } from "../catalog/read-list.ts";
import { tellMajorsAhead } from "./majors-ahead.ts";
import { phone, world } from "./world.suite.ts";

const FOUR = ["a", "b", "c", "d"].map((id) => phone(id, { serial: `S${id.toUpperCase()}` }));

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
      { platform: "iOS", major: 27, startsOn: "2026-09-14", from: 26, to: 27, devices: 4, sentence },
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
