import { describe, expect, it } from "vitest";
import type { DeviceBinding, EnrollmentRow } from "../../store/index.ts";
import { blankEnrollment } from "./admit.ts";
import { serialNews, freeSerial, isMeant, serialPatch } from "./claims.ts";

const UDID = "00008030-001A2B3C4D5E6F70";
const row = (id: string, more: Partial<EnrollmentRow> = {}): EnrollmentRow => ({
  ...blankEnrollment(id, `UDID-${id}`, 0),
  state: "enrolled",
  ...more,
});
const own = row("own", { serial: "AAAA1111" });
const holder = row("holder", { serial: "SSSS1111" });

describe("a serial number that a device reports", () => {
  const kept = { claimedSerial: "SSSS1111", serial: "AAAA1111" };
  it.each<[what: string, own: EnrollmentRow, said: string | null, holders: EnrollmentRow[], patch: object]>([
    ["nobody has", own, "SSSS1111", [], { serial: "SSSS1111", claimedSerial: null }],
    ["nobody has, in small letters", own, "ssss1111", [], { serial: "SSSS1111", claimedSerial: null }],
    ["it has itself", own, "aaaa1111", [own], { serial: "AAAA1111", claimedSerial: null }],
    ["another one has", own, "SSSS1111", [holder], kept],
    ["another one has, in small letters", own, "ssss1111", [holder], kept],
    ["another one has that is on its way in", own, "SSSS1111", [{ ...holder, state: "authenticated" }], kept],
    [
      "one had that has left",
      own,
      "SSSS1111",
      [{ ...holder, state: "checked-out" }],
      { serial: "SSSS1111", claimedSerial: null },
    ],
    ["another one has, and it had none", row("own"), "SSSS1111", [holder], { ...kept, serial: null }],
    [
      "it claimed, and nobody has any more",
      row("own", { claimedSerial: "SSSS1111" }),
      "SSSS1111",
      [],
      { serial: "SSSS1111", claimedSerial: null },
    ],
    ["both have had for long", row("own", { serial: "SSSS1111" }), "SSSS1111", [holder], { claimedSerial: null }],
    [
      "another one has since it left",
      row("own", { serial: "SSSS1111", state: "checked-out" }),
      "SSSS1111",
      [holder],
      { ...kept, serial: null },
    ],
    ["has the form of a UDID", own, UDID, [], { claimedSerial: UDID, serial: "AAAA1111" }],
    ["is none", own, null, [holder], {}],
  ])("which %s", (_what, of, said, holders, patch) => {
    expect(serialPatch(of, said, holders)).toEqual(patch);
  });

  it("is noted once as a claim on both timelines, with who has it and who claims it", () => {
    const [note, theirs, ...more] = serialNews(own, { claimedSerial: "SSSS1111" }, [holder], 5);
    expect(more).toEqual([]);
    const data = { serial: "SSSS1111", holder: "holder", udid: "UDID-holder" };
    expect(note).toMatchObject({ row: { enrollmentId: "own", at: 5, kind: "serial-claimed", data } });
    const claim = { serial: "SSSS1111", claimant: "own", udid: own.appleId };
    expect(theirs).toMatchObject({ row: { enrollmentId: "holder", at: 5, kind: "serial-claimed-by", data: claim } });
    const claims = { ...own, claimedSerial: "SSSS1111" };
    expect(serialNews(claims, { claimedSerial: "SSSS1111" }, [holder], 6)).toEqual([]);
    expect(serialNews(claims, { claimedSerial: null }, [holder], 6)).toEqual([]);
  });

  it.each(["checked-out", "removed"] as const)("no longer calls those that had it and are %s", (state) => {
    const left: EnrollmentRow = { ...holder, state };
    expect(serialNews(own, { serial: "SSSS1111", claimedSerial: null }, [left, own], 5)).toMatchObject([
      { patch: "enrollment", where: { id: "holder" }, set: { serial: null, claimedSerial: "SSSS1111" } },
      { row: { enrollmentId: "holder", kind: "serial-handed-on", data: { heir: "own", udid: own.appleId } } },
      { row: { enrollmentId: "own", kind: "serial-taken-over", data: { holder: "holder" } } },
    ]);
  });
});

describe("a serial number whose device has left", () => {
  const claimant = row("new", { claimedSerial: "SSSS1111" });
  const left: EnrollmentRow = { ...holder, state: "checked-out" };
  const freed = (holders: EnrollmentRow[], claimants: EnrollmentRow[]): unknown[] =>
    freeSerial(left, { holders, claimants }, 7);

  it("is that of the one that claims it", () => {
    expect(freed([left], [claimant])).toMatchObject([
      { patch: "enrollment", where: { id: "holder" }, set: { serial: null, claimedSerial: "SSSS1111" } },
      { insert: "timeline", row: { enrollmentId: "holder", kind: "serial-handed-on" } },
      { insert: "timeline", row: { enrollmentId: "new", kind: "serial-taken-over" } },
      { patch: "enrollment", where: { id: "new" }, set: { serial: "SSSS1111", claimedSerial: null } },
    ]);
  });

  it.each<[what: string, holders: EnrollmentRow[], claimants: EnrollmentRow[]]>([
    ["none claims it", [left], []],
    ["two claim it", [left], [claimant, { ...claimant, id: "other" }]],
    ["the one that claimed it has left", [left], [{ ...claimant, state: "checked-out" }]],
    ["another one has it", [left, { ...holder, id: "double" }], [claimant]],
  ])("stays where it is while %s", (_what, holders, claimants) => {
    expect(freed(holders, claimants)).toEqual([]);
  });
});

describe("a profile for one device", () => {
  const bySerial = { kind: "serial", value: "Ssss1111" } as const;
  const byUdid = { kind: "udid", value: UDID } as const;
  it.each<
    [
      what: string,
      device: DeviceBinding | null,
      appleId: string,
      serial: string | null,
      known: EnrollmentRow | undefined,
      meant: boolean,
    ]
  >([
    ["is for any", null, "X", null, holder, true],
    ["is for its serial number", bySerial, "X", "sSSS1111", undefined, true],
    ["is for no other serial number", bySerial, "X", "AAAA1111", undefined, false],
    ["is for none without a serial number", bySerial, "X", null, undefined, false],
    ["is for no UDID of that text", bySerial, "SSSS1111", "AAAA1111", undefined, false],
    ["is for the known device of its serial number", bySerial, "UDID-holder", "SSSS1111", holder, true],
    [
      "is for the known device that claims it",
      bySerial,
      "X",
      "SSSS1111",
      row("x", { claimedSerial: "SSSS1111" }),
      true,
    ],
    ["is not for the UDID of a known device", bySerial, "UDID-own", "SSSS1111", own, false],
    ["is not for the UDID of a known device without one", bySerial, "X", "SSSS1111", row("x"), false],
    ["is for a UDID that has left", bySerial, "UDID-own", "SSSS1111", { ...own, state: "checked-out" }, true],
    ["is for its UDID", byUdid, UDID, "AAAA1111", undefined, true],
    ["is for its UDID in small letters", byUdid, UDID.toLowerCase(), null, undefined, true],
    ["is for no other UDID", byUdid, "UDID-own", null, own, false],
    ["is for no serial number of that text", byUdid, "UDID-own", UDID, own, false],
  ])("%s", (_what, device, appleId, serial, known, meant) => {
    expect(isMeant({ device }, { appleId, serial }, known)).toBe(meant);
  });
});
