import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { SimRecord } from "../../simulator/index.ts";
import type { End } from "./ends.ts";
import { reportOf, writeReport } from "./report.ts";
import type { RingsEnd } from "./rings/ends.ts";
import { PLAN } from "./rings/macs.ts";
import { COURSE } from "./rings/right-end.suite.ts";

const AT = Date.UTC(2026, 7, 25, 21, 30);
const ISO = "2026-08-25T21:30:00.000Z";
const UUID = "01a038dc-f7d8-74ee-8a81-1284e6fff297";
const record = (serial: string, more: Partial<SimRecord> = {}): SimRecord => ({
  kind: "iphone-declared",
  index: 3,
  serial,
  udid: UUID,
  timeZone: "Europe/Berlin",
  enrolledAt: AT,
  events: [{ at: AT, what: "replayed", uuid: UUID }],
  commandsExecuted: [
    { uuid: UUID, requestType: "ScheduleOSUpdate", action: "InstallASAP", at: AT, status: "Acknowledged" },
    { uuid: UUID, requestType: "DeviceInformation", at: AT, status: "NotNow" },
  ],
  answersAcknowledged: [{ uuid: UUID, status: "Acknowledged", at: AT, replay: false }],
  installsExecuted: [
    {
      at: AT,
      finishedAt: null,
      version: "26.6.1",
      build: "23G83",
      action: "declaration",
      local: "2026-08-25 23:30:00",
      zone: "Europe/Berlin",
      consented: false,
      declared: { identifier: UUID, serverToken: "t1", local: "2026-08-25T23:30:00", late: 40, excuse: null },
    },
  ],
  downloadsExecuted: [{ at: AT, version: "26.6.1", build: "23G83" }],
  otherInstalls: [{ at: AT, name: "Safari", restarts: false }],
  violations: [],
  declarations: {
    enabledAt: AT,
    syncs: 1,
    plannings: [
      {
        at: AT,
        identifier: UUID,
        serverToken: "t1",
        version: "26.6.1",
        local: "2026-08-25T23:30:00",
        deadline: AT,
      },
    ],
    givenUp: [],
    downloadsLost: 0,
    reports: { accepted: 1, full: 1, lost: 0 },
    held: [{ type: "t", identifier: UUID, serverToken: "t1" }],
    installState: "none",
    failures: 0,
  },
  restarts: [{ at: AT, why: "install" }],
  finalVersion: "26.6.1",
  finalBuild: "23G83",
  unenrolled: false,
  ...more,
});
const end = (serial: string, more: Partial<SimRecord> = {}): End => ({
  kind: "iphone-declared",
  state: "done",
  reason: "updated",
  verdict: "Up to date.",
  mechanism: "declaration",
  observedVersion: "26.6.1",
  observedBuild: "23G83",
  problems: ["none really"],
  record: record(serial, more),
});

const mac = (serial: string, more: Partial<SimRecord> = {}) => ({
  ...end(serial, more),
  ...{ ring: "Early", model: "MacBook Air (M2)", blocked: "it fails", failedInstalls: [AT] },
});
const RINGS: RingsEnd = { course: { ...COURSE, news: [{ at: AT, text: "It happened." }] }, problems: [], macs: [] };
const standingOf = (rings: RingsEnd): unknown => (JSON.parse(reportOf([], rings)) as { standing: unknown }).standing;
const devicesIn = (text: string): { serial: string }[] =>
  (JSON.parse(text) as { devices: { serial: string }[] }).devices;

describe("the demo's report", () => {
  it("has the end of a device and what truly happened to it, times in ISO, and no id", () => {
    expect(devicesIn(reportOf([end("A")], RINGS))).toEqual([
      {
        serial: "A",
        kind: "iphone-declared",
        state: "done",
        reason: "updated",
        verdict: "Up to date.",
        mechanism: "declaration",
        problems: ["none really"],
        observedVersion: "26.6.1",
        observedBuild: "23G83",
        finalVersion: "26.6.1",
        finalBuild: "23G83",
        timeZone: "Europe/Berlin",
        enrolledAt: ISO,
        commands: [
          { at: ISO, requestType: "ScheduleOSUpdate", action: "InstallASAP", status: "Acknowledged" },
          { at: ISO, requestType: "DeviceInformation", status: "NotNow" },
        ],
        declared: [{ at: ISO, version: "26.6.1", local: "2026-08-25T23:30:00" }],
        downloads: [{ at: ISO, version: "26.6.1", build: "23G83" }],
        installs: [
          {
            at: ISO,
            finishedAt: null,
            version: "26.6.1",
            build: "23G83",
            action: "declaration",
            local: "2026-08-25 23:30:00",
            zone: "Europe/Berlin",
            consented: false,
            declared: { local: "2026-08-25T23:30:00", lateMs: 40, excuse: null },
          },
        ],
        otherInstalls: [{ at: ISO, name: "Safari", restarts: false }],
        restarts: [{ at: ISO, why: "install" }],
      },
    ]);
  });

  it.each<[string, Partial<SimRecord>, object]>([
    ["that never enrolled", { enrolledAt: null, commandsExecuted: [] }, { enrolledAt: null, commands: [] }],
    ["that had no declaration", { declarations: undefined as never }, { declared: [] }],
  ])("tells of a device %s what there is", (_what, more, told) => {
    expect(devicesIn(reportOf([end("A", more)], RINGS))).toMatchObject([told]);
  });

  it("has the story of the rings, what is wrong with it, and what each Mac has of it", () => {
    const rings = { ...RINGS, problems: ["the last ring never passed"], macs: [mac("B"), mac("A")] };
    expect(standingOf(rings)).toMatchObject({
      plan: PLAN,
      release: "26.7",
      problems: ["the last ring never passed"],
      story: [{ at: ISO, text: "It happened." }],
      devices: ["A", "B"].map((serial) => ({
        ...{ serial, ring: "Early", model: "MacBook Air (M2)", blocked: "it fails", failedInstalls: [ISO] },
      })),
    });
  });

  it("has the devices by serial number, and ends with a line break", () => {
    const text = reportOf([end("B"), end("a"), end("A")], RINGS);
    expect(text.endsWith("\n}\n")).toBe(true);
    expect(devicesIn(text).map(({ serial }) => serial)).toEqual(["A", "B", "a"]);
    expect(reportOf([end("A"), end("a"), end("B")], RINGS)).toBe(text);
  });

  it("is written to its file, or says that it can't be", () => {
    const folder = mkdtempSync(join(tmpdir(), "uptick-report-"));
    try {
      const file = join(folder, "report.json");
      writeReport(file, [end("A")], RINGS);
      expect(readFileSync(file, "utf8")).toBe(reportOf([end("A")], RINGS));
      expect(() => writeReport(folder, [], RINGS)).toThrow(expect.objectContaining({ code: "file-unreadable" }));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
