/** The contract of every backend, in asks and answers. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Write } from "./transaction.ts";
import { testAdmin } from "./admin.suite.ts";
import { testDeviceList } from "./device-list.suite.ts";
import { testScopes } from "./scope.suite.ts";
import { addPlan, bump, claimOnce, count, fail, decoded, write } from "./suite-transactions.ts";
import type { Emptied, Given } from "./given.suite.ts";
import {
  assignmentRow,
  auditRow,
  commandBytesRow,
  commandRow,
  enrollmentRow,
  jobRow,
  linkRow,
  planDeviceRow,
  planRow,
  policyRow,
} from "./suite-rows.ts";
import { testEvents } from "./events.suite.ts";
import { testLookups } from "./lookups.suite.ts";
import { testTime } from "./time.suite.ts";

/** A kind of store; `open` gives an empty one. */
interface Backend {
  readonly name: string;
  open(): Promise<Emptied>;
}

/** One store for the `describe` that calls this, empty for each test. */
function givenOf(backend: Backend): Given {
  let store: Emptied;
  beforeAll(async () => {
    store = await backend.open();
  });
  afterEach(() => store.empty());
  afterAll(() => store.close());
  return {
    get store() {
      return store;
    },
    put: (...writes: Write[]) => store.devices.run(write, { writes }),
  };
}

/** What admins ask of a store. */
export function testAdminStore(backend: Backend): void {
  describe(`admin store on ${backend.name}`, () => {
    const given = givenOf(backend);
    testAdmin(given);
    testScopes(given);
  });
}

/** The list of devices. */
export function testListStore(backend: Backend): void {
  describe(`device list on ${backend.name}`, () => {
    testDeviceList(givenOf(backend));
  });
}

export function testDeviceStore(backend: Backend): void {
  describe(`device store on ${backend.name}`, () => {
    const given = givenOf(backend);
    const { put } = given;

    it("gives back what was put: text, JSON, bytes, numbers and null", async () => {
      const job = jobRow("j1", "e1", { dueAt: 2 ** 45 });
      const command = commandRow("e1", "c1");
      await put(
        { put: "enrollment", row: enrollmentRow("e1") },
        { put: "job", row: job },
        { put: "command", row: command },
        { put: "commandBytes", row: commandBytesRow("e1", "c1") },
      );
      expect(await given.store.devices.read({ from: "job", where: { id: "j1" } })).toEqual([job]);
      expect(await given.store.devices.read({ from: "command", where: { enrollmentId: "e1" } })).toEqual([command]);
      const [row] = await given.store.devices.read({ from: "commandBytes", where: { enrollmentId: "e1" } });
      expect([...(row?.bytes ?? [])]).toEqual([0, 255, 10]);
    });

    it("gives back numbers up to 2^53, and text with any character in it, U+0000 too, and finds it", async () => {
      const odd = 'nul\0 mark\uFDD0 \uFDD00 back\\slash "quote" {brace},NULL 📱';
      const row = enrollmentRow("e1", {
        appleId: odd,
        deviceName: odd,
        dueAt: Number.MAX_SAFE_INTEGER,
      });
      const facts = { enrollmentId: "e1", doc: { [odd]: { value: [odd, ""], at: Number.MAX_SAFE_INTEGER } } };
      await put({ put: "facts", row: facts });
      expect(await given.store.devices.read({ from: "facts", where: { enrollmentId: "e1" } })).toEqual([facts]);
      await put({ put: "enrollment", row }, { put: "enrollment", row: enrollmentRow("e2", { deviceName: "" }) });
      const read = async (appleId: string) => given.store.devices.read({ from: "enrollment", where: { appleId } });
      expect(await read(odd)).toEqual([row]);
      expect(await read(odd.replace("\0", ""))).toEqual([]);
      await put({ patch: "enrollment", where: { appleId: odd }, set: { serial: "\0" } });
      expect((await read(odd))[0]?.serial).toBe("\0");
      expect((await given.store.admin.named([odd, "\0"])).get(odd)).toHaveLength(1);
      const found = await given.store.admin.devices({ limit: 9, search: "NUL\0 m" });
      expect(found.rows.map(({ enrollment }) => enrollment.deviceName)).toEqual([odd]);
    });

    it("writes what comes along with an ask in its transaction, and only where the ask writes anything", async () => {
      const also = (id: string): Write[] => [{ insert: "audit", row: auditRow(id) }];
      const rows = () => given.store.devices.read({ from: "audit", where: {} });
      const made = await given.store.devices.runWith(claimOnce, { token: "t1" }, also("a"));
      expect(made).toEqual({ result: true, written: true });
      expect(await given.store.devices.runWith(claimOnce, { token: "t2" }, also("b"))).toEqual({
        result: false,
        written: false,
      });
      expect(await rows()).toEqual([auditRow("a")]);
      // Neither without the other: the row that comes along is there already, and the plan is.
      await expect(given.store.devices.runWith(addPlan, { id: "p" }, also("a"))).rejects.toMatchObject({
        code: "store-conflict",
      });
      expect(await given.store.devices.read({ from: "plan", where: { id: "p" } })).toEqual([]);
      await given.store.devices.run(addPlan, { id: "q" });
      await expect(given.store.devices.runWith(addPlan, { id: "q" }, also("c"))).rejects.toMatchObject({
        code: "store-conflict",
      });
      expect(await rows()).toEqual([auditRow("a")]);
    });

    it("puts what an ask says of its change into the row of the audit that comes along", async () => {
      await given.store.devices.runWith(addPlan, { id: "p" }, [{ insert: "audit", row: auditRow("a") }]);
      expect(await given.store.devices.read({ from: "audit", where: {} })).toEqual([
        auditRow("a", { before: null, after: { id: "p", token: "‹removed›" } }),
      ]);
    });

    it("applies the writes of an ask in their order, several to one row too", async () => {
      const [a, b] = [planRow("a"), planRow("b")];
      await put(
        { insert: "plan", row: a },
        { patch: "plan", where: { id: "a" }, set: { devices: 5 } },
        { patch: "plan", where: { id: "a" }, set: { name: "patched" } },
        { put: "plan", row: b },
        { drop: "plan", where: { id: "b" } },
        { insert: "plan", row: { ...b, name: "again" } },
        { patch: "plan", where: { id: "b", devices: 99 }, set: { name: "not that one" } },
        { patch: "plan", where: { name: "patched" }, set: { state: "stopped" } },
        { patch: "plan", where: { id: "a" }, set: { name: "last" } },
      );
      expect(await given.store.devices.read({ from: "plan", where: {} })).toEqual([
        { ...a, devices: 5, name: "last", state: "stopped" },
        { ...b, name: "again" },
      ]);
    });

    it("replaces no other row for a put that wants what is unique in it", async () => {
      await put({ put: "enrollment", row: enrollmentRow("e1", { appleId: "taken" }) });
      const thief = put({ put: "enrollment", row: enrollmentRow("e2", { appleId: "taken" }) });
      await expect(thief).rejects.toMatchObject({ code: "store-conflict" });
      const move = [
        { put: "enrollment" as const, row: enrollmentRow("e3") },
        { patch: "enrollment" as const, where: { id: "e3" }, set: { appleId: "taken" } },
      ];
      await expect(put(...move)).rejects.toMatchObject({ code: "store-conflict" });
      expect(await given.store.devices.read({ from: "enrollment", where: {} })).toEqual([
        enrollmentRow("e1", { appleId: "taken" }),
      ]);
    });

    it("refuses only the asks at fault of many at once, for what the database refuses too", async () => {
      const insert = (name: string) =>
        given.store.devices.run(addPlan, { id: name }).then(
          () => name,
          (error: unknown) => (error as { code?: string }).code ?? "other",
        );
      await put({ insert: "plan", row: planRow("7") }, { insert: "plan", row: planRow("40") });
      const names = Array.from({ length: 60 }, (_, i) => String(i));
      const result = await Promise.all(names.map(insert));
      expect(result).toEqual(names.map((name) => (name === "7" || name === "40" ? "store-conflict" : name)));
      expect(await given.store.devices.read({ from: "plan", where: {} })).toHaveLength(60);
    });

    // Transactions of one device know it by what it calls itself, or by our id.
    it("does asks that meet in a row one after the other, by whatever name they found it", async () => {
      const ids = Array.from({ length: 20 }, (_, i) => `e${i}`);
      await put(...ids.map((id): Write => ({ put: "enrollment", row: enrollmentRow(id) })));
      const asks = Array.from({ length: 5 }, () => ids).flat();
      await Promise.all(
        asks.flatMap((id) => [
          given.store.devices.run(bump, { by: "id", value: id }),
          given.store.devices.run(bump, { by: "appleId", value: `UDID-${id}` }),
        ]),
      );
      const rows = await given.store.devices.read({ from: "enrollment", where: {} });
      expect(rows.map((row) => row.unheard)).toEqual(ids.map(() => 10));
    });

    it("lets what an ask did not find stay absent until it has written", async () => {
      const result = await Promise.all(
        Array.from({ length: 20 }, (_, i) => given.store.devices.run(claimOnce, { token: `t${i}` })),
      );
      expect(result.filter(Boolean)).toHaveLength(1);
    });

    it("patches only the columns named and drops only the rows named", async () => {
      await put(
        { put: "enrollment", row: enrollmentRow("e1", { unheard: 3 }) },
        { put: "enrollment", row: enrollmentRow("e2") },
      );
      await put({
        patch: "enrollment",
        where: { id: "e1" },
        set: { osVersion: "26.6", reportedVersion: "26.6" },
      });
      await put({ drop: "enrollment", where: { id: "e2" } });
      const rows = await given.store.devices.read({ from: "enrollment", where: {} });
      expect(rows).toEqual([enrollmentRow("e1", { unheard: 3, osVersion: "26.6", reportedVersion: "26.6" })]);
    });

    it("fills the columns that follow from a document, when a row is put and when it is patched", async () => {
      const trouble = { code: "push-token-dead", reason: "Unregistered", since: 7 } as const;
      const doc = { bootstrapToken: "missing" };
      const rows = async () => [
        (await given.store.devices.read({ from: "job", where: {} })).map(({ needsUser }) => needsUser),
        (await given.store.devices.read({ from: "enrollment", where: {} })).map((row) => row.pushTroubleSince),
      ];
      await put(
        { put: "job", row: jobRow("j1", "e1", { doc }) },
        { put: "job", row: jobRow("j2", "e2") },
        { put: "enrollment", row: enrollmentRow("e1", { pushTrouble: trouble }) },
        { put: "enrollment", row: enrollmentRow("e2") },
      );
      expect(await rows()).toEqual([
        [1, 0],
        [7, null],
      ]);
      await put(
        { patch: "job", where: { id: "j1" }, set: { doc: {} } },
        { patch: "job", where: { id: "j2" }, set: { doc, reason: "other" } },
        { patch: "enrollment", where: { id: "e1" }, set: { pushTrouble: null } },
        { patch: "enrollment", where: { id: "e2" }, set: { unheard: 1 } },
      );
      expect(await rows()).toEqual([
        [0, 1],
        [null, null],
      ]);
    });

    it("matches null as a value", async () => {
      await put(
        { put: "planDevice", row: planDeviceRow("p", "e0", { doneAt: 5 }) },
        { put: "planDevice", row: planDeviceRow("p", "e1") },
      );
      const rows = await given.store.devices.read({ from: "planDevice", where: { planId: "p", doneAt: null } });
      expect(rows.map((row) => row.enrollmentId)).toEqual(["e1"]);
    });

    it("reads an ask before anything else, and refuses alone the one that can't be read", async () => {
      const run = (text: string) => given.store.devices.run(decoded, { text });
      const results = await Promise.allSettled([
        run('{"name":"a","value":1}'),
        run("{"),
        run('{"name":"a","value":2}'),
      ]);
      expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
      expect(await run('{"name":"a","value":3}')).toBe(2);
    });

    it("undoes a throwing ask alone, among others of the same batch", async () => {
      const results = await Promise.allSettled([
        given.store.devices.run(count, { name: "n" }),
        given.store.devices.run(fail, { text: "on purpose" }),
        given.store.devices.run(count, { name: "n" }),
      ]);
      expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
      expect(String((results[1] as PromiseRejectedResult).reason)).toContain("on purpose");
      expect(await given.store.devices.run(count, { name: "n" })).toBe(2);
    });

    it("refuses a second insert of the same key, undoing all of that ask and nothing else", async () => {
      await put({ insert: "plan", row: planRow("p") });
      const twice = put({ put: "setting", row: { name: "half", value: 1 } }, { insert: "plan", row: planRow("p") });
      await expect(twice).rejects.toMatchObject({ code: "store-conflict" });
      expect(await given.store.devices.read({ from: "setting", where: { name: "half" } })).toEqual([]);
    });

    it("keeps one live job per device", async () => {
      await put({ insert: "job", row: jobRow("j1", "e1") });
      await expect(put({ insert: "job", row: jobRow("j2", "e1") })).rejects.toMatchObject({ code: "store-conflict" });
      await put({ patch: "job", where: { id: "j1" }, set: { live: 0 } }, { insert: "job", row: jobRow("j2", "e1") });
      expect(
        (await given.store.devices.read({ from: "job", where: { enrollmentId: "e1" } }))
          .map((job) => job.live)
          .toSorted((a, b) => a - b),
      ).toEqual([0, 1]);
    });

    it("loses and doubles nothing of many asks at once", async () => {
      const result = await Promise.all(
        Array.from({ length: 1000 }, () => given.store.devices.run(count, { name: "many" })),
      );
      expect([...result].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    });

    it("refuses a write that names no row", async () => {
      await expect(put({ drop: "enrollment", where: {} })).rejects.toThrow("names no row");
    });

    it("numbers the timeline in the order of the commits", async () => {
      for (const kind of ["answer", "not-now", "status"] as const)
        await put({ insert: "timeline", row: { enrollmentId: "e1", at: 1, kind, data: {}, raw: null } });
      const rows = await given.store.devices.read({ from: "timeline", where: { enrollmentId: "e1" } });
      expect(rows.map((row) => row.kind)).toEqual(["answer", "not-now", "status"]);
      expect(rows.every((row, i) => i === 0 || (row.seq ?? 0) > (rows[i - 1]?.seq ?? 0))).toBe(true);
    });

    it("finds the policy for everyone, and a policy's devices in pages with their number by state", async () => {
      await put(
        { put: "policy", row: policyRow("p1", { dueAt: 5 }) },
        { put: "policy", row: policyRow("p2", { everyone: 1, createdAt: 2 }) },
        { put: "policyChunk", row: { policyId: "p1", n: 0, devices: ["e1", "e2"], madeAt: null } },
        ...["e1", "e2", "e3"].map((id) => ({ put: "enrollment" as const, row: enrollmentRow(id) })),
        ...["e1", "e2", "e3"].map((id) => ({ put: "assignment" as const, row: assignmentRow(id, "p1") })),
        { patch: "assignment", where: { enrollmentId: "e2" }, set: { state: "applied", confirmed: "t" } },
        { put: "assignment", row: assignmentRow("e3", "p2") },
      );
      expect(await given.store.devices.read({ from: "policy", where: { everyone: 1 } })).toEqual([
        policyRow("p2", { everyone: 1, createdAt: 2 }),
      ]);
      expect(
        await given.store.devices.read({ from: "policyChunk", where: { policyId: "p1", madeAt: null } }),
      ).toHaveLength(1);
      expect((await given.store.devices.claimDue("policy", 5, 9, 10)).map(({ id }) => id)).toEqual(["p1"]);
      const { policies } = given.store.admin;
      expect((await policies(undefined, 9)).rows.map(({ id }) => id)).toEqual(["p2", "p1"]);
      const newest = await policies(undefined, 1);
      expect((await policies(newest.next, 1)).rows.map(({ id }) => id)).toEqual(["p1"]);
      expect((await given.store.admin.policy("p1"))?.settings).toEqual({ Notifications: false });
      const counts = (await given.store.admin.policyCounts(["p1"])).get("p1") ?? [];
      expect(counts.toSorted((a, b) => (a.state < b.state ? -1 : 1))).toEqual([
        { way: "declaration", state: "applied", devices: 1 },
        { way: "declaration", state: "pending", devices: 1 },
      ]);
      const first = await given.store.admin.policyDevices("p1", undefined, 1);
      expect(first.rows.map(({ enrollment }) => enrollment.id)).toEqual(["e1"]);
      const second = await given.store.admin.policyDevices("p1", first.next, 1);
      expect(second.rows.map(({ assignment }) => assignment.confirmed)).toEqual(["t"]);
      expect(second.next).toBeUndefined();
      expect((await given.store.admin.assignments(["e3", "e9"])).map(({ policyId }) => policyId)).toEqual(["p2"]);
    });

    it("never sets last-seen backwards", async () => {
      await put({ put: "enrollment", row: enrollmentRow("e1") });
      await given.store.devices.noteSeen(
        new Map([
          ["e1", 100],
          ["gone", 5],
        ]),
      );
      await given.store.devices.noteSeen(new Map([["e1", 50]]));
      expect((await given.store.devices.read({ from: "enrollment", where: { id: "e1" } }))[0]?.lastSeenAt).toBe(100);
    });

    it("keeps one link for a token", async () => {
      await put({ insert: "enrollmentLink", row: linkRow("l1", { hash: "same" }) });
      await expect(put({ insert: "enrollmentLink", row: linkRow("l2", { hash: "same" }) })).rejects.toMatchObject({
        code: "store-conflict",
      });
    });

    testLookups(given);
    testTime(given);
    testEvents(given);
  });
}
