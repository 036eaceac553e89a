/** The contract of every backend: what admins look at. */
import { beforeEach, describe, expect, it } from "vitest";
import type { AdminStore, JobsThat, PlanJobRow } from "./admin-store.ts";
import type { DeviceCondition } from "./device-condition.ts";
import type { Write } from "./transaction.ts";
import type { Given } from "./given.suite.ts";
import type { AssignmentRow, EnrollmentRow, JobRow, PlanDeviceRow, PlanRow } from "./rows.ts";
import {
  assignmentRow,
  auditRow,
  blackoutRow,
  blockRow,
  bodyBatchRow,
  bodyRow,
  certificateRow,
  closedCommandRow,
  commandBytesRow,
  commandRow,
  dryRunRow,
  enrollmentRow,
  gateDecisionRow,
  givenRow,
  haltRow,
  jobRow,
  linkRow,
  planDeviceRow,
  planRow,
  refusalRow,
  ringRunRow,
  rolloutRow,
  securityRow,
  versionRow,
} from "./suite-rows.ts";

const REFUSED = { kind: "refused", reason: "busy", seed: null } as const;

/** Exclusions in force, by when they end. */
const excludedUntil = (...all: readonly (readonly [id: string, endsAt: number])[]): Write[] =>
  all.map(([id, excludedEndsAt]) => ({
    patch: "enrollment",
    where: { id },
    set: { excludedEndsAt, excludedDueAt: excludedEndsAt },
  }));

/** The job's id; of a device that was refused one, its own. */
const shownBy = (row: PlanJobRow): string => ("job" in row ? row.job.id : row.refused.enrollmentId);

export function testAdmin(given: Given): void {
  const { put } = given;
  describe("for admins", () => {
    beforeEach(async () => {
      await put(
        // A job is always of a plan that there is.
        { put: "plan", row: planRow("before") },
        { put: "plan", row: planRow("plan") },
        { put: "enrollment", row: enrollmentRow("a", { deviceName: "Front desk", platform: "macOS" }) },
        { put: "enrollment", row: enrollmentRow("b", { deviceName: "front DESK" }) },
        { put: "enrollment", row: enrollmentRow("c", { deviceName: "100% iPad", state: "checked-out" }) },
        { put: "job", row: jobRow("j1", "a", { planId: "before", live: 0, state: "done", createdAt: 1 }) },
        { put: "job", row: jobRow("j2", "a", { createdAt: 2 }) },
        { put: "job", row: jobRow("j3", "b", { state: "blocked", reason: "insufficient-space", createdAt: 3 }) },
      );
    });

    it("shows a device by its live job, then by the newest that began, then by the newest decision", async () => {
      const there = (id: string, enrollmentId: string, createdAt: number) =>
        ({ put: "job", row: jobRow(id, enrollmentId, { live: 0, begun: 0, state: "done", createdAt }) }) as const;
      const refused = (planId: string, enrollmentId: string, decidedAt: number) =>
        ({ put: "planDevice", row: planDeviceRow(planId, enrollmentId, { ...REFUSED, decidedAt }) }) as const;
      await put({ put: "plan", row: planRow("p1") }, { put: "plan", row: planRow("p2") });
      await put(there("j4", "a", 9), refused("p1", "a", 10), there("j5", "c", 4), there("j6", "c", 5));
      const { admin } = given.store;
      const shown = async () =>
        (await admin.devices({ limit: 9 })).rows.map((row) => row.job?.id ?? row.refused?.planId);
      const inState = async (jobState: string) =>
        (await admin.devices({ limit: 9, jobState })).rows.map(({ enrollment }) => enrollment.id);
      expect(await shown()).toEqual(["j2", "j3", "j6"]);
      await put({ patch: "job", where: { id: "j2" }, set: { live: 0, state: "done" } });
      expect(await shown()).toEqual(["j2", "j3", "j6"]);
      expect([await inState("done"), await inState("refused")]).toEqual([["a", "c"], []]);
      expect((await admin.device("a"))?.job?.id).toBe("j2");
      // Of a plan that was never accepted, and older than what the device is shown by.
      await put(refused("never", "c", 9), refused("p1", "c", 4));
      expect(await shown()).toEqual(["j2", "j3", "j6"]);
      await put(refused("p2", "c", 6));
      expect(await shown()).toEqual(["j2", "j3", "p2"]);
      expect([await inState("done"), await inState("refused")]).toEqual([["a"], ["c"]]);
      expect(await admin.device("c")).toMatchObject({ job: null, refused: { planId: "p2", reason: "busy" } });
      await put({ put: "job", row: jobRow("j7", "c", { live: 0, state: "refused", createdAt: 1 }) });
      expect([await shown(), await inState("refused")]).toEqual([["j2", "j3", "j7"], ["c"]]);
    });

    it("pages through devices, each with its newest job", async () => {
      const first = await given.store.admin.devices({ limit: 2 });
      expect(first.rows.map((row) => [row.enrollment.id, row.job?.id ?? null])).toEqual([
        ["a", "j2"],
        ["b", "j3"],
      ]);
      const second = await given.store.admin.devices({ limit: 2, after: first.next ?? "" });
      expect(second).toMatchObject({ rows: [{ enrollment: { id: "c" }, job: null }], next: undefined });
    });

    it("filters by text, platform and states, taking % as itself", async () => {
      const ids = async (query: Parameters<AdminStore["devices"]>[0]) =>
        (await given.store.admin.devices(query)).rows.map((row) => row.enrollment.id);
      expect(await ids({ limit: 9, search: "desk" })).toEqual(["a", "b"]);
      expect(await ids({ limit: 9, search: "%" })).toEqual(["c"]);
      expect(await ids({ limit: 9, platform: "macOS" })).toEqual(["a"]);
      expect(await ids({ limit: 9, enrollment: "checked-out" })).toEqual(["c"]);
      expect(await ids({ limit: 9, jobState: "blocked" })).toEqual(["b"]);
      expect(await given.store.admin.countDevices()).toBe(2);
    });

    it("finds devices by id, UDID and serial, and by name when that is what is given", async () => {
      const found = await given.store.admin.named(["A", "UDID-b", "sC", "FRONT desk", "nobody"]);
      const ids = [...found].map(([text, rows]) => [text, rows.map((row) => row.id).sort()]);
      expect(ids).toEqual([
        ["A", ["a"]],
        ["UDID-b", ["b"]],
        ["sC", ["c"]],
        ["FRONT desk", ["a", "b"]],
        ["nobody", []],
      ]);
    });

    it("finds hundreds of devices by any of their names at once, and holds few of many that share one", async () => {
      const many = Array.from({ length: 9 }, (_none, n) => n);
      const crowd = many.map(
        (n): Write => ({ put: "enrollment", row: enrollmentRow(`n${n}`, { deviceName: "iPad", serial: "SHARED" }) }),
      );
      const fleet = Array.from({ length: 300 }, (_none, n) => n);
      await put(...crowd, { put: "enrollment", row: enrollmentRow("z", { deviceName: "IPAD" }) });
      await put(...fleet.map((n): Write => ({ put: "enrollment", row: enrollmentRow(`f${n}`, { serial: `X${n}` }) })));
      const texts = ["IPAD", "iPad", "ipad", "shared", ...fleet.map((n) => `x${n}`), "Front desk"];
      for (const asked of [texts, texts.slice(0, 1), texts.slice(0, 5)]) {
        const found = await given.store.admin.namedInFleet(asked);
        expect([...found.keys()]).toEqual(asked);
        const ids = asked.map((text) => (found.get(text) ?? []).map(({ id }) => id));
        const firstSix = ["n0", "n1", "n2", "n3", "n4", "n5"];
        const expected = [["z"], firstSix, firstSix, firstSix, ...fleet.map((n) => [`f${n}`]), ["a"]];
        expect(ids).toEqual(expected.slice(0, asked.length));
      }
    });

    it("gives the fleet in pages by id, of each device what a plan decides by", async () => {
      const { admin } = given.store;
      const said = {
        reportedVersion: "26.6 odd",
        softwareUpdateDeviceId: null,
        bootstrapTokenRequired: 1,
        bootstrapTokenAllowed: "allowed",
      } as const;
      const row = enrollmentRow("d", { ...said, serial: "S4", timeZone: "Europe/Paris", supervised: 1 });
      await put({ put: "enrollment", row }, { put: "enrollment", row: enrollmentRow("e", { state: "quarantined" }) });
      expect((await admin.fleet(undefined, 2)).map(({ id }) => id)).toEqual(["a", "b"]);
      expect((await admin.fleet("b", 2)).map(({ id }) => id)).toEqual(["d"]);
      const found = await admin.fleetOf(["e", "nobody", "d"]);
      expect(found.map(({ id }) => id)).toEqual(["e", "d"]);
      expect(found[1]).toMatchObject({ id: "d", serial: "S4", timeZone: "Europe/Paris", supervised: 1, ...said });
    });

    it("finds a UDID in capitals or in small letters by either", async () => {
      const row = (id: string, appleId: string): Write => ({ put: "enrollment", row: enrollmentRow(id, { appleId }) });
      await put(row("x", "00008030-00AB"), row("y", "00cd"));
      const found = await given.store.admin.named(["00008030-00ab", "00CD"]);
      expect([...found.values()].map((rows) => rows.map(({ id }) => id))).toEqual([["x"], ["y"]]);
    });

    it("finds a device by its id and its UDID whatever others have as their serial number", async () => {
      const serials = ["A", "UDID-A", "UDID-A", "A", "A", "UDID-A"];
      const named = (serial: string, nth: number) => enrollmentRow(`0${nth}`, { serial });
      await put(...serials.map((serial, nth): Write => ({ put: "enrollment", row: named(serial, nth) })));
      const found = await given.store.admin.named(["a", "UDID-a"]);
      expect([...found.values()].map((rows) => rows.map(({ id }) => id))).toEqual([["a"], ["a"]]);
    });

    it("pages through the audit, newest first, by actor, object and time", async () => {
      const made = [
        auditRow("a1", { at: 1, actor: null, outcome: "unauthorized", objectId: null, count: 9 }),
        auditRow("a2", { at: 2, detail: "d", before: { name: "é" }, after: null }),
        auditRow("a3", { at: 3, objectKind: "device", route: "setZone", outcome: "zone-invalid" }),
        auditRow("a4", { at: 4, actor: "token:other", objectId: "q" }),
      ];
      await put(...made.map((row): Write => ({ put: "audit", row })));
      const ids = async (query: Omit<Parameters<AdminStore["audit"]>[0], "limit">) =>
        (await given.store.admin.audit({ ...query, limit: 9 })).rows.map(({ id }) => id);
      expect((await given.store.admin.audit({ limit: 9 })).rows).toEqual(made.toReversed());
      expect(await given.store.admin.audit({ limit: 2 })).toMatchObject({
        rows: [{ id: "a4" }, { id: "a3" }],
        next: "a3",
      });
      expect(await given.store.admin.audit({ limit: 2, after: "a3" })).toMatchObject({ next: undefined });
      expect(await ids({ after: "a3" })).toEqual(["a2", "a1"]);
      expect(await ids({ actor: "token:first" })).toEqual(["a3", "a2"]);
      expect(await ids({ actor: null })).toEqual(["a1"]);
      expect(await ids({ objectKind: "plan" })).toEqual(["a4", "a2", "a1"]);
      expect(await ids({ objectKind: "plan", objectId: "p", since: 2 })).toEqual(["a2"]);
      expect(await ids({ since: 2, until: 4 })).toEqual(["a3", "a2"]);
      expect(await ids({ route: "setZone" })).toEqual(["a3"]);
      expect(await ids({ outcome: "ok" })).toEqual(["a4", "a2"]);
      expect(await ids({ outcome: "refused" })).toEqual(["a3", "a1"]);
      expect(await ids({ outcome: "unauthorized", route: "setZone" })).toEqual([]);
    });

    it("knows when the oldest row of the audit was written", async () => {
      expect(await given.store.admin.auditBegins()).toBeUndefined();
      await put(...[7, 5, 9].map((at): Write => ({ put: "audit", row: auditRow(`a${at}`, { at }) })));
      expect(await given.store.admin.auditBegins()).toBe(5);
    });

    it("finds devices whatever the case, and the very same letters before others", async () => {
      const ids = async (text: string) => (await given.store.admin.named([text])).get(text)?.map((row) => row.id) ?? [];
      await put(
        { put: "enrollment", row: enrollmentRow("d", { serial: "F2L04", appleId: "00008030-ABCD" }) },
        { put: "enrollment", row: enrollmentRow("e", { serial: "F2L04" }) },
      );
      expect(await ids("00008030-abcd")).toEqual(["d"]);
      expect(await ids("D")).toEqual(["d"]);
      expect(await ids("f2L04")).toEqual(["d", "e"]);
      expect(await ids("Front desk")).toEqual(["a"]);
      expect(await ids("FRONT DESK")).toEqual(["a", "b"]);
    });

    it("means a removed device only where there is no other, and lists it only when asked", async () => {
      const removed = { state: "removed", removedAt: 7 } as const;
      await put(
        { put: "enrollment", row: enrollmentRow("d", { serial: "TWICE", ...removed }) },
        { put: "enrollment", row: enrollmentRow("e", { serial: "TWICE" }) },
        { put: "enrollment", row: enrollmentRow("f", { serial: "ONCE", ...removed }) },
      );
      const found = await given.store.admin.named(["TWICE", "ONCE"]);
      expect([...found.values()].map((rows) => rows.map((row) => row.id))).toEqual([["e"], ["f"]]);
      const ids = async (query: Partial<Parameters<AdminStore["devices"]>[0]>) =>
        (await given.store.admin.devices({ limit: 9, ...query })).rows.map((row) => row.enrollment.id);
      expect(await ids({})).toEqual(["a", "b", "c", "e"]);
      expect(await ids({ enrollment: "removed" })).toEqual(["d", "f"]);
      expect(await given.store.admin.countDevices()).toBe(3);
    });

    it("finds enrollments that share a serial number, by having or claiming it, and are here", async () => {
      const row = (id: string, serial: string, state: "enrolled" | "quarantined" | "removed" | "checked-out") =>
        ({ put: "enrollment", row: enrollmentRow(id, { serial, state }) }) as const;
      const claims = (id: string, claimedSerial: string, state: "enrolled" | "removed" = "enrolled") =>
        ({ put: "enrollment", row: enrollmentRow(id, { serial: null, claimedSerial, state }) }) as const;
      await put(
        row("d", "TWICE", "enrolled"),
        row("e", "TWICE", "quarantined"),
        row("f", "TWICE", "removed"),
        row("g", "LEFT", "enrolled"),
        row("h", "LEFT", "checked-out"),
        row("i", "CLAIMED", "enrolled"),
        claims("j", "CLAIMED"),
        claims("k", "CLAIMED", "removed"),
        claims("l", "NOBODY-HAS-IT"),
      );
      const where = { is: "serial-shared" } as const;
      const { rows } = await given.store.admin.devices({ limit: 9, where });
      expect(rows.map(({ enrollment }) => enrollment.id)).toEqual(["d", "e", "i", "j"]);
      expect((await given.store.admin.countWhere(where)).devices).toBe(4);
    });

    it("filters by what the hardware identifier begins with", async () => {
      await put({ put: "enrollment", row: enrollmentRow("d", { productName: "iPad14,1" }) });
      const { rows } = await given.store.admin.devices({ limit: 9, platform: "iOS", model: "iPad" });
      expect(rows.map((row) => row.enrollment.id)).toEqual(["d"]);
    });

    it("finds plans by the beginning or the end of their id, newest first", async () => {
      for (const id of ["0198aaaa-1111", "0198aaaa-2222", "0198bbbb-2222"])
        await put({ insert: "plan", row: planRow(id) });
      expect(await given.store.admin.idsLike("plan", "0198aaaa", 9)).toEqual(["0198aaaa-2222", "0198aaaa-1111"]);
      expect(await given.store.admin.idsLike("plan", "2222", 9)).toEqual(["0198bbbb-2222", "0198aaaa-2222"]);
      expect(await given.store.admin.idsLike("plan", "2222", 1)).toEqual(["0198bbbb-2222"]);
      expect(await given.store.admin.idsLike("policy", "2222", 9)).toEqual([]);
    });

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

    it("lists what is known of the CVEs of releases, by platform and version", async () => {
      const rows = [
        securityRow("26.6.1", { platform: "iOS", lastSeenAt: 7 }),
        securityRow("26.3.1 (a)"),
        securityRow("26.6.1", { doc: { postedOn: "2026-08-06", cves: [] } }),
      ];
      await put(...rows.toReversed().map((row) => ({ put: "securityRelease" as const, row })));
      const later = { ...securityRow("26.6.1"), firstSeenAt: 2 };
      await put({ put: "securityRelease", row: later });
      expect(await given.store.admin.securityReleases()).toEqual([...rows.slice(0, 2), later]);
      const mac = await given.store.devices.read({ from: "securityRelease", where: { platform: "macOS" } });
      expect(mac).toEqual([rows[1], later]);
    });

    it("gives every device with the versions that it was seen on by a moment, whatever became of it", async () => {
      const { admin } = given.store;
      expect(await admin.firstVersionAt()).toBeUndefined();
      const version = (id: string, at: number) =>
        ({ put: "versionHistory", row: versionRow(id, at, `26.${at}`, { build: "B", extra: "(a)" }) }) as const;
      await put(version("b", 3), version("a", 9), version("a", 2), version("c", 5), {
        patch: "enrollment",
        where: { id: "b" },
        set: { state: "removed", removedAt: 4 },
      });
      const first = await admin.seenBy(5, undefined, 2);
      expect(first.rows.map(({ enrollment, versions }) => [enrollment.id, versions])).toEqual([
        ["a", [versionRow("a", 2, "26.2", { build: "B", extra: "(a)" })]],
        ["b", [versionRow("b", 3, "26.3", { build: "B", extra: "(a)" })]],
      ]);
      expect(first.rows[1]?.enrollment).toMatchObject({ state: "removed", removedAt: 4, deviceName: "front DESK" });
      const rest = await admin.seenBy(4, first.next, 2);
      expect(rest).toMatchObject({ rows: [{ enrollment: { id: "c" }, versions: [] }], next: undefined });
      expect(await admin.firstVersionAt()).toBe(2);
    });

    it("counts enrolled devices by class, and gives what Apple's offer to each hangs on", async () => {
      const { admin } = given.store;
      const classed = (id: string, more: object) => ({ patch: "enrollment", where: { id }, set: more }) as const;
      await put(
        classed("a", { compliance: "cannot", complianceReason: "busy", flags: " overdue " }),
        classed("b", {
          compliance: "cannot",
          complianceReason: "busy",
          flags: " overdue ",
          offer: "{}",
          joinedAs: "[]",
        }),
        { put: "enrollment", row: enrollmentRow("d") },
      );
      expect(new Set(await admin.classCounts())).toEqual(
        new Set([
          { compliance: "cannot", reason: "busy", flags: " overdue ", devices: 2 },
          { compliance: "unknown", reason: "not-classified", flags: "", devices: 1 },
        ]),
      );
      const rows = await admin.classRows("a", 1);
      expect(rows).toEqual([
        expect.objectContaining({
          id: "b",
          platform: "iOS",
          osVersion: "26.5",
          offer: "{}",
          joinedAs: "[]",
          ring: null,
        }),
      ]);
      expect((await admin.classRows(undefined, 9)).map(({ id }) => id)).toEqual(["a", "b", "d"]);
    });

    it("finds the plan that governs a device: the newest that has decided and was not stopped", async () => {
      const { admin } = given.store;
      const decided = (planId: string, decidedAt: number, more: Partial<PlanDeviceRow> = {}) =>
        ({ put: "planDevice", row: planDeviceRow(planId, "a", { decidedAt, ...more }) }) as const;
      const governs = async () => (await admin.governing(["a", "b"])).get("a");
      expect(await governs()).toBeUndefined();
      await put({ put: "plan", row: planRow("stopped", { state: "stopped" }) });
      await put(decided("before", 1, { jobId: "j1" }), decided("stopped", 9), decided("none", 9));
      expect(await governs()).toBe("before");
      await put(decided("plan", 5, REFUSED));
      expect(await governs()).toBe("before");
      await put(decided("plan", 5, { ...REFUSED, reason: "needs-major" }));
      expect(await governs()).toBe("plan");
      await put({ put: "plan", row: planRow("took") }, decided("took", 7, { jobId: "j2" }));
      expect(await governs()).toBe("took");
      await put({ patch: "job", where: { id: "j2" }, set: { state: "stopped" } });
      expect(await governs()).toBe("plan");
      expect(await admin.governing([])).toEqual(new Map());
    });

    it("finds the devices that a plan governs, and whose class is not due", async () => {
      const { admin } = given.store;
      const governed = (id: string, classDueAt: number | null, governedBy = "plan") =>
        ({ patch: "enrollment", where: { id }, set: { classDueAt, governedBy } }) as const;
      await put(governed("a", 10), governed("b", 11), governed("c", null));
      expect((await admin.governedBy("plan", 10, 9)).toSorted()).toEqual(["b", "c"]);
      expect(await admin.governedBy("plan", 10, 1)).toHaveLength(1);
      await put(governed("b", 11, "before"));
      expect(await admin.governedBy("plan", 10, 9)).toEqual(["c"]);
    });

    it("gives the newest job that a device had begun by a moment", async () => {
      const { admin } = given.store;
      await put(
        { put: "job", row: jobRow("j4", "a", { live: 0, begun: 0, state: "done", createdAt: 5, doc: { n: 4 } }) },
        { patch: "job", where: { id: "j1" }, set: { doc: { n: 1 } } },
        { patch: "job", where: { id: "j2" }, set: { doc: { n: 2 } } },
      );
      const at = async (moment: number) => (await admin.jobsBegunBy(moment, ["a"])).map(({ doc }) => doc);
      expect([await at(0), await at(1), await at(2), await at(9)]).toEqual([[], [{ n: 1 }], [{ n: 2 }], [{ n: 2 }]]);
      expect(await admin.jobsBegunBy(9, [])).toEqual([]);
    });

    it("lists enrollment links, newest first, as many as asked", async () => {
      const made = [linkRow("l1", { createdAt: 1 }), linkRow("l2", { createdAt: 2 }), linkRow("l3", { createdAt: 2 })];
      await put(...made.map((row): Write => ({ put: "enrollmentLink", row })));
      expect((await given.store.admin.links(2)).map(({ id }) => id)).toEqual(["l3", "l2"]);
      expect(await given.store.admin.links(9)).toContainEqual(made[0]);
    });

    it("reads the bytes of messages and commands one at a time, and a list has none of them", async () => {
      const ref = { bytes: 4, kept: 3, batch: 1, n: 1 };
      await put(
        { put: "bodyBatch", row: bodyBatchRow("a", 1, { keptBytes: 3, last: 1 }) },
        { insert: "body", row: bodyRow("a", 1, 1, 5, 3) },
        { insert: "timeline", row: { enrollmentId: "a", at: 5, kind: "answer", data: {}, raw: ref } },
        { put: "command", row: commandRow("a", "open") },
        { put: "commandBytes", row: commandBytesRow("a", "open") },
        { put: "closedCommand", row: { ...closedCommandRow("a", "closed", 5), answer: ref } },
      );
      const { admin } = given.store;
      const [entry] = await admin.timeline("a", undefined, 9);
      expect(entry).toMatchObject({ kind: "answer", raw: ref });
      expect(await admin.timelineEntry("a", entry?.seq ?? 0)).toEqual(entry);
      expect(await admin.timelineEntry("b", entry?.seq ?? 0)).toBeUndefined();
      expect([await admin.bodyBatches("a"), await admin.bodyBatches("b")]).toEqual([[1], []]);
      expect(await admin.body("a", 1, 1)).toEqual(new Uint8Array([1, 1, 1]));
      expect(await admin.body("b", 1, 1)).toBeUndefined();
      const open = commandRow("a", "open");
      const closed = closedCommandRow("a", "closed", 5);
      expect(await admin.outstanding("a")).toEqual([open]);
      expect([await admin.command("a", "open"), await admin.command("a", "closed")]).toEqual([
        { open },
        { closed: { ...closed, answer: ref } },
      ]);
      expect(await admin.commandBytes("a", "open")).toEqual(new Uint8Array([0, 255, 10]));
      expect(await admin.commandBytes("b", "open")).toBeUndefined();
      expect(await admin.commandBytes("a", "none")).toBeUndefined();
    });

    it("finds the devices of each condition, counts them alike, and knows their newest trouble", async () => {
      const trouble = (since: number) => ({ code: "push-token-dead", reason: `since ${since}`, since }) as const;
      const renewal = { dueAt: null, attempts: 0, leaseUntil: 0, error: null, errorAt: null };
      await put(
        { put: "enrollment", row: enrollmentRow("q", { state: "quarantined" }) },
        { put: "enrollment", row: enrollmentRow("r", { state: "removed", pushable: 0, topic: "other" }) },
        { put: "certificate", row: certificateRow("f3", { pendingFor: "r" }) },
        { put: "renewal", row: { ...renewal, enrollmentId: "r", endsAt: 15, error: "removed", errorAt: 8 } },
        { put: "certificate", row: certificateRow("f1", { pendingFor: "c" }) },
        { put: "certificate", row: certificateRow("f2", { pendingFor: "q" }) },
        { put: "enrollment", row: enrollmentRow("p1", { pushable: 0, pushTrouble: trouble(5) }) },
        { put: "enrollment", row: enrollmentRow("p2", { pushable: 0, pushTrouble: trouble(40) }) },
        { put: "enrollment", row: enrollmentRow("t", { topic: "other" }) },
        { put: "enrollment", row: enrollmentRow("u", { topic: "ours" }) },
        // "d" fell back twice and was refused since; "f" fell back; "g" has a newer job, and "h" has left.
        ...["d", "f", "g"].map((id): Write => ({ put: "enrollment", row: enrollmentRow(id) })),
        { put: "enrollment", row: enrollmentRow("h", { state: "checked-out" }) },
        ...["d", "f", "g", "h"].map(
          (id, n): Write => ({ put: "job", row: jobRow(`fb${n}`, id, { live: 0, state: "fell-back", createdAt: 4 }) }),
        ),
        ...excludedUntil(["a", 10], ["b", 11], ["d", 20], ["f", 21], ["q", 15]),
        // It has ended.
        { patch: "enrollment", where: { id: "g" }, set: { excludedEndsAt: 15 } },
        { put: "job", row: jobRow("fc", "d", { live: 0, state: "fell-back", createdAt: 5 }) },
        { put: "job", row: jobRow("fd", "d", { live: 0, state: "refused", createdAt: 6 }) },
        { put: "job", row: jobRow("fe", "g", { live: 0, state: "done", createdAt: 5 }) },
        { put: "job", row: jobRow("j4", "u", { doc: { bootstrapToken: "missing" } }) },
        { put: "job", row: jobRow("j5", "t", { live: 0, doc: { bootstrapToken: "missing" } }) },
        { put: "renewal", row: { ...renewal, enrollmentId: "a", endsAt: 10, error: "older", errorAt: 3 } },
        { put: "renewal", row: { ...renewal, enrollmentId: "b", endsAt: 19, error: "newest", errorAt: 4 } },
        { put: "renewal", row: { ...renewal, enrollmentId: "u", endsAt: 20, error: "later", errorAt: 9 } },
      );
      const { admin } = given.store;
      const all: [DeviceCondition, string[]][] = [
        [{ is: "identity-ends", from: 10, to: 20 }, ["a", "b"]],
        [{ is: "quarantined" }, ["q"]],
        [{ is: "pending" }, ["c"]],
        [{ is: "needs-user" }, ["u"]],
        [{ is: "unpushable" }, ["p1", "p2"]],
        [{ is: "other-topic", topic: "ours" }, ["t"]],
        [{ is: "fell-back" }, ["d", "f"]],
        [{ is: "exclusion-ends", from: 10, to: 20 }, ["b", "d"]],
      ];
      for (const [where, ids] of all) {
        const first = await admin.devices({ where, limit: 1 });
        const rest = first.next === undefined ? [] : (await admin.devices({ where, limit: 9, after: first.next })).rows;
        const found = [...first.rows, ...rest].map(({ enrollment }) => enrollment.id);
        expect([where.is, found, (await admin.countWhere(where)).devices]).toEqual([where.is, ids, ids.length]);
      }
      const exclusions = { is: "exclusion-ends", from: 10, to: 20 } as const;
      expect((await admin.countWhere(exclusions)).first).toBe(11);
      const ends = { is: "identity-ends", from: 10, to: 20 } as const;
      expect((await admin.countWhere(ends)).first).toBe(10);
      expect(await admin.newestTrouble(ends)).toMatchObject({ appleId: "UDID-b", error: "newest", at: 4 });
      const dead = await admin.newestTrouble({ is: "unpushable" });
      expect(dead).toMatchObject({ appleId: "UDID-p2", serial: "SP2", error: "since 40", at: 40 });
      expect(await admin.newestTrouble({ is: "quarantined" })).toBeUndefined();
    });

    it("pages through refusals, the latest first, with the enrollment of the certificate, and by source", async () => {
      const made = [
        refusalRow("r1", { lastAt: 5, owner: "a" }),
        refusalRow("r2", { lastAt: 7, source: "tls" }),
        refusalRow("r3", { lastAt: 7, owner: "gone" }),
      ];
      await put(...made.map((row): Write => ({ put: "refusal", row })));
      const first = await given.store.admin.refusals({ limit: 2 });
      expect(first.rows).toEqual([
        { refusal: made[2], owner: null },
        { refusal: made[1], owner: null },
      ]);
      const second = await given.store.admin.refusals({ limit: 2, after: first.next ?? "" });
      expect(second.rows.map(({ refusal, owner }) => [refusal, owner?.id])).toEqual([[made[0], "a"]]);
      expect(second.next).toBeUndefined();
      const tls = await given.store.admin.refusals({ limit: 2, source: ["tls"] });
      expect(tls.rows.map(({ refusal }) => refusal.id)).toEqual(["r2"]);
    });

    it("pages over the jobs of devices that are forgotten", async () => {
      await put({ drop: "enrollment", where: { id: "a" } });
      const first = await given.store.admin.planJobs("plan", undefined, 2);
      expect(first.rows.map((row) => [shownBy(row), row.enrollment?.id ?? null])).toEqual([
        ["j2", null],
        ["j3", "b"],
      ]);
      expect(first.next).toBeUndefined();
    });

    it("counts and pages a plan's jobs", async () => {
      const counts = await given.store.admin.planCounts(["plan", "none"]);
      expect(counts.get("plan")).toContainEqual({ state: "blocked", reason: "insufficient-space", jobs: 1 });
      expect(counts.get("none")).toEqual([]);
      expect(await given.store.admin.planCounts([])).toEqual(new Map());
      const inState = async (state?: string) =>
        (await given.store.admin.planJobs("plan", undefined, 9, state)).rows.map(shownBy);
      expect([await inState(), await inState("blocked"), await inState("refused")]).toEqual([["j2", "j3"], ["j3"], []]);
      const live = async (docs: boolean) => await given.store.admin.liveJobs(["a", "b", "c"], docs);
      const [bare, whole] = [await live(false), await live(true)];
      expect([bare, whole].map((jobs) => jobs.map((job) => job.id).sort())).toEqual([
        ["j2", "j3"],
        ["j2", "j3"],
      ]);
      expect(bare.map((job) => "doc" in job)).toEqual([false, false]);
      expect(whole.map((job) => job.doc)).toEqual(whole.map(({ id, enrollmentId }) => jobRow(id, enrollmentId).doc));
    });

    it("counts and pages those whom a plan has refused among its jobs, by device", async () => {
      const { admin } = given.store;
      const row = (enrollmentId: string, more: Partial<PlanDeviceRow> = {}): Write => ({
        put: "planDevice",
        row: planDeviceRow("plan", enrollmentId, more),
      });
      await put(row("a", { jobId: "j2", doneAt: 1 }), row("b", { jobId: "j3", doneAt: 1 }));
      await put(row("aa", REFUSED), row("c", { ...REFUSED, doneAt: 5 }), row("d"), row("e", { kind: "compliant" }));
      const counted = (await admin.planCounts(["plan"])).get("plan");
      expect(counted).toContainEqual({ state: "refused", reason: "busy", jobs: 2 });
      expect(counted?.reduce((sum, { jobs }) => sum + jobs, 0)).toBe(4);
      const pages: unknown[] = [];
      let after: string | undefined;
      do {
        const { rows, next } = await admin.planJobs("plan", after, 1);
        pages.push(...rows.map(shownBy));
        after = next;
      } while (after !== undefined);
      expect(pages).toEqual(["j2", "aa", "j3", "c"]);
      expect((await admin.planJobs("plan", undefined, 9, "refused")).rows.map(shownBy)).toEqual(["aa", "c"]);
    });

    it("finds what is still to be done of a plan: decisions without a job, and after a stop jobs that are under way", async () => {
      const { admin } = given.store;
      const row = (planId: string, enrollmentId: string, more: Partial<PlanDeviceRow> = {}): Write => ({
        put: "planDevice",
        row: planDeviceRow(planId, enrollmentId, more),
      });
      await put(row("plan", "c"), row("plan", "b", { kind: "compliant" }), row("plan", "a", { doneAt: 3 }));
      await put(row("plan", "d", REFUSED), row("other", "a"));
      expect(await admin.openDecisions("plan", 9)).toEqual(["c", "b"]);
      expect(await admin.openDecisions("plan", 1)).toEqual(["c"]);
      const open = async (limit = 9) =>
        (await admin.jobsThat("run", "plan", limit)).map(({ id }) => id).toSorted((a, b) => a.localeCompare(b));
      expect([await open(), (await open(1)).length]).toEqual([["j2", "j3"], 1]);
      await put({ patch: "job", where: { id: "j2" }, set: { state: "stopping" } });
      expect(await open()).toEqual(["j3"]);
      await put(...excludedUntil(["b", 7]));
      const continuing = async (now: number) => (await admin.jobsThat("run", "plan", 9, now)).map(({ id }) => id);
      expect([await open(), await continuing(6), await continuing(7), await continuing(8)]).toEqual([
        ["j3"],
        [],
        ["j3"],
        ["j3"],
      ]);
      expect(await admin.standingsOf(["b", "nobody"])).toEqual([{ id: "b", compliance: "unknown", excludedEndsAt: 7 }]);
      expect(await admin.standingsOf([])).toEqual([]);
      await put({ drop: "enrollment", where: { id: "b" } });
      expect(await open()).toEqual([]);
    });

    it("finds the jobs that a rollout's pause or end concerns: those that must not run, may move, or are over", async () => {
      const { admin } = given.store;
      const states = ["running", "held", "paused", "aborted", "superseded"] as const;
      const jobs = [null, ...states].flatMap((rollout) =>
        ["asking", "paused"].map((state) => ({ rollout, state, id: `${rollout ?? "none"}-${state}` })),
      );
      await put(
        ...states.map(
          (state): Write => ({ put: "rollout", row: rolloutRow(state, { planId: "ringed", version: state, state }) }),
        ),
        ...jobs.flatMap(({ rollout, state, id }): Write[] => [
          { put: "enrollment", row: enrollmentRow(id) },
          { put: "job", row: jobRow(id, id, { planId: "ringed", rolloutId: rollout, state }) },
        ]),
        { put: "enrollment", row: enrollmentRow("over") },
        { put: "job", row: jobRow("over", "over", { planId: "ringed", rolloutId: "paused", live: 0, state: "done" }) },
      );
      const found = async (what: JobsThat) =>
        (await admin.jobsThat(what, "ringed", 20)).map(({ id }) => id).toSorted((a, b) => a.localeCompare(b));
      expect(await found("must-not-run")).toEqual(["aborted-asking", "paused-asking"]);
      expect(await found("may-move")).toEqual([
        "aborted-paused",
        "held-paused",
        "none-paused",
        "running-paused",
        "superseded-paused",
      ]);
      expect(await found("are-over")).toEqual(["aborted-paused"]);
      expect((await admin.jobsThat("may-move", "ringed", 2)).length).toBe(2);
    });

    it("knows a rollout's jobs, and the devices of its plan by what the plan means for them", async () => {
      const { admin } = given.store;
      const under = (id: string, ring: number | null, more: Partial<EnrollmentRow> = {}): Write => ({
        put: "enrollment",
        row: enrollmentRow(id, {
          platform: "macOS",
          governedBy: "ringed",
          ring,
          aim: "26.6.2",
          osVersion: "26.6",
          ...more,
        }),
      });
      const job = (id: string, rolloutId: string, more: Partial<JobRow> = {}): Write => ({
        put: "job",
        row: jobRow(`j-${id}-${rolloutId}`, id, { planId: "ringed", rolloutId, ...more }),
      });
      await put(
        { put: "rollout", row: rolloutRow("r1", { planId: "ringed", version: "26.6.1" }) },
        { put: "rollout", row: rolloutRow("r2", { planId: "ringed", version: "26.6.2" }) },
        ...[under("p1", 0), under("p2", 0), under("p3", 0), under("p4", 1), under("p5", 1, { osVersion: "26.6.2" })],
        // In no ring; in another plan; gone.
        ...[under("p6", null), under("p7", 0, { governedBy: "plan" }), under("p8", 0, { state: "removed" })],
        // The second has a job to the older release alone, the third one that is over.
        ...[job("p1", "r2"), job("p2", "r1"), job("p3", "r2", { live: 0, state: "done", reason: "updated" })],
      );
      const alike = (await admin.devicesUnder("ringed")).toSorted(
        (a, b) => a.ring - b.ring || Number(a.osVersion === a.aim) - Number(b.osVersion === b.aim),
      );
      const of = { platform: "macOS", aim: "26.6.2" };
      expect(alike).toEqual([
        { ...of, ring: 0, osVersion: "26.6", devices: 3, withJob: 1 },
        { ...of, ring: 1, osVersion: "26.6", devices: 1, withJob: 0 },
        { ...of, ring: 1, osVersion: "26.6.2", devices: 1, withJob: 0 },
      ]);
      expect(await admin.devicesUnder("none")).toEqual([]);
      const counts = await admin.rolloutCounts(["r1", "r2", "r3"]);
      expect(counts.get("r1")).toEqual([{ state: "asking", reason: "begun", jobs: 1 }]);
      expect(counts.get("r2")).toHaveLength(2);
      expect(counts.get("r2")).toContainEqual({ state: "done", reason: "updated", jobs: 1 });
      expect(counts.get("r3")).toEqual([]);
      expect(await admin.rolloutDocs("r2", "", 9)).toEqual([{ enrollmentId: "p1", doc: jobRow("j", "p1").doc }]);
      expect(await admin.rolloutDocs("r2", "p1", 9)).toEqual([]);
      expect(await admin.rollout("r1")).toEqual(rolloutRow("r1", { planId: "ringed", version: "26.6.1" }));
      expect(await admin.rollout("none")).toBeUndefined();
    });

    it("pages live jobs by device, for a block to look at", async () => {
      const { admin } = given.store;
      const devicesOf = async (after: string | null, limit: number) =>
        (await admin.liveJobsAfter(after, limit)).map(({ id, enrollmentId }) => `${enrollmentId} ${id}`);
      const all = await devicesOf(null, 9);
      expect(all).toEqual(["a j2", "b j3"]);
      expect([await devicesOf(null, 1), await devicesOf("a", 9), await devicesOf("b", 9)]).toEqual([
        ["a j2"],
        ["b j3"],
        [],
      ]);
      expect((await admin.liveJobsAfter(null, 1))[0]?.doc).toEqual(jobRow("j2", "a").doc);
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

    it("finds the members of a rollout, by the newest job of each device", async () => {
      const { admin } = given.store;
      const job = (id: string, enrollmentId: string, more: Partial<JobRow> = {}) => ({
        insert: "job" as const,
        row: jobRow(id, enrollmentId, { live: 0, rolloutId: "r1", ring: 1, createdAt: 3, ...more }),
      });
      await put(
        { insert: "enrollment", row: enrollmentRow("m1", { lastSeenAt: 9, governedBy: "p1" }) },
        { insert: "enrollment", row: enrollmentRow("m2", { lastSeenAt: 8 }) },
        { insert: "enrollment", row: enrollmentRow("m3", { state: "checked-out" }) },
        { insert: "enrollment", row: enrollmentRow("m4", { governedBy: "p2", lastSeenAt: null, excludedEndsAt: 4 }) },
        job("mj1", "m1", { ring: 0, member: { reachedAt: 4 } }),
        job("mj2", "m1", { urgent: 1, startedAt: 7, member: { orderedAt: 7, reachedAt: 8, momentAt: 6 } }),
        job("mj3", "m1", { rolloutId: "r2" }),
        job("mj4", "m2", { member: { momentAt: 5, installingAt: 6, report: { at: 7, namesHindrance: false } } }),
        job("mj5", "m3"),
        job("mj6", "m4"),
      );
      const found = await admin.ringMembers({ id: "r1", planId: "p1" }, true);
      const one = { ring: 1, urgent: 0, createdAt: 3, startedAt: null, excludedEndsAt: null, governedBy: null };
      const reported = { momentAt: 5, installingAt: 6, report: { at: 7, namesHindrance: false } };
      const rows = [
        { ...one, enrollmentId: "m1", urgent: 1, startedAt: 7, lastSeenAt: 9, governedBy: "p1" },
        { ...one, enrollmentId: "m2", lastSeenAt: 8, member: reported },
        { ...one, enrollmentId: "m4", lastSeenAt: null, excludedEndsAt: 4, member: null },
      ];
      expect(found.toSorted((a, b) => (a.enrollmentId < b.enrollmentId ? -1 : 1))).toMatchObject(rows);
      // Of a member it may be less than all: the order that it took is known by when it started.
      expect(found.find(({ urgent }) => urgent === 1)?.member).toMatchObject({ reachedAt: 8, momentAt: 6 });
      const without = await admin.ringMembers({ id: "r1", planId: "p1" }, false);
      expect(without).toHaveLength(rows.length);
      expect(without).toEqual(expect.arrayContaining(found.map((row) => ({ ...row, enrollmentId: "" }))));
      expect(await admin.ringMembers({ id: "r9", planId: "p1" }, true)).toEqual([]);
    });

    it("finds the devices of a plan's rings that a release was not given to", async () => {
      const { admin } = given.store;
      const under = { platform: "iOS", governedBy: "p1", ring: 2, aim: "26.6.2", lastSeenAt: 7 } as const;
      await put(
        { insert: "enrollment", row: enrollmentRow("n1", { ...under, supplementalExtra: "(a)", excludedEndsAt: 9 }) },
        { insert: "enrollment", row: enrollmentRow("n2", { ...under, osVersion: null, lastSeenAt: null }) },
        { insert: "enrollment", row: enrollmentRow("n3", under) },
        { insert: "enrollment", row: enrollmentRow("n4", { ...under, platform: "macOS" }) },
        { insert: "enrollment", row: enrollmentRow("n5", { ...under, ring: null }) },
        { insert: "enrollment", row: enrollmentRow("n6", { ...under, aim: null }) },
        { insert: "enrollment", row: enrollmentRow("n7", { ...under, state: "checked-out" }) },
        { insert: "enrollment", row: enrollmentRow("n8", { ...under, governedBy: "p2" }) },
        { insert: "job", row: jobRow("nj3", "n3", { live: 0, rolloutId: "r1", ring: 2 }) },
        { insert: "job", row: jobRow("nj2", "n2", { live: 0, rolloutId: "r2", ring: 2 }) },
      );
      const rollout = { id: "r1", planId: "p1", platform: "iOS" };
      const [n1, n2] = [
        {
          id: "n1",
          ring: 2,
          aim: "26.6.2",
          osVersion: "26.5",
          supplementalExtra: "(a)",
          lastSeenAt: 7,
          excludedEndsAt: 9,
        },
        {
          id: "n2",
          ring: 2,
          aim: "26.6.2",
          osVersion: null,
          supplementalExtra: null,
          lastSeenAt: null,
          excludedEndsAt: null,
        },
      ];
      const found = await admin.notGivenTo(rollout, true);
      expect(found.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual([n1, n2]);
      const without = await admin.notGivenTo(rollout, false);
      expect(without.map(({ id }) => id)).toEqual(["", ""]);
      expect(await admin.notGivenTo({ ...rollout, id: "r2" }, true)).toHaveLength(2);
    });

    it("finds the last start in each run of a plan", async () => {
      const { admin } = given.store;
      const job = (id: string, more: Partial<JobRow>): Write => ({
        insert: "job",
        row: jobRow(id, `s-${id}`, { live: 0, rolloutId: "r1", ring: 0, ...more }),
      });
      await put(
        { insert: "rollout", row: rolloutRow("r1", { planId: "p1" }) },
        { insert: "rollout", row: rolloutRow("r2", { planId: "p2" }) },
        { insert: "ringRun", row: ringRunRow("r1", 0) },
        { insert: "ringRun", row: ringRunRow("r1", 0, { urgent: 1 }) },
        { insert: "ringRun", row: ringRunRow("r1", 1) },
        { insert: "ringRun", row: ringRunRow("r1", 2) },
        { insert: "ringRun", row: ringRunRow("r2", 0) },
        job("s1", { startedAt: 5 }),
        job("s2", { startedAt: 9 }),
        job("s3", { startedAt: null }),
        job("s4", { startedAt: 20, urgent: 1 }),
        job("s5", { ring: 1, startedAt: null }),
        job("s6", { startedAt: 30, rolloutId: "r2" }),
      );
      const found = await admin.lastStarts("p1");
      expect(
        found
          .map(({ rolloutId, ring, urgent, lastStartAt }) => [rolloutId, ring, urgent, lastStartAt])
          .toSorted((a, b) => Number(a[1]) - Number(b[1]) || Number(a[2]) - Number(b[2])),
      ).toEqual([
        ["r1", 0, 0, 9],
        ["r1", 0, 1, 20],
        ["r1", 1, 0, null],
        ["r1", 2, 0, null],
      ]);
      expect(await admin.lastStarts("p9")).toEqual([]);
    });

    it("counts the enrolled devices of plans, and those of them that are alike to Apple's list", async () => {
      const { admin } = given.store;
      const mac = { governedBy: "p1", platform: "macOS", softwareUpdateDeviceId: "J1AP", osVersion: "26.5" } as const;
      await put(
        ...[
          enrollmentRow("g1", mac),
          enrollmentRow("g2", { ...mac, serial: null }),
          enrollmentRow("g3", { ...mac, osVersion: "26.6" }),
          enrollmentRow("g4", { ...mac, governedBy: "p2" }),
          enrollmentRow("g5", { ...mac, state: "checked-out" }),
        ].map((row): Write => ({ insert: "enrollment", row })),
      );
      expect(await admin.governedCounts(["p1", "p9"])).toEqual(new Map([["p1", 3]]));
      const { platform, softwareUpdateDeviceId } = mac;
      const alike = { planId: "p1", platform, productName: null, softwareUpdateDeviceId };
      const found = await admin.governedAlike(["p1", "p9"]);
      expect(found.toSorted((x, y) => y.devices - x.devices)).toEqual([
        { ...alike, osVersion: "26.5", devices: 2 },
        { ...alike, osVersion: "26.6", devices: 1 },
      ]);
      expect([await admin.governedAlike([]), await admin.governedCounts([])]).toEqual([[], new Map()]);
    });

    it("finds who is still to lose a policy", async () => {
      const { admin } = given.store;
      const has = (id: string, more: Partial<AssignmentRow> = {}): Write => ({
        put: "assignment",
        row: { ...assignmentRow(id, "p"), ...more },
      });
      await put(has("a"), has("b", { state: "removing" }), has("c", { policyId: "other" }), has("forgotten"));
      expect([await admin.assignmentsToTake("p", 9), await admin.assignmentsToTake("none", 9)]).toEqual([["a"], []]);
      await put(has("c"));
      expect([(await admin.assignmentsToTake("p", 9)).length, (await admin.assignmentsToTake("p", 1)).length]).toEqual([
        2, 1,
      ]);
    });

    it("finds the jobs that ended with an update that a plan ordered", async () => {
      const { put, store } = given;
      const ended = (id: string, enrollmentId: string, more: Partial<JobRow>): Write => ({
        put: "job",
        row: jobRow(id, enrollmentId, { live: 0, state: "done", reason: "updated", ...more }),
      });
      await put(
        ended("u2", "a", { createdAt: 20 }),
        ended("u1", "a", { createdAt: 10 }),
        ended("u3", "b", { createdAt: 15, reason: "brought-before" }),
        ended("u4", "b", { reason: "already-there" }),
        ended("u5", "b", { begun: 0, reason: "brought-before" }),
        ended("u6", "b", { state: "fell-back" }),
        ended("u7", "c", {}),
      );
      expect((await store.admin.updatedJobs(["a", "b"])).map(({ id }) => id)).toEqual(["u1", "u3", "u2"]);
      expect(await store.admin.updatedJobs([])).toEqual([]);
    });
  });
}
