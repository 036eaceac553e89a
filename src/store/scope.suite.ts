/** The contract of every backend: tags, groups, time zones by rule, and what rules read of devices. */
import { describe, expect, it } from "vitest";
import type { Given } from "./given.suite.ts";
import { before, enrollmentRow, groupRow, jobRow, planRow, zoneRuleRow } from "./suite-rows.ts";
import type { Write } from "./transaction.ts";

const device = (id: string, more: Parameters<typeof enrollmentRow>[1] = {}): Write => ({
  put: "enrollment",
  row: enrollmentRow(id, more),
});
const tagged = (enrollmentId: string, ...tags: readonly string[]): Write[] =>
  tags.map((tag) => ({ put: "deviceTag", row: { enrollmentId, tag } }));

export function testScopes(given: Given): void {
  const { put } = given;
  describe("for rules", () => {
    it("reads the tags of many devices at once", async () => {
      // A tag that is put twice is there once.
      await put(...tagged("a", "pilot", "lab"), ...tagged("b", "lab"), ...tagged("a", "lab"));
      const { admin } = given.store;
      expect([...(await admin.tagsOf(["c", "b", "a"]))].map(([id, tags]) => [id, [...tags]])).toEqual([
        ["a", ["lab", "pilot"]],
        ["b", ["lab"]],
      ]);
      expect(await admin.tagsOf([])).toEqual(new Map());
    });

    it("counts the devices of each tag in pages, without removed ones", async () => {
      await put(device("a"), device("b", { state: "checked-out" }), device("c", { state: "removed", removedAt: 1 }));
      await put(...tagged("a", "lab", "pilot", "z"), ...tagged("b", "lab"), ...tagged("c", "lab", "old"));
      const { admin } = given.store;
      const first = await admin.tags(undefined, 2);
      expect(first).toEqual({
        rows: [
          { tag: "lab", devices: 2 },
          { tag: "pilot", devices: 1 },
        ],
        next: "pilot",
      });
      expect(await admin.tags(first.next, 2)).toEqual({ rows: [{ tag: "z", devices: 1 }], next: undefined });
    });

    it("reads what rules ask of devices in pages, by the same filters as the list", async () => {
      const mac = { platform: "macOS", productName: "Mac14,2", softwareUpdateDeviceId: "J413AP", supervised: null };
      await put(
        { put: "plan", row: planRow("plan") },
        device("a", { ...mac, osVersion: "15.7", serial: "C02A" }),
        device("b", { state: "checked-out" }),
        device("c", { state: "removed", removedAt: 1 }),
        device("d", { serial: null }),
        { put: "job", row: jobRow("j", "d", { state: "blocked" }) },
      );
      const { admin } = given.store;
      const first = await admin.scopeRows({ limit: 1 });
      expect(first).toEqual({
        rows: [{ id: "a", ...mac, osVersion: "15.7", serial: "C02A" }],
        next: "a",
      });
      const idsOf = async (query: Partial<Parameters<typeof admin.scopeRows>[0]>) =>
        (await admin.scopeRows({ limit: 9, ...query })).rows.map(({ id }) => id);
      expect(await idsOf({ after: "a" })).toEqual(["b", "d"]);
      expect(await idsOf({ enrollment: "enrolled" })).toEqual(["a", "d"]);
      expect(await idsOf({ jobState: "blocked" })).toEqual(["d"]);
      expect(await idsOf({ jobState: "done" })).toEqual([]);
      expect((await admin.devicesOf(["d", "x", "a"])).map((row) => [row.enrollment.id, row.job?.id ?? null])).toEqual([
        ["a", null],
        ["d", "j"],
      ]);
      expect(await admin.devicesOf([])).toEqual([]);
    });

    it("keeps groups by name, and time zones by rule in their order", async () => {
      const [osaka, tokyo] = [groupRow("Osaka", "tag = osaka"), groupRow("Tokyo lab", "tag = tokyo")];
      const rules = [zoneRuleRow(0, "tag = tokyo"), zoneRuleRow(10), zoneRuleRow(9, "all", "UTC")];
      await put(
        ...[tokyo, osaka].map((row): Write => ({ insert: "deviceGroup", row })),
        ...rules.map((row): Write => ({ put: "zoneRule", row })),
      );
      const { admin } = given.store;
      expect(await admin.groups(undefined, 1)).toEqual({ rows: [osaka], next: "osaka" });
      expect(await admin.groups("osaka", 1)).toEqual({ rows: [tokyo], next: undefined });
      expect(await admin.groupsOf(["tokyo lab", "none"])).toEqual([tokyo]);
      expect(await admin.groupsOf([])).toEqual([]);
      expect((await admin.zoneRules()).map(({ place }) => place)).toEqual([0, 9, 10]);
    });

    it("forgets the tags of a removed device with its history", async () => {
      await put(
        device("a", { state: "removed", removedAt: 5 }),
        device("b"),
        ...tagged("a", "lab"),
        ...tagged("b", "lab"),
      );
      const { devices, admin } = given.store;
      await devices.prune(before(5), 10);
      expect([...(await admin.tagsOf(["a", "b"])).keys()]).toEqual(["a", "b"]);
      await devices.prune(before(6), 10);
      expect([...(await admin.tagsOf(["a", "b"])).keys()]).toEqual(["b"]);
    });
  });
}
