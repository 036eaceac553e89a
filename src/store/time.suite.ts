/** The contract of every backend: what time brings, and what it takes away. */
import { describe, expect, it } from "vitest";
import type { Given } from "./given.suite.ts";
import type { CertificateRow, PlanDeviceRow } from "./rows.ts";
import {
  auditRow,
  before,
  bodyBatchRow,
  bodyRow,
  certificateRow,
  challengeRow,
  closedCommandRow,
  commandBytesRow,
  commandRow,
  enrollmentRow,
  jobRow,
  keyedRow,
  linkRow,
  outboxRow,
  planDeviceRow,
  planRow,
  versionRow,
} from "./suite-rows.ts";

export function testTime(given: Given): void {
  const { put } = given;
  describe("as time passes", () => {
    it("claims what is due, oldest first, to one claimer until the lease has passed", async () => {
      await put(
        { put: "outbox", row: outboxRow("e1", 30) },
        { put: "outbox", row: outboxRow("e2", 10) },
        { put: "outbox", row: outboxRow("e3", 99) },
      );
      const first = await given.store.devices.claimDue("outbox", 50, 1, 100);
      expect(first.map((row) => [row.enrollmentId, row.leaseUntil])).toEqual([["e2", 150]]);
      expect((await given.store.devices.claimDue("outbox", 50, 10, 100)).map((row) => row.enrollmentId)).toEqual([
        "e1",
      ]);
      expect(await given.store.devices.claimDue("outbox", 50, 10, 100)).toEqual([]);
      expect((await given.store.devices.claimDue("outbox", 150, 10, 100)).map((row) => row.enrollmentId)).toEqual([
        "e2",
        "e1",
        "e3",
      ]);
    });

    it("says when it is worth claiming again: at the next due moment, or when a lease has passed", async () => {
      const { devices } = given.store;
      const next = (now: number): Promise<number | undefined> => devices.nextDue("outbox", now);
      expect(await next(0)).toBeUndefined();
      await put(
        { put: "outbox", row: outboxRow("e1", 30) },
        { put: "outbox", row: outboxRow("e2", 10) },
        { put: "outbox", row: outboxRow("e3", 99) },
      );
      expect([await next(0), await next(9)]).toEqual([10, 10]);
      expect((await devices.claimDue("outbox", 30, 10, 40)).length).toBe(2);
      // Both are leased until 70, which comes before the third.
      expect(await next(30)).toBe(70);
      expect((await devices.claimDue("outbox", 70, 10, 1000)).length).toBe(2);
      expect(await next(70)).toBe(99);
      expect((await devices.claimDue("outbox", 99, 10, 1000)).length).toBe(1);
      expect(await next(99)).toBe(1070);
    });

    it("tells what a commit has made due, the earliest of each kind, and nothing of what was not written", async () => {
      const { devices } = given.store;
      const told: [string, number][] = [];
      devices.onDue((kind, at) => void told.push([kind, at]));
      await put({ put: "outbox", row: outboxRow("e1", 30) }, { put: "outbox", row: outboxRow("e2", 10) });
      expect(told.splice(0)).toEqual([["outbox", 10]]);
      await devices.claimDue("outbox", 30, 10, 40);
      expect(told.splice(0)).toEqual([]);
      await put({ patch: "outbox", where: { id: outboxRow("e1", 30).id }, set: { leaseUntil: 0 } });
      // Given back without a moment: that may be now.
      expect(told.splice(0)).toEqual([["outbox", 0]]);
      await put({ patch: "outbox", where: { id: outboxRow("e1", 30).id }, set: { attempts: 3 } });
      await put({ drop: "outbox", where: { id: outboxRow("e1", 30).id } });
      expect(told.splice(0)).toEqual([]);
      await devices.shiftDue(50, 10);
      expect(new Map(told.splice(0)).get("outbox")).toBe(50);
      await put({ put: "enrollment", row: enrollmentRow("e7", { dueAt: null }) });
      expect(told.splice(0)).toEqual([]);
    });

    it("does not wait for a lease that was written under a clock far ahead", async () => {
      await put({ put: "outbox", row: outboxRow("e1", 10) });
      expect(await given.store.devices.claimDue("outbox", 1_000_000, 10, 100)).toHaveLength(1);
      expect((await given.store.devices.claimDue("outbox", 50, 10, 100)).map((row) => row.leaseUntil)).toEqual([150]);
      expect(await given.store.devices.claimDue("outbox", 50, 10, 100)).toEqual([]);
    });

    it("makes due earlier what a clock far ahead had delayed, except dates from certificates", async () => {
      await put(
        { put: "outbox", row: { ...outboxRow("e1", 5000), leaseUntil: 6000 } },
        { put: "outbox", row: outboxRow("e2", 1100) },
        { put: "outbox", row: outboxRow("e3", 90) },
        {
          put: "renewal",
          row: {
            enrollmentId: "e1",
            endsAt: 9000,
            dueAt: 5000,
            attempts: 0,
            leaseUntil: 0,
            error: null,
            errorAt: null,
          },
        },
        {
          put: "renewal",
          row: {
            enrollmentId: "e2",
            endsAt: 9000,
            dueAt: 5000,
            attempts: 1,
            leaseUntil: 0,
            error: null,
            errorAt: null,
          },
        },
      );
      await given.store.devices.shiftDue(100, 1000);
      const due = async (kind: "outbox" | "renewal", now: number): Promise<string[]> =>
        (await given.store.devices.claimDue(kind, now, 10, 1)).map((row) => row.enrollmentId);
      expect(await due("outbox", 100)).toEqual(["e3", "e2"]);
      expect(await due("outbox", 3999)).not.toContain("e1");
      expect(await due("outbox", 4000)).toContain("e1");
      expect(await due("renewal", 4000)).toEqual(["e2"]);
      expect(await due("renewal", 5000)).toEqual(["e2", "e1"]);
    });

    it("claims the class of a device apart from its next look, each by its own lease", async () => {
      const { devices } = given.store;
      await put(
        { put: "enrollment", row: enrollmentRow("e1", { dueAt: 10, classDueAt: 20 }) },
        { put: "enrollment", row: enrollmentRow("e2", { classDueAt: 90 }) },
      );
      expect([await devices.nextDue("enrollment", 0), await devices.nextDue("compliance", 0)]).toEqual([10, 20]);
      expect(await devices.claimDue("compliance", 19, 9, 100)).toEqual([]);
      const claimed = await devices.claimDue("compliance", 20, 9, 100);
      expect(claimed.map(({ id, leaseUntil, classLeaseUntil }) => [id, leaseUntil, classLeaseUntil])).toEqual([
        ["e1", 0, 120],
      ]);
      expect(await devices.claimDue("enrollment", 20, 9, 100)).toHaveLength(1);
      expect([await devices.claimDue("compliance", 20, 9, 100), await devices.nextDue("compliance", 90)]).toEqual([
        [],
        90,
      ]);
      const told: [string, number][] = [];
      devices.onDue((kind, at) => void told.push([kind, at]));
      await put({ patch: "enrollment", where: { id: "e2" }, set: { classDueAt: 30, classLeaseUntil: 0 } });
      expect(told).toEqual([["compliance", 30]]);
      await put({ patch: "enrollment", where: { id: "e2" }, set: { classDueAt: 90 } });
      await devices.shiftDue(25, 60);
      expect((await devices.claimDue("compliance", 25, 9, 100)).map(({ id }) => id)).toEqual([]);
      expect((await devices.claimDue("compliance", 30, 9, 100)).map(({ id }) => id)).toContain("e2");
    });

    it("claims exclusions by columns of their own, and a clock that steps back does not move them", async () => {
      const { devices } = given.store;
      await put({ put: "enrollment", row: enrollmentRow("e1", { dueAt: 10, classDueAt: 20, excludedDueAt: 30 }) });
      expect(await devices.claimDue("exclusion", 29, 9, 100)).toEqual([]);
      await devices.shiftDue(5, 20);
      expect([await devices.claimDue("exclusion", 29, 9, 100), await devices.nextDue("exclusion", 29)]).toEqual([
        [],
        30,
      ]);
      const claimed = await devices.claimDue("exclusion", 30, 9, 100);
      expect(
        claimed.map(({ id, leaseUntil, classLeaseUntil, excludedLeaseUntil }) => [
          ...[id, leaseUntil, classLeaseUntil, excludedLeaseUntil],
        ]),
      ).toEqual([["e1", 0, 0, 130]]);
    });

    it("makes the class of a device due that is silent by it and was heard", async () => {
      const { devices } = given.store;
      await put(
        { put: "enrollment", row: enrollmentRow("e1", { flags: " silent ", classDueAt: 900 }) },
        { put: "enrollment", row: enrollmentRow("e2", { flags: " newest ", classDueAt: 900 }) },
        { put: "enrollment", row: enrollmentRow("e3", { flags: " overdue silent ", classDueAt: null }) },
      );
      const told: [string, number][] = [];
      devices.onDue((kind, at) => void told.push([kind, at]));
      await devices.noteSeen(new Map([["e2", 40]]));
      expect(told).toEqual([]);
      await devices.noteSeen(
        new Map([
          ["e1", 50],
          ["e2", 50],
        ]),
      );
      expect(told.map(([kind]) => kind)).toEqual(["compliance"]);
      const rows = await devices.read({ from: "enrollment", where: {} });
      expect(rows.map(({ lastSeenAt, classDueAt }) => [lastSeenAt, classDueAt])).toEqual([
        [50, 50],
        [50, 900],
        [null, null],
      ]);
    });

    it("claims what goes through all devices", async () => {
      const { devices } = given.store;
      const row = { name: "compliance", cause: 7, cursor: null, dueAt: 10, leaseUntil: 0 } as const;
      await put({ put: "sweep", row });
      expect(await devices.claimDue("sweep", 10, 1, 50)).toEqual([{ ...row, leaseUntil: 60 }]);
      expect([await devices.claimDue("sweep", 10, 1, 50), await devices.nextDue("sweep", 10)]).toEqual([[], 60]);
      // What began for an older cause changes nothing of a newer one.
      await put({ patch: "sweep", where: { name: "compliance", cause: 6 }, set: { cursor: "x" } });
      expect(await devices.read({ from: "sweep", where: {} })).toEqual([{ ...row, leaseUntil: 60 }]);
    });

    it("knows what the clock said last", async () => {
      expect(await given.store.devices.lastNoted()).toBeUndefined();
      for (const at of [7000, 50])
        await put({ insert: "timeline", row: { enrollmentId: "e1", at, kind: "status", data: {}, raw: null } });
      expect(await given.store.devices.lastNoted()).toBe(50);
    });

    it("forgets history from before a moment, a few rows at a time, and nothing that is outstanding", async () => {
      const at = (n: number) => ({ enrollmentId: "e1", at: n, kind: "answer" as const, data: {}, raw: null });
      await put(
        ...[10, 20, 30, 40].map((n) => ({ insert: "timeline" as const, row: at(n) })),
        ...[10, 40].map((n) => ({ put: "closedCommand" as const, row: closedCommandRow("e1", `closed-${n}`, n) })),
        { put: "command", row: commandRow("e1", "open", { queuedAt: 1 }) },
        ...["closed-10", "closed-40", "open"].map((uuid) => ({
          put: "commandBytes" as const,
          row: commandBytesRow("e1", uuid),
        })),
      );
      expect(await given.store.devices.prune(before(35), 2)).toBe(2);
      expect(await given.store.devices.prune(before(35), 2)).toBe(1);
      expect(await given.store.devices.prune(before(35), 2)).toBe(0);
      const left = await given.store.devices.read({ from: "timeline", where: { enrollmentId: "e1" } });
      expect(left.map((row) => row.at)).toEqual([40]);
      const closed = await given.store.devices.read({ from: "closedCommand", where: { enrollmentId: "e1" } });
      expect(closed.map((row) => row.uuid)).toEqual(["closed-40"]);
      const bytes = await given.store.devices.read({ from: "commandBytes", where: { enrollmentId: "e1" } });
      expect(bytes.map((row) => row.uuid)).toEqual(["closed-40", "open"]);
      expect(await given.store.devices.read({ from: "command", where: { enrollmentId: "e1" } })).toHaveLength(1);
    });

    it("forgets bodies from before a moment and gives their bytes back to each device's budget", async () => {
      await put(
        { put: "bodyBatch", row: bodyBatchRow("e1", 1, { keptBytes: 30, last: 3 }) },
        { put: "bodyBatch", row: bodyBatchRow("e1", 2, { asked: 1, keptBytes: 7, last: 1 }) },
        { put: "bodyBatch", row: bodyBatchRow("e2", 1, { keptBytes: 5, last: 1 }) },
        { insert: "body", row: bodyRow("e1", 1, 1, 10, 8) },
        { insert: "body", row: bodyRow("e1", 1, 2, 11, 12) },
        { insert: "body", row: bodyRow("e1", 1, 3, 40, 10) },
        { insert: "body", row: bodyRow("e1", 2, 1, 12, 7) },
        { insert: "body", row: bodyRow("e2", 1, 1, 13, 5) },
      );
      expect(await given.store.devices.prune(before(35), 3)).toBe(3);
      expect(await given.store.devices.prune(before(35), 3)).toBe(1);
      expect(await given.store.devices.prune(before(35), 3)).toBe(0);
      const left = async (enrollmentId: string) =>
        (await given.store.devices.read({ from: "bodyBatch", where: { enrollmentId } })).map((row) => row.keptBytes);
      expect([await left("e1"), await left("e2")]).toEqual([[10, 0], [0]]);
      expect(await given.store.admin.body("e1", 1, 3)).toEqual(new Uint8Array(10).fill(3));
      expect(await given.store.admin.body("e1", 1, 2)).toBeUndefined();
    });

    it("forgets versions that a later one had followed before a moment, and keeps what a device ran then", async () => {
      const row = (enrollmentId: string, at: number) =>
        ({ put: "versionHistory", row: versionRow(enrollmentId, at, `26.${at}`) }) as const;
      await put(
        row("e1", 10),
        row("e1", 20),
        row("e1", 34),
        row("e1", 40),
        row("e2", 10),
        row("e3", 10),
        row("e3", 35),
      );
      expect(await given.store.devices.prune(before(35), 1)).toBe(1);
      expect(await given.store.devices.prune(before(35), 9)).toBe(1);
      expect(await given.store.devices.prune(before(35), 9)).toBe(0);
      const left = await given.store.devices.read({ from: "versionHistory", where: {} });
      expect(left.map(({ enrollmentId, firstSeenAt }) => `${enrollmentId} ${firstSeenAt}`).toSorted()).toEqual([
        "e1 34",
        "e1 40",
        "e2 10",
        "e3 10",
        "e3 35",
      ]);
    });

    it("forgets withdrawn declarations from before a moment, and none that is in force", async () => {
      const row = (identifier: string, withdrawnAt: number | null) =>
        ({
          put: "declaration",
          row: { enrollmentId: "e1", kind: "configuration", identifier, serverToken: "t", body: "{}", withdrawnAt },
        }) as const;
      await put(row("a", 10), row("b", null), row("c", 30), row("d", 40), row("e", 20));
      expect(await given.store.devices.prune(before(35), 2)).toBe(2);
      expect(await given.store.devices.prune(before(35), 2)).toBe(1);
      expect(await given.store.devices.prune(before(35), 2)).toBe(0);
      const left = await given.store.devices.read({ from: "declaration", where: { enrollmentId: "e1" } });
      expect(left.map(({ identifier }) => identifier)).toEqual(["b", "d"]);
    });

    it("forgets decisions from before a moment of which nothing comes, and none of a plan that is active", async () => {
      const decided = (planId: string, decidedAt: number, more: Partial<PlanDeviceRow> = {}) =>
        ({ put: "planDevice", row: planDeviceRow(planId, `e${decidedAt}`, { decidedAt, ...more }) }) as const;
      const refused = { kind: "refused" } as const;
      await put(
        { insert: "plan", row: planRow("active") },
        { insert: "plan", row: planRow("ended", { state: "stopped" }) },
        ...[
          decided("active", 10),
          decided("ended", 10),
          decided("ended", 11, { doneAt: 12 }),
          decided("ended", 12, refused),
        ],
        ...[decided("never", 10, refused), decided("never", 40)],
      );
      expect(await given.store.devices.prune(before(35), 1)).toBe(1);
      expect(await given.store.devices.prune(before(35), 5)).toBe(1);
      expect(await given.store.devices.prune(before(35), 5)).toBe(0);
      const left = async (planId: string) =>
        (await given.store.devices.read({ from: "planDevice", where: { planId } })).map((row) => row.decidedAt);
      expect([await left("active"), await left("ended"), await left("never")]).toEqual([[10], [11, 12], [40]]);
    });

    it("forgets audit rows from before a moment", async () => {
      await put(...[10, 20, 40].map((at) => ({ put: "audit" as const, row: auditRow(`a${at}`, { at }) })));
      expect(await given.store.devices.prune(before(35), 1)).toBe(1);
      expect(await given.store.devices.prune(before(35), 5)).toBe(1);
      expect((await given.store.devices.read({ from: "audit", where: {} })).map(({ id }) => id)).toEqual(["a40"]);
    });

    it("forgets the audit, and what devices ran, apart from the history; keyed requests apart from both", async () => {
      await put(
        { insert: "timeline", row: { enrollmentId: "e1", at: 10, kind: "answer", data: {}, raw: null } },
        { put: "audit", row: auditRow("a10", { at: 10 }) },
        { put: "versionHistory", row: versionRow("e1", 5, "26.1") },
        { put: "versionHistory", row: versionRow("e1", 10, "26.2") },
        ...[10, 20].map((at) => ({ put: "keyedRequest" as const, row: keyedRow(`k${at}`, { startedAt: at }) })),
        ...[10, 20].map((at) => ({
          put: "keyedChange" as const,
          row: { id: `k${at}`, objectKind: "plan", objectId: null, at },
        })),
      );
      const { devices } = given.store;
      const left = async () => [
        (await devices.read({ from: "timeline", where: { enrollmentId: "e1" } })).length,
        (await devices.read({ from: "audit", where: {} })).length,
        (await devices.read({ from: "versionHistory", where: {} })).length,
        (await devices.read({ from: "keyedRequest", where: {} })).map(({ id }) => id),
        (await devices.read({ from: "keyedChange", where: {} })).map(({ id }) => id),
      ];
      expect(await devices.prune({ ...before(0), history: 11, audit: 10, keyed: 10 }, 9)).toBe(1);
      expect(await left()).toEqual([0, 1, 2, ["k10", "k20"], ["k10", "k20"]]);
      expect(await devices.prune({ ...before(0), history: 0, audit: 11, keyed: 11 }, 9)).toBe(1);
      expect(await left()).toEqual([0, 0, 1, ["k20"], ["k20"]]);
    });

    it("forgets a device that was removed when both its history and the reports of it are over", async () => {
      const row = enrollmentRow("gone", { state: "removed", removedAt: 10 });
      await put({ put: "enrollment", row });
      const { devices } = given.store;
      const left = async () => (await devices.read({ from: "enrollment", where: { id: "gone" } })).length;
      await devices.prune({ ...before(0), history: 11, audit: 10, keyed: 0 }, 9);
      await devices.prune({ ...before(0), history: 10, audit: 11, keyed: 0 }, 9);
      expect(await left()).toBe(1);
      await devices.prune({ ...before(0), history: 11, audit: 11, keyed: 0 }, 9);
      expect(await left()).toBe(0);
    });

    it("forgets devices that were removed before a moment with all that is theirs, and no other", async () => {
      const certificate = (fingerprint: string, more: Partial<CertificateRow>) =>
        ({ put: "certificate", row: certificateRow(fingerprint, more) }) as const;
      const secret = (owner: string) =>
        ({ put: "secret", row: { owner, name: "PushToken", sealed: new Uint8Array([1]), at: 1 } }) as const;
      for (const [id, removedAt] of [
        ["old", 10],
        ["older", 5],
        ["new", 40],
        ["here", null],
      ] as const)
        await put(
          {
            put: "enrollment",
            row: enrollmentRow(id, { state: removedAt === null ? "enrolled" : "removed", removedAt }),
          },
          { put: "job", row: jobRow(`job-${id}`, id, { live: 0 }) },
          { insert: "timeline", row: { enrollmentId: id, at: 50, kind: "status", data: {}, raw: null } },
          { put: "commandBytes", row: commandBytesRow(id, "sent") },
          { put: "challenge", row: challengeRow(`challenge-${id}`, { enrollmentId: id, expiresAt: 99 }) },
          secret(id),
          secret(`pending:asks-${id}`),
          certificate(`speaks-${id}`, { enrollmentId: id }),
          certificate(`renews-${id}`, { renews: id }),
          certificate(`asks-${id}`, { pendingFor: id }),
          { put: "deviceStatus", row: { enrollmentId: id, doc: {}, at: 1, digest: "", since: 1, count: 1 } },
        );
      expect(await given.store.devices.prune(before(35), 1)).toBe(1);
      const left = async () => (await given.store.devices.read({ from: "enrollment", where: {} })).map(({ id }) => id);
      expect(await left()).toEqual(["here", "new", "old"]);
      expect(await given.store.devices.prune(before(35), 9)).toBeGreaterThan(0);
      expect(await given.store.devices.prune(before(35), 9)).toBe(0);
      expect(await left()).toEqual(["here", "new"]);
      const { devices } = given.store;
      for (const id of ["old", "older", "new", "here"]) {
        const kept = id === "new" || id === "here" ? 1 : 0;
        const rows = [
          await devices.read({ from: "secret", where: { owner: id } }),
          await devices.read({ from: "secret", where: { owner: `pending:asks-${id}` } }),
          await devices.read({ from: "certificate", where: { enrollmentId: id } }),
          await devices.read({ from: "certificate", where: { renews: id } }),
          await devices.read({ from: "certificate", where: { pendingFor: id } }),
          await devices.read({ from: "challenge", where: { enrollmentId: id } }),
          await devices.read({ from: "timeline", where: { enrollmentId: id } }),
          await devices.read({ from: "deviceStatus", where: { enrollmentId: id } }),
          await devices.read({ from: "commandBytes", where: { enrollmentId: id } }),
        ];
        expect([id, rows.map(({ length }) => length)]).toEqual([id, rows.map(() => kept)]);
        expect(await devices.read({ from: "job", where: { id: `job-${id}` } })).toHaveLength(1);
      }
    });

    it("forgets challenges and links that ended before a moment", async () => {
      await put(
        { put: "challenge", row: challengeRow("old", { link: "l1", expiresAt: 9 }) },
        { put: "challenge", row: challengeRow("new", { link: "l2", expiresAt: 10 }) },
        { put: "enrollmentLink", row: linkRow("l1", { expiresAt: 9 }) },
        { put: "enrollmentLink", row: linkRow("l2", { expiresAt: 10, revokedAt: 1 }) },
      );
      await given.store.devices.prune(before(10), 5);
      expect(await given.store.devices.read({ from: "enrollmentLink", where: {} })).toEqual([
        linkRow("l2", { expiresAt: 10, revokedAt: 1 }),
      ]);
      expect(await given.store.devices.read({ from: "challenge", where: { link: "l1" } })).toEqual([]);
      expect(await given.store.devices.read({ from: "challenge", where: { link: "l2" } })).toHaveLength(1);
    });
  });
}
