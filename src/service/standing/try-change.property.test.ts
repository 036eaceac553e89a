/** The dry run of an edit, an order or a stop, and what comes of it, agree for every device (targets P4, 13.8). */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GoverningTrial, PlanEdit, PlanRequest, UnderPlanView } from "../../contract/index.ts";
import { readLiveJob } from "../../plans/index.ts";
import { wantedText } from "../../catalog/index.ts";
import type { Json } from "../../store/index.ts";
import { HOUR, phone, STANDING, type World, world } from "./world.suite.ts";

const IDS = ["a", "b", "c", "d", "e", "f"];
const RULES = ["all", "serial in (SA, SB, SC)", "not serial = SD", "major = 18"];

/** The last one is always on 18, so that each rule for plans that are made matches one. */
const versions = fc.array(fc.constantFrom("26.5", "26.6", "26.6.1", "18.5"), { minLength: 5, maxLength: 5 });
const fleetOf = (five: readonly string[]) =>
  [...five, "18.5"].map((osVersion, n) =>
    phone(IDS[n] ?? "", { serial: `S${(IDS[n] ?? "").toUpperCase()}`, osVersion }),
  );
const rings = fc.constantFrom<NonNullable<PlanRequest["rings"]>>(
  [],
  [
    { name: "Pilot", who: "serial in (SA, SE)", opens: 0, due: 5 },
    { name: "Everyone", who: "rest", opens: 15, due: 25 },
  ],
  [
    { name: "Half", who: { percent: 50 }, opens: 0, due: 5 },
    { name: "Pilot", who: "serial in (SA, SE)", opens: 10, due: 15 },
    { name: "Everyone", who: "rest", opens: 18, due: 25 },
  ],
);
const terms = fc.record({
  include: fc.constantFrom(...RULES),
  to: fc.constantFrom("latest-minor", "latest", "latest-minor below 26.6.1", "26.6"),
  allowMajor: fc.boolean(),
  deadline: fc.constantFrom("+25d 17:00", "+25d 09:30"),
  skipWeekdays: fc.constantFrom<NonNullable<PlanRequest["skipWeekdays"]>>([], ["sat", "sun"]),
  noticeHours: fc.constantFrom(24, 40),
  window: fc.constantFrom("22:00-05:00", "12:00-19:00"),
  rings,
});
const changes = fc.oneof(
  terms.chain((all) =>
    fc.subarray(Object.keys(all) as (keyof typeof all)[], { minLength: 1 }).map((fields) => ({
      kind: "edit" as const,
      fields: Object.fromEntries(fields.map((field) => [field, all[field]])),
    })),
  ),
  fc.constant({ kind: "edit" as const, fields: { include: "serial = SNONE" } as object }),
  fc.nat(2).map((order) => ({ kind: "edit" as const, fields: { order } as object })),
  fc.shuffledSubarray([0, 1, 2], { minLength: 3 }).map((order) => ({ kind: "order" as const, order })),
  fc.constant({ kind: "stop" as const }),
);

/** What the rows say of a device, as the dry run says it. */
async function stands(w: World, id: string): Promise<UnderPlanView> {
  const row = await w.device(id);
  const live = await w.liveJob(id);
  const plan = row.governedBy === null ? null : await w.plans.show(row.governedBy);
  const rings = plan?.standing?.rings ?? [];
  return {
    plan: plan === null ? null : { id: plan.id, name: plan.name },
    ring: row.ring === null ? null : (rings[row.ring]?.name ?? null),
    release: row.aim,
    job: live === undefined ? null : wantedText(readLiveJob(live.doc as Json).target),
    deadlineLocal: row.deadlineLocal,
  };
}

const all = async (w: World): Promise<ReadonlyMap<string, UnderPlanView>> =>
  new Map(await Promise.all(IDS.map(async (id) => [id, await stands(w, id)] as const)));

describe("the dry run of a change of plans", () => {
  it("says what the change does, for every device", async () => {
    const property = fc.asyncProperty(
      versions,
      fc.tuple(terms, terms, terms),
      fc.array(fc.tuple(fc.nat(2), fc.nat(2)), { maxLength: 4 }),
      fc.subarray(IDS, { maxLength: 2 }),
      fc.nat(2),
      changes,
      async (fleet, plans, opened, begun, nth, change) => {
        const w = await world(fleetOf(fleet));
        const ids: string[] = [];
        for (const [n, more] of plans.entries())
          ids.push((await w.make({ ...STANDING, ...more, name: `plan ${n}` })).id);
        for (const [plan, ring] of opened) {
          await w.open(ids[plan] ?? "", ring);
          await w.settle();
        }
        // A stop withdraws what has begun as well, and follows it.
        for (const id of change.kind === "stop" ? [] : begun) {
          const job = await w.liveJob(id);
          if (job === undefined) continue;
          const doc = { ...(job.doc as object), state: "installing" } as unknown as Json;
          await w.put({ patch: "job", where: { id: job.id }, set: { doc, state: "installing" } });
        }
        w.clock.now += HOUR;
        await w.settle();
        const before = await all(w);
        const tried = await carry(w, ids, nth, change);
        await w.settle();
        const after = await all(w);
        const rows = new Map(tried.rows.map((row) => [row.device.id, row]));
        for (const id of IDS) {
          const row = rows.get(id);
          expect([id, row?.before ?? before.get(id)]).toEqual([id, before.get(id)]);
          expect([id, row?.after ?? before.get(id)]).toEqual([id, after.get(id)]);
        }
      },
    );
    await fc.assert(property, { numRuns: 40 });
  }, 120_000);
});

/** Tries it, and does it. */
async function carry(
  { plans, actor }: World,
  ids: readonly string[],
  nth: number,
  change:
    | { readonly kind: "edit"; readonly fields: object }
    | { readonly kind: "order"; readonly order: readonly number[] }
    | { readonly kind: "stop" },
): Promise<GoverningTrial> {
  const id = ids[nth] ?? "";
  if (change.kind === "stop") {
    const tried = await plans.tryStop(id);
    await plans.stop(actor, id);
    return tried;
  }
  if (change.kind === "order") {
    const order = { plans: change.order.map((n) => ids[n] ?? "") };
    const tried = await plans.tryOrder(order);
    await plans.order(actor, order);
    return tried;
  }
  const edit: PlanEdit = { revision: (await plans.show(id)).revision, ...change.fields };
  const tried = await plans.tryEdit(id, edit);
  await plans.edit(actor, id, edit);
  return tried;
}
