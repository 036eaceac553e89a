/** The contract of every backend, for admins: what the server keeps of what happened: audit, refusals, messages, links, CVEs. The three devices are those of `admin.suite.ts`. */
import { expect, it } from "vitest";
import type { AdminStore } from "./admin-store.ts";
import type { Given } from "./given.suite.ts";
import type { AssignmentRow } from "./rows.ts";
import {
  assignmentRow,
  auditRow,
  bodyBatchRow,
  bodyRow,
  closedCommandRow,
  commandBytesRow,
  commandRow,
  linkRow,
  refusalRow,
  securityRow,
} from "./suite-rows.ts";
import type { Write } from "./transaction.ts";

export function testRecords(given: Given): void {
  const { put } = given;
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

  it("lists enrollment links, newest first, as many as asked", async () => {
    const made = [linkRow("l1", { createdAt: 1 }), linkRow("l2", { createdAt: 2 }), linkRow("l3", { createdAt: 2 })];
    await put(...made.map((row): Write => ({ put: "enrollmentLink", row })));
    const { links, link } = given.store.admin;
    const first = await links(undefined, 2);
    expect(first.rows.map(({ id }) => id)).toEqual(["l3", "l2"]);
    expect(await links(first.next, 2)).toEqual({ rows: [made[0]], next: undefined });
    // Two of one moment do not hide each other at the end of a page.
    const one = await links(undefined, 1);
    expect((await links(one.next, 1)).rows.map(({ id }) => id)).toEqual(["l2"]);
    expect([await link("l1"), await link("l9")]).toEqual([made[0], undefined]);
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
}
