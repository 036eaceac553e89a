/** The contract of every backend, for admins: plans, their dry runs, blocks, blackouts and the halt. The three devices are those of `admin.suite.ts`. */
import { expect, it } from "vitest";
import type { Given } from "./given.suite.ts";
import type { PlanRow } from "./rows.ts";
import {
  blackoutRow,
  blockRow,
  dryRunRow,
  gateDecisionRow,
  givenRow,
  haltRow,
  jobRow,
  planRow,
  ringRunRow,
  rolloutRow,
} from "./suite-rows.ts";
import type { Write } from "./transaction.ts";

export function testPlans(given: Given): void {
  const { put } = given;
  it("counts plans by their revisions, and keeps dry runs with their pages until they are dropped", async () => {
    const { admin, devices } = given.store;
    const before = await admin.planRevisions();
    for (const id of ["p1", "p2", "p3"]) await put({ insert: "plan", row: planRow(id) });
    expect((await admin.planRevisions()) - before).toBe(3);
    const [one, other] = [dryRunRow("a", { catalogAt: 7 }), dryRunRow("b", { hash: "c" })];
    const page = (dryRunId: string, n: number) => ({ dryRunId, n, doc: { ids: ["é", String(n)], places: [0, 1] } });
    const pages = [page("a", 0), page("a", 1), page("b", 0)];
    await put(...[one, other].map((row) => ({ insert: "dryRun" as const, row })));
    await put(...pages.toReversed().map((row) => ({ insert: "dryRunPage" as const, row })));
    expect(await devices.read({ from: "dryRun", where: { hash: one.hash } })).toEqual([one]);
    expect(await devices.read({ from: "dryRunPage", where: { dryRunId: "a" } })).toEqual(pages.slice(0, 2));
    expect(await devices.read({ from: "dryRunPage", where: { dryRunId: "a", n: 1 } })).toEqual([pages[1]]);
    await put({ drop: "dryRun", where: { id: "a" } }, { drop: "dryRunPage", where: { dryRunId: "a" } });
    expect(await devices.read({ from: "dryRun", where: {} })).toEqual([other]);
    expect(await devices.read({ from: "dryRunPage", where: {} })).toEqual([pages[2]]);
  });

  it("lists the blocks that hold before those that have ended, the newest first", async () => {
    await put(
      { put: "block", row: blockRow("b1") },
      { put: "block", row: blockRow("b2", { live: 0, endedAt: 4, endedBy: "token:first", endReason: "mended" }) },
      { put: "block", row: blockRow("b3", { extra: "a", until: 9, lookedTo: "e" }) },
    );
    const rows = await given.store.admin.blocks();
    expect(rows.map(({ id }) => id)).toEqual(["b3", "b1", "b2"]);
    expect(rows[0]).toEqual(blockRow("b3", { extra: "a", until: 9, lookedTo: "e" }));
    const first = await given.store.admin.blockPage(undefined, 2);
    expect(first.rows.map(({ id }) => id)).toEqual(["b3", "b1"]);
    const last = await given.store.admin.blockPage(first.next, 2);
    expect([last.rows.map(({ id }) => id), last.next]).toEqual([["b2"], undefined]);
    const one = await given.store.admin.blockPage(undefined, 1);
    expect((await given.store.admin.blockPage(one.next, 9)).rows.map(({ id }) => id)).toEqual(["b1", "b2"]);
    expect(await given.store.admin.block("b2")).toEqual(rows[2]);
    expect(await given.store.admin.block("b9")).toBeUndefined();
    const live = await given.store.devices.read({ from: "block", where: { live: 1 } });
    expect(live.map(({ id }) => id)).toEqual(["b1", "b3"]);
    // A page that was looked at from elsewhere changes nothing: it must look again from the beginning.
    await put({ patch: "block", where: { id: "b1", live: 1, lookedTo: "x" }, set: { lookedTo: "y" } });
    await put({ patch: "block", where: { id: "b3", live: 1, lookedTo: "e" }, set: { lookedTo: null } });
    expect((await given.store.admin.blocks()).map(({ lookedTo }) => lookedTo)).toEqual([null, null, null]);
    expect((await given.store.devices.claimDue("block", 0, 9, 10)).map(({ id }) => id).toSorted()).toEqual([
      "b1",
      "b2",
      "b3",
    ]);
  });

  it("keeps the days of blackouts, and finds those that hold by their first day", async () => {
    await put(
      {
        put: "blackout",
        row: blackoutRow("Summer", { firstDay: "2027-07-01", lastDay: "2027-07-31", rule: "tag = a" }),
      },
      { put: "blackout", row: blackoutRow("Christmas", { lookedTo: "e" }) },
      { put: "blackout", row: blackoutRow("Gone", { live: 0 }) },
    );
    const live = () => given.store.devices.read({ from: "blackout", where: { live: 1 } });
    expect((await live()).map(({ name }) => name)).toEqual(["Christmas", "Summer"]);
    expect((await live())[0]).toEqual(blackoutRow("Christmas", { lookedTo: "e" }));
    // A page that was looked at from elsewhere drops nothing.
    await put({ drop: "blackout", where: { id: "gone", live: 0, lookedTo: "x", dueAt: 0 } });
    expect(await given.store.devices.read({ from: "blackout", where: { id: "gone" } })).toHaveLength(1);
    const due = await given.store.devices.claimDue("blackout", 0, 9, 10);
    expect(due.map(({ id }) => id).toSorted()).toEqual(["christmas", "gone", "summer"]);
    await put({ drop: "blackout", where: { id: "gone", live: 0, lookedTo: null, dueAt: 0 } });
    expect(await given.store.devices.read({ from: "blackout", where: { id: "gone" } })).toEqual([]);
  });

  it("finds the active plans, their live jobs by device, and the halt", async () => {
    const { admin } = given.store;
    const { put } = given;
    const before = await admin.activePlans();
    expect(await admin.halt()).toBeUndefined();
    await put(
      { insert: "plan", row: planRow("p1", { devices: 3 }) },
      {
        insert: "plan",
        row: planRow("p2", { state: "paused", pausedAt: 1, pauseReason: "why", pauseBy: "token:t" }),
      },
      { insert: "plan", row: planRow("p3", { state: "stopped" }) },
      { put: "job", row: jobRow("j9", "x1", { planId: "p1", state: "pausing" }) },
      { put: "job", row: jobRow("j8", "x2", { planId: "p1", live: 0, state: "done" }) },
      { put: "job", row: jobRow("j7", "x3", { planId: "p1" }) },
      { put: "halt", row: haltRow() },
    );
    const byId = [...before, { id: "p1", devices: 3 }].toSorted((a, b) => (a.id < b.id ? -1 : 1));
    expect(await admin.activePlans()).toEqual(byId);
    const page = async (after: string, limit: number) =>
      (await admin.liveDocs("p1", after, limit)).map(({ enrollmentId }) => enrollmentId);
    expect([await page("", 9), await page("", 1), await page("x1", 9)]).toEqual([["x1", "x3"], ["x1"], ["x3"]]);
    expect(await admin.halt()).toEqual(haltRow());
    await put({ put: "halt", row: haltRow({ active: 0, since: 9 }) });
    expect(await admin.halt()).toMatchObject({ active: 0, since: 9 });
  });

  it("finds standing plans in their order, and what belongs to them", async () => {
    const { admin } = given.store;
    const standing = (id: string, place: number, more: Partial<PlanRow> = {}): Write => ({
      insert: "plan",
      row: planRow(id, { kind: "standing", place, ...more }),
    });
    await put(
      standing("p1", 1),
      standing("p2", 0, { state: "paused" }),
      standing("p3", 2, { state: "stopped" }),
      { insert: "plan", row: planRow("p4") },
      { insert: "rollout", row: rolloutRow("r2", { planId: "p1", beganAt: 2 }) },
      {
        insert: "rollout",
        row: rolloutRow("r1", { planId: "p1", beganAt: 1, version: "26.6.1", state: "superseded" }),
      },
      { insert: "rollout", row: rolloutRow("r3", { planId: "p2" }) },
      { insert: "ringRun", row: ringRunRow("r1", 1) },
      { insert: "ringRun", row: ringRunRow("r1", 0, { state: "open", openedAt: 5, countFrom: 5 }) },
      { insert: "ringRun", row: ringRunRow("r3", 0) },
      { insert: "gateDecision", row: gateDecisionRow("r1", 0, { at: 1 }) },
      { insert: "gateDecision", row: gateDecisionRow("r1", 1, { at: 2, what: "pass", numbers: { good: 3 } }) },
      { insert: "given", row: givenRow("e1", "26.6.1", { givenAt: 2, revision: 3 }) },
      { insert: "given", row: givenRow("e1", "26.6.2", { givenAt: 1, cause: "plan-edited" }) },
      { insert: "given", row: givenRow("e2", "26.6.2") },
    );
    expect((await admin.standingPlans()).map(({ id }) => id)).toEqual(["p2", "p1"]);
    expect((await admin.rolloutsOf(["p1"])).map(({ id }) => id)).toEqual(["r1", "r2"]);
    expect((await admin.ringRunsOf(["r1", "r2"])).map(({ ring, state }) => [ring, state])).toEqual([
      [0, "open"],
      [1, "waiting"],
    ]);
    expect((await admin.gateDecisions("r1")).map(({ what, numbers }) => [what, numbers])).toEqual([
      ["pass", { good: 3 }],
      ["open", {}],
    ]);
    expect(await admin.givenTo(["e1"])).toEqual([
      givenRow("e1", "26.6.2", { givenAt: 1, cause: "plan-edited" }),
      givenRow("e1", "26.6.1", { givenAt: 2, revision: 3 }),
    ]);
    expect([await admin.rolloutsOf([]), await admin.ringRunsOf([]), await admin.givenTo([])]).toEqual([[], [], []]);
    // A release has one rollout in a plan, and one more after each block.
    await expect(put({ insert: "rollout", row: rolloutRow("r4", { planId: "p1" }) })).rejects.toMatchObject({
      code: "store-conflict",
    });
    await put({ insert: "rollout", row: rolloutRow("r4", { planId: "p1", blockId: "b" }) });
  });
}
