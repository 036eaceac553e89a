/** The class of a device as its own messages leave it, and as it is worked out with the catalog and the plans. */
import { describe, expect, it } from "vitest";
import type { EnrollmentRow } from "../../store/index.ts";
import { planDeviceRow, planRow } from "../../store/suite-rows.ts";
import { type MemoryRows, transact } from "../../store/in-memory.suite.ts";
import { poll } from "../commands/poll.ts";
import { standingFacts } from "../standing/facts.ts";
import { classify } from "../compliance/classify.ts";
import { excludeDevice, exclusionDue } from "../plans/exclusion.ts";
import { noteRefused } from "../plans/plan-devices.ts";
import { caller, command, device, enrollment, ID, idle, NOW, only, runs, withJob } from "./one-device.suite.ts";

const DAY = 86_400_000;
const LISTED = { productName: "iPhone15,2", osVersion: "26.5", buildVersion: "23A1" } as const;
const BASIS = "iOS 26 iPhone15,2";
const offer = (newest: string) => ({
  for: BASIS,
  inMajor: { version: newest },
  newest: { version: newest },
});
const classified = (more: Partial<EnrollmentRow> = {}): EnrollmentRow =>
  enrollment({
    ...LISTED,
    lastSeenAt: NOW,
    compliance: "no-plan",
    complianceReason: "nothing-governs",
    offer: JSON.stringify(offer("26.6.1")),
    classDueAt: NOW + 5 * DAY,
    ...more,
  });
const idles = (rows: MemoryRows, now = NOW) => transact(poll, { ...caller, now, message: idle }, rows);
const looks = (rows: MemoryRows, newest = "26.6.1", planId = "", now = NOW) => {
  const facts = standingFacts(only(rows, "enrollment"));
  const liveId = (rows.job ?? []).find(({ live }) => live === 1)?.id ?? null;
  const standing = {
    plan: null,
    facts,
    liveId,
    leaves: null,
    act: { kind: "keep" },
    blocks: [],
    blockedBy: [],
    blackouts: [],
    cause: 0,
    ...{ jobFacts: "", givenFacts: "" },
  } as const;
  return transact(
    classify,
    { enrollmentId: "e1", offer: offer(newest), planId, standing, leaseUntil: 0, firstId: ID, now },
    rows,
  );
};
const classIn = (rows: MemoryRows): string => {
  const { compliance, complianceReason, flags } = only(rows, "enrollment");
  return `${compliance} ${complianceReason}${flags.trimEnd()}`;
};

describe("an Idle", () => {
  it("writes nothing while the device is not silent by its class", () => {
    const rows = device({ enrollment: [classified()] });
    expect(idles(rows, NOW + 40 * DAY).changed).toEqual({});
  });

  it("ends the silence, and what is written says that the device was heard", () => {
    const silent = { compliance: "unknown", complianceReason: "not-heard", flags: " silent " } as const;
    const rows = device({ enrollment: [classified({ ...silent, lastSeenAt: NOW - 9 * DAY, classDueAt: null })] });
    const { rows: back } = idles(rows);
    expect(classIn(back)).toBe("no-plan nothing-governs");
    expect(only(back, "enrollment")).toMatchObject({ lastSeenAt: NOW, classDueAt: NOW + 7 * DAY });
    // It is not silent for whoever looks before contacts are written.
    expect(classIn(looks(back).rows)).toBe("no-plan nothing-governs");
  });

  it.each([1, 60])("makes the class due again by the setting of its last look (console K3): %d", (silentDays) => {
    const silent = { compliance: "unknown", complianceReason: "not-heard", flags: " silent " } as const;
    const kept = JSON.stringify({ ...offer("26.6.1"), silentDays });
    const rows = device({ enrollment: [classified({ ...silent, lastSeenAt: 0, classDueAt: null, offer: kept })] });
    // Whatever the setting, a device is unknown after 30 days.
    expect(only(idles(rows).rows, "enrollment").classDueAt).toBe(NOW + Math.min(silentDays, 30) * DAY);
  });
});

describe("the end of an exclusion", () => {
  const GOVERNED = { compliance: "cannot", complianceReason: "needs-major", governedBy: "p1" } as const;
  const target = JSON.stringify({ wanted: { version: "26.6.1" }, word: false });
  const wish = { ...{ until: "2026-09-01", reason: "why", by: "token:t" }, endsAt: NOW + DAY };
  const rows = () => device({ enrollment: [classified({ ...GOVERNED, target, deadlineAt: NOW - DAY })] });

  it("makes the class due, which has forgotten what the plan had made of the device", () => {
    const excluded = transact(excludeDevice, { enrollmentId: "e1", firstId: ID, now: NOW, ...wish }, rows()).rows;
    // It is not overdue either.
    expect([classIn(excluded), only(excluded, "enrollment").classDueAt]).toEqual(["no-plan excluded", NOW + DAY]);
    const over = transact(exclusionDue, { enrollmentId: "e1", firstId: ID, now: NOW + DAY }, excluded).rows;
    expect(only(over, "enrollment").classDueAt).toBe(NOW + DAY);
    const spec = { targets: { iOS: { kind: "latest-minor" } }, allowMajor: false, zone: "UTC" };
    const decided = {
      plan: [planRow("p1", { spec })],
      planDevice: [planDeviceRow("p1", "e1", { kind: "refused", doneAt: 1 })],
    };
    const known = { ...over, ...decided };
    expect(classIn(looks(known, "26.6.1", "p1", NOW + DAY).rows)).toMatch(/^cannot /);
  });

  it("is found by a message of the device that comes first", () => {
    const excluded = transact(excludeDevice, { enrollmentId: "e1", firstId: ID, now: NOW, ...wish }, rows()).rows;
    const asked = { ...excluded, ...device({ command: [command("a")], enrollment: excluded.enrollment ?? [] }) };
    const at = (now: number) => transact(poll, { ...caller, now, message: runs("a", "26.5.1") }, asked).rows;
    expect(classIn(at(NOW + DAY - 1))).toBe("no-plan excluded");
    expect(only(at(NOW + DAY), "enrollment")).toMatchObject({ compliance: "under-way", classDueAt: NOW + DAY });
  });
});

describe("an answer", () => {
  const asked = (more: Partial<EnrollmentRow> = {}) =>
    device({ enrollment: [classified(more)], command: [command("a")] });
  const says = (version: string, rows = asked()) =>
    transact(poll, { ...caller, message: runs("a", version) }, rows).rows;

  it("that names the newest version makes it be on target, at once and without the catalog", () => {
    expect(classIn(says("26.6.1"))).toBe("on-target newest-of-major newest");
    expect(only(says("26.6.1"), "enrollment").classDueAt).toBe(NOW + 5 * DAY);
  });

  it("that names another major makes its class due, and says nothing that it does not know", () => {
    const crossed = says("27.0");
    expect(classIn(crossed)).toBe("unknown not-classified");
    expect(only(crossed, "enrollment").classDueAt).toBe(NOW);
  });

  it("that names a version below what its plan had brought it to says so", () => {
    const done = {
      ...({ compliance: "on-target", complianceReason: "target-reached", governedBy: "p1" } as const),
      target: JSON.stringify({ wanted: { version: "26.6" }, word: false }),
    };
    expect(classIn(says("26.5.1", asked({ ...done, osVersion: "26.6" })))).toBe("cannot fell-back");
  });
});

const planOf = (id: string, more: object = {}) =>
  planRow(id, { spec: { targets: { iOS: { kind: "latest-minor" } }, allowMajor: false, zone: "UTC", ...more } });

describe("a class that is worked out", () => {
  const decided = (kind: "refused" | "job", more = {}) => ({
    plan: [
      planRow("p1", { spec: { targets: { iOS: { kind: "latest-minor" } }, allowMajor: false, zone: "UTC", ...more } }),
    ],
    planDevice: [planDeviceRow("p1", "e1", { kind, reason: kind === "refused" ? "not-supervised" : null, doneAt: 1 })],
  });
  const unknown = classified({
    compliance: "unknown",
    complianceReason: "not-classified",
    offer: null,
    classDueAt: NOW,
  });

  it.each<[string, MemoryRows, string, string]>([
    ["without a plan, behind", device({ enrollment: [unknown] }), "26.6.1", "no-plan nothing-governs"],
    ["without a plan, on the newest", device({ enrollment: [unknown] }), "26.5", "on-target newest-of-major newest"],
    ["refused", { ...device({ enrollment: [unknown] }), ...decided("refused") }, "26.6.1", "cannot not-supervised"],
    [
      "refused, and updated by its user",
      { ...device({ enrollment: [unknown] }), ...decided("refused") },
      "26.5",
      "on-target target-reached newest",
    ],
    [
      "refused, and late",
      { ...device({ enrollment: [unknown] }), ...decided("refused", { deadline: "2026-08-01T17:00" }) },
      "26.6.1",
      "cannot not-supervised overdue",
    ],
  ])("%s", (_what, rows, newest, expected) => {
    const done = looks(rows, newest, "p1");
    expect(classIn(done.rows)).toBe(expected);
    expect(only(done.rows, "enrollment")).toMatchObject({ classDueAt: NOW + 7 * DAY, classLeaseUntil: 0 });
    // Once more changes nothing.
    expect(looks(done.rows, newest, "p1").changed).toEqual({});
  });

  it("is that of the live job, whatever another plan has refused", () => {
    const rows = withJob(device({ enrollment: [unknown] }));
    const { rows: done } = looks({ ...rows, plan: [planOf("p1"), planOf("p2")] }, "26.6.1", "p2");
    expect(classIn(done)).toMatch(/^under-way /);
    expect(only(done, "enrollment").governedBy).toBe("p1");
  });

  it("stays due where the device has said something else meanwhile", () => {
    const rows = device({ enrollment: [classified({ osVersion: "27.0", offer: null })] });
    const { rows: done } = looks(rows);
    expect([classIn(done), only(done, "enrollment").classDueAt]).toEqual(["unknown not-classified", NOW]);
  });

  it("is due as soon as a plan refuses the device or gives it a job", () => {
    const rows = { ...device({ enrollment: [classified()] }), ...decided("refused") };
    const open = { ...rows, planDevice: rows.planDevice.map((row) => ({ ...row, doneAt: null })) };
    expect(only(transact(noteRefused, { planId: "p1", now: NOW }, open).rows, "enrollment").classDueAt).toBe(NOW);
    const given = withJob(device({ enrollment: [classified()] }));
    expect([classIn(given), only(given, "enrollment").classDueAt]).toEqual([expect.stringMatching(/^under-way /), NOW]);
    const { rows: done } = looks({ ...given, plan: [planOf("p1")] });
    expect(only(done, "enrollment").classDueAt).toBe(NOW + 7 * DAY);
  });
});
