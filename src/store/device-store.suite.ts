/** The contract of every backend, in asks and answers. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AdminStore } from "./admin-store.ts";
import type { Write } from "./exchange.ts";
import type { DeviceStore } from "./store.ts";
import { addPlan, bump, chain, claimOnce, count, fail, told, unlessOutstanding, write } from "./suite-exchanges.ts";
import {
  assignmentRow,
  challengeRow,
  closedCommandRow,
  commandRow,
  enrollmentRow,
  jobRow,
  linkRow,
  outboxRow,
  planRow,
  policyRow,
} from "./suite-rows.ts";

export interface Opened {
  readonly devices: DeviceStore;
  readonly admin: AdminStore;
  close(): Promise<void>;
}

/** `open` gives an empty store. */
export function testDeviceStore(backend: { readonly name: string; open(): Promise<Opened> }): void {
  describe(`device store on ${backend.name}`, () => {
    let store: Opened;
    beforeEach(async () => {
      store = await backend.open();
    });
    afterEach(async () => {
      await store.close();
    });
    const put = (...writes: Write[]) => store.devices.run(write, { writes });

    it("gives back what was put: text, JSON, bytes, numbers and null", async () => {
      const job = jobRow("j1", "e1", { dueAt: 2 ** 45 });
      const command = commandRow("e1", "c1");
      await put(
        { put: "enrollment", row: enrollmentRow("e1") },
        { put: "job", row: job },
        { put: "command", row: command },
      );
      expect(await store.devices.read({ from: "job", where: { id: "j1" } })).toEqual([job]);
      const [row] = await store.devices.read({ from: "command", where: { enrollmentId: "e1" } });
      expect({ ...row, bytes: [...(row?.bytes ?? [])] }).toEqual({ ...command, bytes: [0, 255, 10] });
    });

    it("gives back numbers up to 2^53, and text with any character in it, U+0000 too, and finds it", async () => {
      const odd = 'nul\0 mark\uFDD0 \uFDD00 back\\slash "quote" {brace},NULL 📱';
      const row = enrollmentRow("e1", {
        appleId: odd,
        deviceName: odd,
        facts: { [odd]: { value: [odd, ""], at: Number.MAX_SAFE_INTEGER } },
        dueAt: Number.MAX_SAFE_INTEGER,
      });
      await put({ put: "enrollment", row }, { put: "enrollment", row: enrollmentRow("e2", { deviceName: "" }) });
      const read = async (appleId: string) => store.devices.read({ from: "enrollment", where: { appleId } });
      expect(await read(odd)).toEqual([row]);
      expect(await read(odd.replace("\0", ""))).toEqual([]);
      await put({ patch: "enrollment", where: { appleId: odd }, set: { serial: "\0" } });
      expect((await read(odd))[0]?.serial).toBe("\0");
      expect((await store.admin.named([odd, "\0"])).get(odd)).toHaveLength(1);
      const found = await store.admin.devices({ limit: 9, search: "NUL\0 m" });
      expect(found.rows.map(({ enrollment }) => enrollment.deviceName)).toEqual([odd]);
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
      expect(await store.devices.read({ from: "plan", where: {} })).toEqual([
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
      expect(await store.devices.read({ from: "enrollment", where: {} })).toEqual([
        enrollmentRow("e1", { appleId: "taken" }),
      ]);
    });

    it("refuses only the asks at fault of many at once, for what the database refuses too", async () => {
      const insert = (name: string) =>
        store.devices.run(addPlan, { id: name }).then(
          () => name,
          (error: unknown) => (error as { code?: string }).code ?? "other",
        );
      await put({ insert: "plan", row: planRow("7") }, { insert: "plan", row: planRow("40") });
      const names = Array.from({ length: 60 }, (_, i) => String(i));
      const said = await Promise.all(names.map(insert));
      expect(said).toEqual(names.map((name) => (name === "7" || name === "40" ? "store-conflict" : name)));
      expect(await store.devices.read({ from: "plan", where: {} })).toHaveLength(60);
    });

    // Exchanges of one device run in two lanes: what it calls itself, and our id.
    it("does asks that meet in a row one after the other, whatever their lanes", async () => {
      const ids = Array.from({ length: 20 }, (_, i) => `e${i}`);
      await put(...ids.map((id): Write => ({ put: "enrollment", row: enrollmentRow(id) })));
      const asks = Array.from({ length: 5 }, () => ids).flat();
      await Promise.all(
        asks.flatMap((id) => [
          store.devices.run(bump, { by: "id", value: id }),
          store.devices.run(bump, { by: "appleId", value: `UDID-${id}` }),
        ]),
      );
      const rows = await store.devices.read({ from: "enrollment", where: {} });
      expect(rows.map((row) => row.unheard)).toEqual(ids.map(() => 10));
    });

    it("lets what an ask did not find stay absent until it has written", async () => {
      const said = await Promise.all(
        Array.from({ length: 20 }, (_, i) => store.devices.run(claimOnce, { token: `t${i}` })),
      );
      expect(said.filter(Boolean)).toHaveLength(1);
    });

    it("patches only the columns named and drops only the rows named", async () => {
      await put(
        { put: "enrollment", row: enrollmentRow("e1", { unheard: 3 }) },
        { put: "enrollment", row: enrollmentRow("e2") },
      );
      await put({
        patch: "enrollment",
        where: { id: "e1" },
        set: { osVersion: "26.6", facts: { a: { value: 1, at: 2 } } },
      });
      await put({ drop: "enrollment", where: { id: "e2" } });
      const rows = await store.devices.read({ from: "enrollment", where: {} });
      expect(rows).toEqual([enrollmentRow("e1", { unheard: 3, osVersion: "26.6", facts: { a: { value: 1, at: 2 } } })]);
    });

    it("matches null as a value", async () => {
      await put(
        { put: "planChunk", row: { planId: "p", n: 0, decisions: [], addedAt: 1, madeAt: 5 } },
        { put: "planChunk", row: { planId: "p", n: 1, decisions: [], addedAt: 1, madeAt: null } },
      );
      const rows = await store.devices.read({ from: "planChunk", where: { planId: "p", madeAt: null } });
      expect(rows.map((row) => row.n)).toEqual([1]);
    });

    it("follows a chain of lookups, and finds nothing behind a lookup that found nothing", async () => {
      await put(
        { put: "enrollment", row: enrollmentRow("e1") },
        { put: "command", row: commandRow("e1", "later", { rank: 2 }) },
        { put: "command", row: commandRow("e1", "first", { rank: 1 }) },
        { put: "command", row: commandRow("other", "foreign") },
        { put: "job", row: jobRow("j1", "e1") },
        { put: "plan", row: planRow("plan") },
      );
      expect(await store.devices.run(chain, { appleId: "UDID-e1" })).toEqual({
        found: 1,
        commands: ["first", "later"],
        plans: ["plan plan"],
      });
      expect(await store.devices.run(chain, { appleId: "nobody" })).toEqual({ found: 0, commands: [], plans: [] });
    });

    it("reads an ask before anything else, and refuses alone the one that can't be read", async () => {
      const run = (text: string) => store.devices.run(told, { text });
      const results = await Promise.allSettled([
        run('{"name":"a","value":1}'),
        run("{"),
        run('{"name":"a","value":2}'),
      ]);
      expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
      expect(await run('{"name":"a","value":3}')).toBe(2);
    });

    it("looks nothing up where none are wanted", async () => {
      await put({ put: "plan", row: planRow("p") });
      expect(await store.devices.read({ from: "plan", where: { id: "p" }, limit: 0 })).toEqual([]);
    });

    it("looks nothing up where an earlier lookup has found what makes it needless", async () => {
      await put(
        { put: "command", row: commandRow("e1", "other") },
        { put: "command", row: commandRow("e1", "that") },
        { put: "job", row: jobRow("j1", "e1") },
      );
      const ask = (enrollmentId: string, uuid: string) => store.devices.run(unlessOutstanding, { enrollmentId, uuid });
      // In one batch: some of its asks need the lookup and some do not.
      expect(await Promise.all([ask("e1", "that"), ask("e1", "gone"), ask("e2", "that")])).toEqual([
        { commands: 2, jobs: 0 },
        { commands: 2, jobs: 1 },
        { commands: 0, jobs: 0 },
      ]);
    });

    it("undoes a throwing ask alone, among others of the same batch", async () => {
      const results = await Promise.allSettled([
        store.devices.run(count, { name: "n" }),
        store.devices.run(fail, { text: "on purpose" }),
        store.devices.run(count, { name: "n" }),
      ]);
      expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
      expect(String((results[1] as PromiseRejectedResult).reason)).toContain("on purpose");
      expect(await store.devices.run(count, { name: "n" })).toBe(2);
    });

    it("refuses a second insert of the same key, undoing all of that ask and nothing else", async () => {
      await put({ insert: "plan", row: planRow("p") });
      const twice = put({ put: "setting", row: { name: "half", value: 1 } }, { insert: "plan", row: planRow("p") });
      await expect(twice).rejects.toMatchObject({ code: "store-conflict" });
      expect(await store.devices.read({ from: "setting", where: { name: "half" } })).toEqual([]);
    });

    it("keeps one live job per device", async () => {
      await put({ insert: "job", row: jobRow("j1", "e1") });
      await expect(put({ insert: "job", row: jobRow("j2", "e1") })).rejects.toMatchObject({ code: "store-conflict" });
      await put({ patch: "job", where: { id: "j1" }, set: { live: 0 } }, { insert: "job", row: jobRow("j2", "e1") });
      expect(
        (await store.devices.read({ from: "job", where: { enrollmentId: "e1" } }))
          .map((job) => job.live)
          .toSorted((a, b) => a - b),
      ).toEqual([0, 1]);
    });

    it("loses and doubles nothing of many asks at once", async () => {
      const said = await Promise.all(Array.from({ length: 1000 }, () => store.devices.run(count, { name: "many" })));
      expect([...said].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    });

    it("refuses a write that names no row", async () => {
      await expect(put({ drop: "enrollment", where: {} })).rejects.toThrow("names no row");
    });

    it("numbers the timeline in the order of the commits", async () => {
      for (const kind of ["a", "b", "c"])
        await put({ insert: "timeline", row: { enrollmentId: "e1", at: 1, kind, data: {}, raw: null } });
      const rows = await store.devices.read({ from: "timeline", where: { enrollmentId: "e1" } });
      expect(rows.map((row) => row.kind)).toEqual(["a", "b", "c"]);
      expect(rows.every((row, i) => i === 0 || (row.seq ?? 0) > (rows[i - 1]?.seq ?? 0))).toBe(true);
    });

    it("claims what is due, oldest first, to one claimer until the lease has passed", async () => {
      await put(
        { put: "outbox", row: outboxRow("e1", 30) },
        { put: "outbox", row: outboxRow("e2", 10) },
        { put: "outbox", row: outboxRow("e3", 99) },
      );
      expect(await store.devices.nextDue("outbox")).toBe(10);
      const first = await store.devices.claimDue("outbox", 50, 1, 100);
      expect(first.map((row) => [row.enrollmentId, row.leaseUntil])).toEqual([["e2", 150]]);
      expect((await store.devices.claimDue("outbox", 50, 10, 100)).map((row) => row.enrollmentId)).toEqual(["e1"]);
      expect(await store.devices.claimDue("outbox", 50, 10, 100)).toEqual([]);
      expect((await store.devices.claimDue("outbox", 150, 10, 100)).map((row) => row.enrollmentId)).toEqual([
        "e2",
        "e1",
        "e3",
      ]);
    });

    it("does not wait for a lease that was written under a clock far ahead", async () => {
      await put({ put: "outbox", row: outboxRow("e1", 10) });
      expect(await store.devices.claimDue("outbox", 1_000_000, 10, 100)).toHaveLength(1);
      expect((await store.devices.claimDue("outbox", 50, 10, 100)).map((row) => row.leaseUntil)).toEqual([150]);
      expect(await store.devices.claimDue("outbox", 50, 10, 100)).toEqual([]);
    });

    it("makes due earlier what a clock far ahead had put off, but for what a certificate tells", async () => {
      await put(
        { put: "outbox", row: { ...outboxRow("e1", 5000), leaseUntil: 6000 } },
        { put: "outbox", row: outboxRow("e2", 1100) },
        { put: "outbox", row: outboxRow("e3", 90) },
        { put: "renewal", row: { enrollmentId: "e1", endsAt: 9000, dueAt: 5000, attempts: 0, leaseUntil: 0 } },
        { put: "renewal", row: { enrollmentId: "e2", endsAt: 9000, dueAt: 5000, attempts: 1, leaseUntil: 0 } },
      );
      await store.devices.shiftDue(100, 1000);
      const due = async (kind: "outbox" | "renewal", now: number): Promise<string[]> =>
        (await store.devices.claimDue(kind, now, 10, 1)).map((row) => row.enrollmentId);
      expect(await due("outbox", 100)).toEqual(["e3", "e2"]);
      expect(await due("outbox", 3999)).not.toContain("e1");
      expect(await due("outbox", 4000)).toContain("e1");
      expect(await due("renewal", 4000)).toEqual(["e2"]);
      expect(await due("renewal", 5000)).toEqual(["e2", "e1"]);
    });

    it("knows what the clock said last", async () => {
      expect(await store.devices.lastNoted()).toBeUndefined();
      for (const at of [7000, 50])
        await put({ insert: "timeline", row: { enrollmentId: "e1", at, kind: "a", data: {}, raw: null } });
      expect(await store.devices.lastNoted()).toBe(50);
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
      expect(await store.devices.read({ from: "policy", where: { everyone: 1 } })).toEqual([
        policyRow("p2", { everyone: 1, createdAt: 2 }),
      ]);
      expect(await store.devices.read({ from: "policyChunk", where: { policyId: "p1", madeAt: null } })).toHaveLength(
        1,
      );
      expect((await store.devices.claimDue("policy", 5, 9, 10)).map(({ id }) => id)).toEqual(["p1"]);
      expect((await store.admin.policies(9)).map(({ id }) => id)).toEqual(["p2", "p1"]);
      expect((await store.admin.policy("p1"))?.settings).toEqual({ Notifications: false });
      const counts = await store.admin.policyCounts("p1");
      expect(counts.toSorted((a, b) => (a.state < b.state ? -1 : 1))).toEqual([
        { way: "declaration", state: "applied", devices: 1 },
        { way: "declaration", state: "pending", devices: 1 },
      ]);
      const first = await store.admin.policyDevices("p1", undefined, 1);
      expect(first.rows.map(({ enrollment }) => enrollment.id)).toEqual(["e1"]);
      const second = await store.admin.policyDevices("p1", first.next, 1);
      expect(second.rows.map(({ assignment }) => assignment.confirmed)).toEqual(["t"]);
      expect(second.next).toBeUndefined();
      expect((await store.admin.assignments(["e3", "e9"])).map(({ policyId }) => policyId)).toEqual(["p2"]);
    });

    it("never sets last-seen backwards", async () => {
      await put({ put: "enrollment", row: enrollmentRow("e1") });
      await store.devices.noteSeen(
        new Map([
          ["e1", 100],
          ["gone", 5],
        ]),
      );
      await store.devices.noteSeen(new Map([["e1", 50]]));
      expect((await store.devices.read({ from: "enrollment", where: { id: "e1" } }))[0]?.lastSeenAt).toBe(100);
    });

    it("forgets history from before a moment, a few rows at a time, and nothing that is outstanding", async () => {
      const at = (n: number) => ({ enrollmentId: "e1", at: n, kind: "answer", data: {}, raw: null });
      await put(
        ...[10, 20, 30, 40].map((n) => ({ insert: "timeline" as const, row: at(n) })),
        ...[10, 40].map((n) => ({ put: "closedCommand" as const, row: closedCommandRow("e1", `closed-${n}`, n) })),
        { put: "command", row: commandRow("e1", "open", { queuedAt: 1 }) },
      );
      expect(await store.devices.prune(35, 2)).toBe(2);
      expect(await store.devices.prune(35, 2)).toBe(1);
      expect(await store.devices.prune(35, 2)).toBe(0);
      const left = await store.devices.read({ from: "timeline", where: { enrollmentId: "e1" } });
      expect(left.map((row) => row.at)).toEqual([40]);
      const closed = await store.devices.read({ from: "closedCommand", where: { enrollmentId: "e1" } });
      expect(closed.map((row) => row.uuid)).toEqual(["closed-40"]);
      expect(await store.devices.read({ from: "command", where: { enrollmentId: "e1" } })).toHaveLength(1);
    });

    it("forgets withdrawn declarations from before a moment, and none that is in force", async () => {
      const row = (identifier: string, withdrawnAt: number | null) =>
        ({
          put: "declaration",
          row: { enrollmentId: "e1", kind: "configuration", identifier, serverToken: "t", body: "{}", withdrawnAt },
        }) as const;
      await put(row("a", 10), row("b", null), row("c", 30), row("d", 40), row("e", 20));
      expect(await store.devices.prune(35, 2)).toBe(2);
      expect(await store.devices.prune(35, 2)).toBe(1);
      expect(await store.devices.prune(35, 2)).toBe(0);
      const left = await store.devices.read({ from: "declaration", where: { enrollmentId: "e1" } });
      expect(left.map(({ identifier }) => identifier)).toEqual(["b", "d"]);
    });

    it("forgets decisions from before a moment of which nothing comes, and none of a plan that is active", async () => {
      const chunk = (planId: string, addedAt: number, madeAt: number | null = null) =>
        ({ put: "planChunk", row: { planId, n: addedAt, decisions: [], addedAt, madeAt } }) as const;
      await put(
        { insert: "plan", row: planRow("active") },
        { insert: "plan", row: planRow("ended", { state: "stopped" }) },
        ...[chunk("active", 10), chunk("ended", 10), chunk("ended", 11, 12), chunk("never", 10), chunk("never", 40)],
      );
      expect(await store.devices.prune(35, 1)).toBe(1);
      expect(await store.devices.prune(35, 5)).toBe(1);
      expect(await store.devices.prune(35, 5)).toBe(0);
      const left = async (planId: string) =>
        (await store.devices.read({ from: "planChunk", where: { planId } })).map(({ addedAt }) => addedAt);
      expect([await left("active"), await left("ended"), await left("never")]).toEqual([[10], [11], [40]]);
    });

    it("forgets challenges and links that ended before a moment", async () => {
      await put(
        { put: "challenge", row: challengeRow("old", { link: "l1", expiresAt: 9 }) },
        { put: "challenge", row: challengeRow("new", { link: "l2", expiresAt: 10 }) },
        { put: "enrollmentLink", row: linkRow("l1", { expiresAt: 9 }) },
        { put: "enrollmentLink", row: linkRow("l2", { expiresAt: 10, revokedAt: 1 }) },
      );
      await store.devices.prune(10, 5);
      expect(await store.devices.read({ from: "enrollmentLink", where: {} })).toEqual([
        linkRow("l2", { expiresAt: 10, revokedAt: 1 }),
      ]);
      expect(await store.devices.read({ from: "challenge", where: { link: "l1" } })).toEqual([]);
      expect(await store.devices.read({ from: "challenge", where: { link: "l2" } })).toHaveLength(1);
    });

    it("keeps one link for a token", async () => {
      await put({ insert: "enrollmentLink", row: linkRow("l1", { hash: "same" }) });
      await expect(put({ insert: "enrollmentLink", row: linkRow("l2", { hash: "same" }) })).rejects.toMatchObject({
        code: "store-conflict",
      });
    });

    describe("for admins", () => {
      beforeEach(async () => {
        await put(
          { put: "enrollment", row: enrollmentRow("a", { deviceName: "Front desk", platform: "macOS" }) },
          { put: "enrollment", row: enrollmentRow("b", { deviceName: "front DESK" }) },
          { put: "enrollment", row: enrollmentRow("c", { deviceName: "100% iPad", state: "checked-out" }) },
          { put: "job", row: jobRow("j1", "a", { live: 0, state: "done", createdAt: 1 }) },
          { put: "job", row: jobRow("j2", "a", { createdAt: 2 }) },
          { put: "job", row: jobRow("j3", "b", { state: "blocked", reason: "insufficient-space", createdAt: 3 }) },
        );
      });

      it("pages through devices, each with its newest job", async () => {
        const first = await store.admin.devices({ limit: 2 });
        expect(first.rows.map((row) => [row.enrollment.id, row.job?.id ?? null])).toEqual([
          ["a", "j2"],
          ["b", "j3"],
        ]);
        const second = await store.admin.devices({ limit: 2, after: first.next ?? "" });
        expect(second).toMatchObject({ rows: [{ enrollment: { id: "c" }, job: null }], next: undefined });
      });

      it("filters by text, platform and states, taking % as itself", async () => {
        const ids = async (query: Parameters<AdminStore["devices"]>[0]) =>
          (await store.admin.devices(query)).rows.map((row) => row.enrollment.id);
        expect(await ids({ limit: 9, search: "desk" })).toEqual(["a", "b"]);
        expect(await ids({ limit: 9, search: "%" })).toEqual(["c"]);
        expect(await ids({ limit: 9, platform: "macOS" })).toEqual(["a"]);
        expect(await ids({ limit: 9, enrollment: "checked-out" })).toEqual(["c"]);
        expect(await ids({ limit: 9, jobState: "blocked" })).toEqual(["b"]);
        expect(await store.admin.countDevices()).toBe(2);
      });

      it("finds devices by id, UDID and serial, and by name when that is what is given", async () => {
        const found = await store.admin.named(["a", "UDID-b", "Sc", "FRONT desk", "nobody"]);
        const ids = [...found].map(([text, rows]) => [text, rows.map((row) => row.id).sort()]);
        expect(ids).toEqual([
          ["a", ["a"]],
          ["UDID-b", ["b"]],
          ["Sc", ["c"]],
          ["FRONT desk", ["a", "b"]],
          ["nobody", []],
        ]);
      });

      it("lists enrolment links, newest first, as many as asked", async () => {
        const made = [
          linkRow("l1", { createdAt: 1 }),
          linkRow("l2", { createdAt: 2 }),
          linkRow("l3", { createdAt: 2 }),
        ];
        await put(...made.map((row): Write => ({ put: "enrollmentLink", row })));
        expect((await store.admin.links(2)).map(({ id }) => id)).toEqual(["l3", "l2"]);
        expect(await store.admin.links(9)).toContainEqual(made[0]);
      });

      it("counts and pages a plan's jobs", async () => {
        const counts = await store.admin.planCounts("plan");
        expect(counts).toContainEqual({ state: "blocked", reason: "insufficient-space", jobs: 1 });
        const first = await store.admin.planJobs("plan", undefined, 2);
        expect(first.rows.map((row) => [row.job.id, row.enrollment.id])).toEqual([
          ["j1", "a"],
          ["j2", "a"],
        ]);
        expect((await store.admin.planJobs("plan", first.next, 2)).rows.map((row) => row.job.id)).toEqual(["j3"]);
        expect((await store.admin.liveJobs(["a", "b", "c"])).map((job) => job.id).sort()).toEqual(["j2", "j3"]);
      });
    });
  });
}
