/** The contract of every backend, for admins: devices, plans and policies by what a person calls them. The three devices are those of `admin.suite.ts`. */
import { expect, it } from "vitest";
import type { Given } from "./given.suite.ts";
import { enrollmentRow, planRow } from "./suite-rows.ts";
import type { Write } from "./transaction.ts";

export function testNames(given: Given): void {
  const { put } = given;
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

  it("finds plans by the beginning or the end of their id, newest first", async () => {
    for (const id of ["0198aaaa-1111", "0198aaaa-2222", "0198bbbb-2222"])
      await put({ insert: "plan", row: planRow(id) });
    expect(await given.store.admin.idsLike("plan", "0198aaaa", 9)).toEqual(["0198aaaa-2222", "0198aaaa-1111"]);
    expect(await given.store.admin.idsLike("plan", "2222", 9)).toEqual(["0198bbbb-2222", "0198aaaa-2222"]);
    expect(await given.store.admin.idsLike("plan", "2222", 1)).toEqual(["0198bbbb-2222"]);
    expect(await given.store.admin.idsLike("policy", "2222", 9)).toEqual([]);
  });
}
