/** Events that are written with their causes, and what is kept for webhooks. */
import { describe, expect, it } from "vitest";
import type { Given } from "./given.suite.ts";
import type { Write } from "./transaction.ts";
import { before, deliveryRow, enrollmentRow, planRow, webhookRow } from "./suite-rows.ts";
import { rename } from "./suite-transactions.ts";

/** Nothing is old enough to be forgotten. */
const NOTHING = before(0);

export function testEvents(given: Given): void {
  const devices = (...ids: readonly string[]): Write[] =>
    ids.map((id) => ({ put: "enrollment", row: enrollmentRow(id, { deviceName: "old" }) }));
  const events = async (after = 0, limit = 100) =>
    (await given.store.admin.eventsAfter(after, limit)).map(({ id, at, kinds, data }) => ({ id, at, kinds, data }));
  const numbers = async () => (await given.store.admin.eventsAfter(0, 100)).map(({ seq }) => seq);

  describe("events", () => {
    it("are written with their cause, in the order of the asks, with what was read", async () => {
      await given.put(...devices("e1", "e2", "e3"));
      const ask = (ids: readonly string[], now: number) =>
        given.store.devices.run(rename, { ids, name: `n${now}`, now });
      await Promise.all([ask(["e1"], 1), ask(["e2", "e3"], 2), ask(["e1"], 3)]);
      expect(await events()).toMatchObject([
        { id: "e1", at: 1, kinds: ["device.changed"], data: { device: { deviceName: "n1", platform: "iOS" } } },
        { id: "e2", at: 2, data: { device: { deviceName: "n2" } } },
        { id: "e3", at: 2, data: { device: { deviceName: "n2" } } },
        { id: "e1", at: 3, data: { device: { deviceName: "n3" } } },
      ]);
      const all = await numbers();
      expect(all.every((seq, n) => n === 0 || seq > (all[n - 1] ?? seq))).toBe(true);
      expect(await given.store.admin.eventBounds()).toEqual({ first: all[0], last: all[3] });
      expect(await events(all[1] ?? 0, 1)).toMatchObject([{ id: "e3" }]);
    });

    it("are not written where their cause is not, nor where nothing differs that lists show", async () => {
      await given.put(...devices("e1"), { put: "plan", row: planRow("taken") });
      const ask = { ids: ["e1"], name: "new", now: 1 };
      await expect(given.store.devices.run(rename, { ...ask, conflict: true })).rejects.toMatchObject({
        code: "store-conflict",
      });
      await given.store.devices.noteSeen(new Map([["e1", 99]]));
      expect(await events()).toEqual([]);
      expect(await given.store.admin.eventBounds()).toBeUndefined();
    });

    it("are forgotten before the history is; the newest stays, and no number is given twice", async () => {
      await given.put(...devices("e1"));
      for (const now of [10, 20, 30]) await given.store.devices.run(rename, { ids: ["e1"], name: "x", now });
      const [, , last] = await numbers();
      const prune = (events: number, n: number) => given.store.devices.prune({ ...NOTHING, events }, n);
      expect([await prune(25, 1), await prune(25, 5), await prune(25, 5)]).toEqual([1, 1, 0]);
      expect([await prune(99, 5), await numbers()]).toEqual([0, [last]]);
      await given.store.devices.run(rename, { ids: ["e1"], name: "y", now: 40 });
      expect((await given.store.admin.eventBounds())?.last).toBeGreaterThan(last ?? Number.NaN);
    });
  });

  describe("webhooks", () => {
    const deliveries = (
      ...rows: readonly (readonly [id: string, webhookId: string, dueAt: number | null])[]
    ): Write[] =>
      rows.map(([id, webhookId, dueAt]) => ({
        insert: "webhookDelivery",
        row: deliveryRow(id, webhookId, {
          dueAt,
          createdAt: Number(id.slice(1)),
          state: dueAt === null ? "delivered" : "waiting",
        }),
      }));
    const ids = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id);

    it("are listed by name, each name once, and claimed when their next delivery is due", async () => {
      const row = webhookRow("w1", { name: "b", dueAt: 5, events: ["job.*"] });
      await given.put({ insert: "webhook", row }, { insert: "webhook", row: webhookRow("w2", { name: "a" }) });
      expect(ids(await given.store.admin.webhooks())).toEqual(["w2", "w1"]);
      await expect(given.put({ insert: "webhook", row: { ...row, id: "w3" } })).rejects.toMatchObject({
        code: "store-conflict",
      });
      expect(await given.store.devices.claimDue("webhook", 4, 9, 100)).toEqual([]);
      expect(await given.store.devices.claimDue("webhook", 5, 9, 100)).toEqual([{ ...row, leaseUntil: 105 }]);
    });

    it("have deliveries: those that are due, how many wait, and a log in pages, newest first", async () => {
      await given.put(
        ...deliveries(["d1", "w1", 30], ["d2", "w1", null], ["d3", "w1", 10], ["d4", "w1", 20], ["d5", "w2", 1]),
      );
      const { admin } = given.store;
      expect(ids(await admin.deliveriesDue("w1", 20, 9))).toEqual(["d3", "d4"]);
      expect(ids(await admin.deliveriesDue("w1", 99, 1))).toEqual(["d3"]);
      expect([await admin.deliveriesWaiting("w1"), await admin.deliveriesWaiting("w9")]).toEqual([3, 0]);
      const first = await admin.deliveries({ webhookId: "w1", limit: 3 });
      expect([ids(first.rows), first.next]).toEqual([["d4", "d3", "d2"], "d2"]);
      expect(ids((await admin.deliveries({ webhookId: "w1", limit: 3, after: "d2" })).rows)).toEqual(["d1"]);
      expect(ids((await admin.deliveries({ webhookId: "w1", limit: 3, state: "delivered" })).rows)).toEqual(["d2"]);
    });

    it("keep the deliveries that wait, and forget the others", async () => {
      await given.put(...deliveries(["d1", "w1", 30], ["d2", "w1", null], ["d3", "w1", null], ["d4", "w1", null]));
      const prune = (n: number) => given.store.devices.prune({ ...NOTHING, deliveries: 4 }, n);
      expect([await prune(1), await prune(5), await prune(5)]).toEqual([1, 1, 0]);
      expect(ids((await given.store.admin.deliveries({ webhookId: "w1", limit: 9 })).rows)).toEqual(["d4", "d1"]);
    });
  });
}
