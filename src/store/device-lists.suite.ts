/** The contract of every backend, for admins: devices in lists: their pages, filters and counts, and the fleet that a plan looks through. The three devices are those of `admin.suite.ts`. */
import { expect, it } from "vitest";
import type { AdminStore } from "./admin-store.ts";
import type { DeviceCondition } from "./device-condition.ts";
import type { Given } from "./given.suite.ts";
import { certificateRow, enrollmentRow, jobRow, planDeviceRow, planRow } from "./suite-rows.ts";
import type { Write } from "./transaction.ts";

const REFUSED = { kind: "refused", reason: "busy", seed: null } as const;

/** Exclusions in force, by when they end. */
const excludedUntil = (...all: readonly (readonly [id: string, endsAt: number])[]): Write[] =>
  all.map(([id, excludedEndsAt]) => ({
    patch: "enrollment",
    where: { id },
    set: { excludedEndsAt, excludedDueAt: excludedEndsAt },
  }));

export function testDeviceLists(given: Given): void {
  const { put } = given;
  it("shows a device by its live job, then by the newest that began, then by the newest decision", async () => {
    const there = (id: string, enrollmentId: string, createdAt: number) =>
      ({ put: "job", row: jobRow(id, enrollmentId, { live: 0, begun: 0, state: "done", createdAt }) }) as const;
    const refused = (planId: string, enrollmentId: string, decidedAt: number) =>
      ({ put: "planDevice", row: planDeviceRow(planId, enrollmentId, { ...REFUSED, decidedAt }) }) as const;
    await put({ put: "plan", row: planRow("p1") }, { put: "plan", row: planRow("p2") });
    await put(there("j4", "a", 9), refused("p1", "a", 10), there("j5", "c", 4), there("j6", "c", 5));
    const { admin } = given.store;
    const shown = async () => (await admin.devices({ limit: 9 })).rows.map((row) => row.job?.id ?? row.refused?.planId);
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
    expect(await ids({ limit: 9, search: "0% i" })).toEqual(["c"]);
    // One or two characters begin a name, a serial, a UDID or a model.
    expect([await ids({ limit: 9, search: "%" }), await ids({ limit: 9, search: "10" })]).toEqual([[], ["c"]]);
    expect(await ids({ limit: 9, platform: "macOS" })).toEqual(["a"]);
    expect(await ids({ limit: 9, enrollment: "checked-out" })).toEqual(["c"]);
    expect(await ids({ limit: 9, jobState: "blocked" })).toEqual(["b"]);
    expect(await given.store.admin.countDevices()).toBe(2);
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
}
