/** The contract of every backend, for admins: the class of devices, the plan that governs each, and what each was on at a moment. The three devices are those of `admin.suite.ts`. */
import { expect, it } from "vitest";
import type { Given } from "./given.suite.ts";
import type { PlanDeviceRow } from "./rows.ts";
import { enrollmentRow, jobRow, planDeviceRow, planRow, versionRow } from "./suite-rows.ts";
import type { Write } from "./transaction.ts";

const REFUSED = { kind: "refused", reason: "busy", seed: null } as const;

export function testGoverned(given: Given): void {
  const { put } = given;
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
}
