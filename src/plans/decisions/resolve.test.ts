import { describe, expect, it } from "vitest";
import type { Release, Target } from "../../catalog/index.ts";
import { listOf } from "../../catalog/listed.suite.ts";
import { decide } from "./resolve.ts";
import type { PlannedDevice } from "./decision.ts";
import type { PlanSpec } from "./spec.ts";

const NOW = Date.UTC(2026, 7, 25, 12);

const release = (version: string, build: string, more: Partial<Release> = {}): Release => ({
  platform: "iOS",
  version,
  build,
  postingDate: "2026-08-01",
  devices: ["iPhone14,2"],
  isPublic: true,
  ...more,
});
const RELEASES = listOf([
  release("26.6", "23G71"),
  release("26.6.1", "23G83"),
  release("27.0", "24A300"),
  release("26.6.2", "25G83", { platform: "macOS", devices: ["J413AP"] }),
  release("10.15.7", "19H2", { platform: "macOS", devices: ["J413AP"] }),
]);
const device = (more: Partial<PlannedDevice> = {}): PlannedDevice => ({
  enrollmentId: "e",
  enrolled: true,
  enrollment: "device",
  platform: "iOS",
  productName: "iPhone14,2",
  softwareUpdateDeviceId: null,
  osVersion: "26.5",
  buildVersion: "23F77",
  supplementalBuild: null,
  supplementalExtra: null,
  supervised: true,
  timeZone: "Europe/Berlin",
  enforces: false,
  accessRights: 8191,
  bootstrapToken: null,
  oddVersion: null,
  busyWith: null,
  ...more,
});
const exact = (version: string, build?: string): Target => ({ kind: "exact", version, ...(build && { build }) });
const spec = (iOS: Target, more: Partial<PlanSpec> = {}): PlanSpec => ({
  targets: { iOS },
  action: "install",
  zone: "UTC",
  allowMajor: false,
  allowPastDeadline: false,
  allowDataLoss: false,
  replace: false,
  ...more,
});
const UNLISTED = { allowUnlisted: true };
/** "job 26.6.1", or the kind and the reason. */
const said = (of: PlannedDevice, given: PlanSpec): string => {
  const decision = decide(of, given, RELEASES, NOW);
  return decision.kind === "job" ? `job ${decision.job.target.version}` : `${decision.kind} ${decision.reason}`;
};

describe("a plan and a device", () => {
  it.each<[string, string, PlannedDevice, PlanSpec]>([
    ["goes to an exact version", "job 26.6.1", device(), spec(exact("26.6.1"))],
    ["goes to an exact build", "job 26.6.1", device(), spec(exact("26.6.1", "23G83"))],
    ["a version Apple does not offer it", "refused not-offered", device(), spec(exact("26.6.9"))],
    ["a build Apple does not offer it", "refused not-offered", device(), spec(exact("26.6.1", "23G99"))],
    ["the newest of its major", "job 26.6.1", device(), spec({ kind: "latest-minor" })],
    ["latest without the word stays in its major", "job 26.6.1", device(), spec({ kind: "latest" })],
    [
      "latest with the word, before the new major counts",
      "job 26.6.1",
      device(),
      spec({ kind: "latest" }, { allowMajor: true }),
    ],
    [
      "latest with the word, once it counts",
      "job 27.0",
      device(),
      spec({ kind: "latest" }, { allowMajor: true, newMajorAfterDays: 0 }),
    ],
    ["at its floor", "compliant at-floor", device(), spec({ kind: "latest", floor: "26.4" })],
    ["below its floor", "job 26.6.1", device(), spec({ kind: "latest", floor: "26.6" })],
    [
      "below a floor that is not offered",
      "refused floor-not-offered",
      device({ osVersion: "26.6.1" }),
      spec({ kind: "latest", floor: "26.7" }),
    ],
    ["n-1", "job 26.6.1", device(), spec({ kind: "n-1" })],
    [
      "there already",
      "compliant already-there",
      device({ osVersion: "26.6.1", buildVersion: "23G83" }),
      spec(exact("26.6.1")),
    ],
    [
      "where a plan has brought it",
      "compliant brought-before",
      device({ osVersion: "26.6.1", brought: { plan: "p", target: { version: "26.6.1" } } }),
      spec(exact("26.6.1")),
    ],
    [
      "where it went by itself, from where a plan had brought it",
      "compliant already-there",
      device({ osVersion: "26.6.1", brought: { plan: "p", target: { version: "26.6" } } }),
      spec(exact("26.6.1")),
    ],
    [
      "beyond where a plan has brought it",
      "compliant already-newer",
      device({ osVersion: "26.6.1", brought: { plan: "p", target: { version: "26.6.1" } } }),
      spec(exact("26.6")),
    ],
    ["newer already", "compliant already-newer", device({ osVersion: "26.7" }), spec(exact("26.6.1"))],
    ["nothing newer", "compliant nothing-newer", device({ osVersion: "26.7" }), spec({ kind: "latest-minor" })],
    // Guarantee 4.
    ["an exact version in another major", "refused needs-major", device(), spec(exact("27.0"))],
    ["the same with the word", "job 27.0", device(), spec(exact("27.0"), { allowMajor: true })],
    // On OS 27 the commands are gone; what is there already needs none.
    ["OS 27, asked for less", "compliant already-newer", device({ osVersion: "27.0" }), spec(exact("26.6.1"))],
    [
      "OS 27 without declarations",
      "refused declarations-not-listed",
      device({ osVersion: "27.0" }),
      spec(exact("27.1")),
    ],
    ["not enrolled", "refused not-enrolled", device({ enrolled: false }), spec(exact("26.6.1"))],
    ["nothing known yet", "refused facts-unknown", device({ osVersion: null }), spec(exact("26.6.1"))],
    ["no target for its platform", "refused no-target", device({ platform: "tvOS" }), spec(exact("26.6.1"))],
    ["unsupervised", "refused not-supervised", device({ supervised: false }), spec(exact("26.6.1"))],
    ["another plan's job is live", "refused busy", device({ busyWith: "p" }), spec(exact("26.6.1"))],
    ["the same, to be replaced", "job 26.6.1", device({ busyWith: "p" }), spec(exact("26.6.1"), { replace: true })],
    ["an action its platform lacks", "refused action-not-here", device(), spec(exact("26.6.1"), { action: "notify" })],
    [
      "which model is unknown, latest",
      "refused device-id-unknown",
      device({ productName: null }),
      spec({ kind: "latest" }),
    ],
    [
      "which model is unknown, exact",
      "refused device-id-unknown",
      device({ productName: null }),
      spec(exact("26.6.1")),
    ],
    [
      "the same, on the admin's word",
      "job 26.6.1",
      device({ productName: null }),
      spec(exact("26.6.1"), { allowUnlisted: true }),
    ],
    ["a version that is not listed, on the admin's word", "job 26.6.9", device(), spec(exact("26.6.9"), UNLISTED)],
    ["another major, on the admin's word of the list", "refused needs-major", device(), spec(exact("27.1"), UNLISTED)],
  ])("%s: %s", (_what, answer, of, given) => {
    expect(said(of, given)).toBe(answer);
  });

  it.each<[string, string, Partial<PlannedDevice>, Partial<PlanSpec>]>([
    ["a forced restart without its word", "refused data-loss-not-allowed", {}, { action: "force-restart" }],
    ["a forced restart with it", "job 26.6.2", {}, { action: "force-restart", allowDataLoss: true }],
    ["updates besides its OS", "job other-updates", {}, { targets: { macOS: { kind: "other-updates" } } }],
    [
      "the same, only downloaded",
      "refused action-not-for-others",
      {},
      { targets: { macOS: { kind: "other-updates" } }, action: "download" },
    ],
    [
      "the same on an iPhone",
      "refused other-updates-mac-only",
      { platform: "iOS" },
      { targets: { iOS: { kind: "other-updates" } } },
    ],
  ])("a Mac and %s: %s", (_what, answer, of, more) => {
    const mac = device({ platform: "macOS", productName: null, softwareUpdateDeviceId: "J413AP", ...of });
    expect(said(mac, { ...spec(exact("1")), targets: { macOS: exact("26.6.2") }, ...more })).toBe(answer);
  });

  it("knows beforehand of a Mac that needs its user, where something is to be installed", () => {
    const mac = device({ platform: "macOS", softwareUpdateDeviceId: "J413AP", bootstrapToken: "missing" });
    const known = (more: Partial<PlanSpec>): unknown => {
      const decision = decide(
        mac,
        { ...spec(exact("1")), targets: { macOS: exact("26.6.2") }, ...more },
        RELEASES,
        NOW,
      );
      return decision.kind === "job" ? decision.job.bootstrapToken : decision;
    };
    expect(known({})).toBe("missing");
    expect(known({ action: "download" })).toBeUndefined();
  });

  it("judges a deadline in the device's zone, and where the zone is unknown in the one furthest ahead", () => {
    // 13:30 in Berlin is half an hour ago here at noon UTC (14:00 in Berlin), and ahead in London.
    const past = spec(exact("26.6.1"), { deadline: "2026-08-25T13:30" });
    expect(said(device(), past)).toBe("refused deadline-past");
    expect(said(device({ timeZone: "Europe/London" }), past)).toBe("job 26.6.1");
    expect(said(device(), { ...past, allowPastDeadline: true })).toBe("job 26.6.1");
    // In Kiritimati it is 02:00 of the 26th.
    const soon = spec(exact("26.6.1"), { deadline: "2026-08-26T01:30" });
    expect(said(device({ timeZone: null }), soon)).toBe("refused deadline-past");
    expect(said(device({ timeZone: "Mars/Olympus" }), soon)).toBe("refused deadline-past");
    expect(said(device(), soon)).toBe("job 26.6.1");
  });

  it("judges a device of unknown zone in the zone that an admin named", () => {
    const soon = spec(exact("26.6.1"), { deadline: "2026-08-25T17:00", zone: "Europe/Berlin" });
    const unknown = device({ timeZone: null });
    expect(said(unknown, soon)).toBe("refused deadline-past");
    expect(said(unknown, { ...soon, zoneNamed: true })).toBe("job 26.6.1");
    expect(said(unknown, { ...soon, zoneNamed: true, deadline: "2026-08-25T14:00" })).toBe("refused deadline-past");
    const moment = { ...soon, deadline: "2026-08-25T15:00Z" };
    expect(said(unknown, moment)).toBe("refused zone-unknown");
    expect(said(unknown, { ...moment, zoneNamed: true })).toBe("job 26.6.1");
    // Its own word goes first.
    expect(said(device({ timeZone: "Asia/Tokyo" }), { ...soon, zoneNamed: true })).toBe("refused deadline-past");
  });

  it("judges a device of unknown zone in the zone that a rule names for it, before the plan's", () => {
    const soon = spec(exact("26.6.1"), { deadline: "2026-08-25T17:00", zone: "Europe/Berlin", zoneNamed: true });
    const byRule = device({ timeZone: null, ruleZone: "Asia/Tokyo" });
    expect(said(device({ timeZone: null }), soon)).toBe("job 26.6.1");
    expect(said(byRule, soon)).toBe("refused deadline-past");
    const later = { ...soon, deadline: "2026-08-25T15:00Z", zoneNamed: false };
    expect(said(byRule, later)).toBe("job 26.6.1");
    const decision = decide(byRule, later, RELEASES, NOW);
    expect(decision).toMatchObject({ job: { zone: "Asia/Tokyo", zoneKnown: false, zoneNamed: true } });
    // Its own word goes first, and a zone that this runtime does not know counts for nothing.
    expect(said(device({ timeZone: "Europe/Berlin", ruleZone: "Asia/Tokyo" }), soon)).toBe("job 26.6.1");
    expect(said(device({ timeZone: null, ruleZone: "Mars/Base" }), later)).toBe("refused zone-unknown");
  });

  it.each([
    ["force-restart", "26.6.2", "15.7.9", "refused action-not-for-major"],
    ["install-later", "26.6.2", "15.7.9", "refused action-not-for-major"],
    ["install", "26.6.2", "15.7.9", "job 26.6.2"],
    ["force-restart", "26.6.2", "26.5", "job 26.6.2"],
    ["force-restart", "10.15.7", "10.15.6", "refused action-too-new"],
    ["download", "10.15.7", "10.15.6", "refused action-too-new"],
    ["install", "10.14.6", "10.14.5", "job 10.14.6"],
    ["notify", "10.14.6", "10.14.5", "job 10.14.6"],
    ["install-later", "10.14.6", "10.14.5", "job 10.14.6"],
  ] as const)("a Mac: %s to %s from %s: %s", (action, to, osVersion, answer) => {
    const mac = device({ platform: "macOS", productName: "Mac14,2", softwareUpdateDeviceId: "J413AP", osVersion });
    const given = spec(exact("1"), { action, allowMajor: true, allowDataLoss: true, ...UNLISTED });
    expect(said(mac, { ...given, targets: { macOS: exact(to) } })).toBe(answer);
  });

  it.each([
    [{ supervised: null, osVersion: "10.14.5" }, "job 10.14.6"],
    [{ supervised: null, osVersion: "10.11.4" }, "job 10.14.6"],
    [{ supervised: false, osVersion: "10.14.5" }, "refused not-supervised"],
    [{ supervised: null, osVersion: "10.15" }, "refused supervision-unknown"],
  ] as const)("an old Mac %o that does not know whether it is supervised: %s", (facts, answer) => {
    const mac = device({ platform: "macOS", productName: "MacBookPro14,1", ...facts });
    const given = {
      ...spec(exact("1"), UNLISTED),
      targets: { macOS: exact(facts.osVersion === "10.15" ? "10.15.7" : "10.14.6") },
    };
    expect(said(mac, given)).toBe(answer);
  });

  it.each([
    ["11.7.10", 3, "refused deferrals-too-new"],
    ["11.7.10", undefined, "job 11.7.11"],
    ["12.0", 3, "job 12.7.6"],
  ] as const)("a limit of deferrals on macOS %s (%s): %s", (osVersion, maxUserDeferrals, answer) => {
    const mac = device({ platform: "macOS", productName: "Mac14,2", osVersion });
    const limit = maxUserDeferrals === undefined ? {} : { maxUserDeferrals };
    const to = osVersion === "12.0" ? "12.7.6" : "11.7.11";
    const given = spec(exact("1"), { action: "install-later", ...UNLISTED, ...limit });
    expect(said(mac, { ...given, targets: { macOS: exact(to) } })).toBe(answer);
  });

  it("concludes nothing from a version that is none, whatever it was seen on before", () => {
    for (const to of ["26.4", "26.5", "26.6.1"]) {
      const decision = decide(device({ oddVersion: "Sunrise" }), spec(exact(to)), RELEASES, NOW);
      expect(decision).toMatchObject({ kind: "refused", reason: "version-unreadable", params: { detail: "Sunrise" } });
    }
  });

  it("downloads in a step of its own where a window is announced, and always on iOS", () => {
    const steps = (of: PlannedDevice, given: PlanSpec): boolean | undefined => {
      const decision = decide(of, given, RELEASES, NOW);
      return decision.kind === "job" ? decision.job.twoSteps : undefined;
    };
    const mac = device({ platform: "macOS", softwareUpdateDeviceId: "J413AP" });
    const window = { from: "22:00", to: "05:00" };
    const forMac = { ...spec(exact("1")), targets: { macOS: exact("26.6.2") } };
    expect(steps(device(), spec(exact("26.6.1")))).toBe(true);
    expect(steps(mac, forMac)).toBe(false);
    expect(steps(mac, { ...forMac, window })).toBe(true);
  });

  it.each([
    ["26.5", "install", true],
    ["26.5", "force-restart", true],
    ["26.5", "install-later", true],
    ["26.5", "notify", false],
    ["11.0", "install", true],
    // DownloadOnly begins with macOS 11: nothing is ordered before the deadline.
    ["10.15.7", "install", false],
  ] as const)("downloads in its own step before a deadline, on macOS %s with %s: %s", (osVersion, action, twoSteps) => {
    const mac = device({ platform: "macOS", softwareUpdateDeviceId: "J413AP", osVersion });
    const to = osVersion === "26.5" ? "26.6.2" : osVersion === "11.0" ? "11.7.11" : "10.15.8";
    const terms = { deadline: "2026-12-04T17:00", allowDataLoss: true, zone: "UTC", ...UNLISTED };
    const given = { ...spec(exact("1"), { action, ...terms }), targets: { macOS: exact(to) } };
    expect(decide(mac, given, RELEASES, NOW)).toMatchObject({ kind: "job", job: { twoSteps } });
  });
});

describe("a plan that keeps the declaration a device has", () => {
  const night = { window: { from: "01:30", to: "03:00" }, replace: true } as const;
  const local = "2026-08-27T01:30:00";
  const held = (at: number): NonNullable<PlannedDevice["held"]> => ({
    wish: {
      target: { version: "26.6.1" },
      enforcement: { local, at, latestAt: Date.parse("2026-08-27T13:30:00Z"), from: "window" },
      window: night.window,
    },
    download: "possible",
    stopped: false,
  });
  const enforcementIn = (zone: string, timeZone: string | null, at: number) => {
    const of = device({ enforces: true, timeZone, held: held(at) });
    const decision = decide(of, spec(exact("26.6.1"), { ...night, zone, zoneNamed: true }), RELEASES, NOW);
    return decision.kind === "job" ? decision.job.enforcement : undefined;
  };

  it("takes its local time for the moment of its own zone, not of the former plan's", () => {
    const inKiritimati = Date.parse("2026-08-26T11:30:00Z");
    expect(enforcementIn("UTC", null, inKiritimati)).toMatchObject({ local, at: Date.parse(`${local}Z`) });
    expect(enforcementIn("Pacific/Kiritimati", null, inKiritimati)).toMatchObject({ local, at: inKiritimati });
  });
});
