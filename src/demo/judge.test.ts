import { describe, expect, it } from "vitest";
import { type SimInstall, type SimRecord } from "../../simulator/index.ts";
import type { DeviceDetail } from "../contract/index.ts";
import { DEMO_KINDS } from "./arguments.ts";
import { EXPECTED_ENDS } from "./expected.ts";
import { problemsOf } from "./judge.ts";

const WINDOW = { text: "22:00-05:00", fromHour: 22, toHour: 5, zone: "America/New_York" };
const install = (at: number, consented = false): SimInstall => ({
  at,
  finishedAt: at + 1,
  version: "26.6.1",
  build: "23G83",
  action: "InstallASAP",
  local: "",
  zone: "Europe/Berlin",
  consented,
});
const iso = (at: number): string => new Date(at).toISOString();
/** 23:30 in Berlin. */
const NIGHT = Date.UTC(2026, 7, 25, 21, 30);
const HOUR = 3_600_000;
const NOON = Date.UTC(2026, 7, 25, 10);

const record = (more: Partial<SimRecord> = {}): SimRecord =>
  ({
    kind: "iphone-no-passcode",
    timeZone: "Europe/Berlin",
    finalVersion: "26.6.1",
    finalBuild: "23G83",
    installsExecuted: [install(NIGHT)],
    otherInstalls: [],
    violations: [],
    ...more,
  }) as SimRecord;
const device = (more: Partial<DeviceDetail> = {}): DeviceDetail =>
  ({
    platform: "iOS",
    osVersion: "26.6.1",
    buildVersion: "23G83",
    timeZone: "Europe/Berlin",
    job: { state: "done", reason: "updated", release: "26.6.1", mechanism: "command", enforceAtLocal: null },
    ...more,
  }) as DeviceDetail;

const ended = (state: string, reason: string, target = "26.6.1"): DeviceDetail =>
  device({ job: { state, reason, release: target, mechanism: "command", enforceAtLocal: null } as never });

describe("the demo's judgement", () => {
  it("finds nothing wrong with a device that ended as it must", () => {
    expect(problemsOf(device(), record(), WINDOW, [])).toEqual([]);
  });

  it.each<[string, DeviceDetail | undefined, SimRecord]>([
    ["never enrolled", undefined, record()],
    ["has no job", device({ job: null }), record()],
    ["ended as done/already-there, not done/updated", ended("done", "already-there"), record()],
    ["ended as failed/updated, not done/updated", ended("failed", "updated"), record()],
    ["runs 26.6.1, not 26.6.2", ended("done", "updated", "26.6.2"), record()],
    ["is said to run 26.6.1 (23G83), runs 26.6.1 (23G80)", device(), record({ finalBuild: "23G80" })],
    [
      "is said to run 26.6.1 (23G83), runs 26.5 (23F77)",
      device(),
      record({ finalVersion: "26.5", finalBuild: "23F77" }),
    ],
    ["installed 2 times", device(), record({ installsExecuted: [install(NIGHT), install(NIGHT)] })],
    ["installed 0 times", device(), record({ installsExecuted: [] })],
    ["installed at 12 h, outside 22:00-05:00", device(), record({ installsExecuted: [install(NOON)] })],
    ["is said to be in null, is in Europe/Berlin", device({ timeZone: null }), record()],
    [
      "installed 1 updates other than its OS",
      device(),
      record({ otherInstalls: [{ at: NIGHT, name: "x", restarts: false }] }),
    ],
    ["ordered again", device(), record({ violations: ["ordered again"] })],
    // A Mac can't tell its zone, so the plan's holds: 17:30 in New York.
    ["installed at 17 h, outside 22:00-05:00", device({ platform: "macOS", timeZone: null }), record()],
  ])("says that it %s, and nothing else", (problem, seen, happened) => {
    expect(problemsOf(seen, happened, WINDOW, [])).toEqual([problem]);
  });

  it("says what its job never said on the way, and that another action was carried out", () => {
    const said = (reason: string) =>
      [{ seq: 1, recordedAt: iso(NIGHT), kind: "job-step", sentence: "", data: { reason }, raw: null }] as const;
    const call = record({ kind: "iphone-phone-call" });
    expect(problemsOf(device(), call, WINDOW, said("downloading"))).toEqual(['never said "phone-call"']);
    expect(problemsOf(device(), call, WINDOW, said("phone-call"))).toEqual([]);
    const forced = record({ kind: "mac-force-restart" });
    expect(problemsOf(device(), forced, WINDOW, [])).toEqual(["did InstallASAP, not InstallForceRestart"]);
  });

  it("says that an install was ordered outside the window, and gives a device the time to prepare", () => {
    const order = (at: number) =>
      [
        { seq: 1, recordedAt: iso(at), kind: "command-sent", sentence: "", data: { purpose: "install" }, raw: null },
      ] as const;
    const early = problemsOf(device(), record(), WINDOW, order(NOON));
    expect(early).toEqual(["ordered to install at 12 h, outside 22:00-05:00"]);
    // In Berlin it is 04:58 when it is ordered.
    const ordered = order(Date.UTC(2026, 7, 26, 2, 58));
    const begunAt = (minute: number) => record({ installsExecuted: [install(Date.UTC(2026, 7, 26, 3, minute))] });
    expect(problemsOf(device(), begunAt(6), WINDOW, ordered)).toEqual([]);
    expect(problemsOf(device(), begunAt(12), WINDOW, ordered)).toEqual(["installed at 5 h, outside 22:00-05:00"]);
  });

  it("lets a device choose the moment where that was asked for", () => {
    const later = { ...install(NOON), action: "InstallLater" };
    const chosen = (kind: string) => problemsOf(device(), record({ kind, installsExecuted: [later] }), WINDOW, []);
    expect(chosen("mac-makes-it-later")).toEqual([]);
    expect(chosen("iphone-no-passcode")).toEqual(["installed at 12 h, outside 22:00-05:00"]);
  });

  it("lets a user who typed a passcode choose the moment", () => {
    expect(problemsOf(device(), record({ installsExecuted: [install(NOON, true)] }), WINDOW, [])).toEqual([]);
  });

  describe("of a device that was told by declaration", () => {
    /** 22:00 in Berlin. */
    const TEN_PM = Date.UTC(2026, 7, 25, 20);
    const planning = {
      at: NOON,
      identifier: "update.1",
      serverToken: "t1",
      version: "26.6.1",
      local: "2026-08-25T22:00:00",
      deadline: TEN_PM,
    };
    const declared = (late: number, more: object = {}): SimInstall => ({
      ...install(TEN_PM + late),
      action: "declaration",
      declared: { identifier: "update.1", serverToken: "t1", local: planning.local, late, excuse: null, ...more },
    });
    const set = (at: number) =>
      [
        {
          seq: 1,
          recordedAt: iso(at),
          kind: "declarations-changed",
          sentence: "",
          data: { declarations: ["update.1"] },
          raw: null,
        },
      ] as const;
    const saying = {
      seq: 2,
      recordedAt: iso(NOON),
      kind: "job-step",
      sentence: "",
      data: { reason: "prepared" },
      raw: null,
    } as const;
    const told = device({
      job: {
        state: "done",
        reason: "updated",
        release: "26.6.1",
        mechanism: "declaration",
        enforceAtLocal: planning.local,
      } as never,
    });
    const did = (more: { installs?: SimInstall[]; plannings?: object[]; kind?: string } = {}): SimRecord =>
      record({
        kind: more.kind ?? "iphone-declared",
        installsExecuted: more.installs ?? [declared(0)],
        declarations: { plannings: more.plannings ?? [planning] } as never,
      });
    const judged = (happened: SimRecord, seen = told, at = NOON): string[] =>
      problemsOf(seen, happened, WINDOW, [...set(at), saying]);

    it("finds nothing wrong where it installed at its moment, or in time where it could not know it", () => {
      expect(judged(did())).toEqual([]);
      const plannings = [{ ...planning, at: TEN_PM + HOUR }];
      expect(judged(did({ installs: [declared(2 * HOUR, { excuse: "past-when-declared" })], plannings }))).toEqual([]);
    });

    it.each<[string, SimRecord]>([
      ["planned its update 2 times", did({ plannings: [planning, planning] })],
      ["installed 30 minutes before 2026-08-25T22:00:00", did({ installs: [declared(-HOUR / 2)] })],
      ["installed 10 minutes after 2026-08-25T22:00:00 (for no reason)", did({ installs: [declared(HOUR / 6)] })],
      ["installed for other, which it never planned", did({ installs: [declared(0, { identifier: "other" })] })],
      ["was told to go to 26.6, not to 26.6.1", did({ plannings: [{ ...planning, version: "26.6" }] })],
      ["installed 26.6, not 26.6.1", did({ installs: [{ ...declared(0), version: "26.6" }] })],
    ])("says that it %s, and nothing else", (problem, happened) => {
      expect(judged(happened)).toEqual([problem]);
    });

    it("says that it was told another moment than the server says, one outside the window, or one that had passed", () => {
      const noon = { ...planning, local: "2026-08-25T12:00:00" };
      expect(judged(did({ plannings: [noon] }))).toEqual([
        "was told 2026-08-25T12:00:00, not 2026-08-25T22:00:00",
        "was told 2026-08-25T12:00:00, outside 22:00-05:00",
      ]);
      expect(judged(did(), told, TEN_PM + HOUR)).toEqual(["was declared 2026-08-25T22:00:00 when that had passed"]);
    });

    it("says that it was told by the other mechanism", () => {
      expect(judged(did({ installs: [install(NIGHT)], plannings: [] }), device())).toEqual([
        "was told by command, not by declaration",
      ]);
    });

    it("lets its user choose an earlier moment where that is the kind's story", () => {
      const early = { ...declared(-HOUR), consented: true };
      expect(judged(did({ installs: [early], kind: "iphone-declared-user-now" }))).toEqual([]);
      expect(judged(did({ installs: [early] }))).toEqual(["installed 60 minutes before 2026-08-25T22:00:00"]);
    });
  });

  it("expects an end of every kind the simulator has, and of no other", () => {
    expect(Object.keys(EXPECTED_ENDS).sort()).toEqual([...DEMO_KINDS].sort());
  });
});
