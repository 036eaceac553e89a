import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  compareVersions,
  type DeclarativeDevice,
  isDict,
  parseXmlPlist,
  type Platform,
  PLATFORMS,
  RESTRICTIONS_PROFILE,
  restrictionsFor,
  restrictionsProfile,
  readSettings,
  type SoftwareUpdateSettings,
} from "../index.ts";
import { RESTRICTIONS, type RestrictionKey } from "./keys.ts";

const everything: SoftwareUpdateSettings = {
  Notifications: false,
  Deferrals: { CombinedPeriodInDays: 14, MajorPeriodInDays: 90, MinorPeriodInDays: 7, SystemPeriodInDays: 3 },
  RecommendedCadence: "Oldest",
  AutomaticActions: { Download: "AlwaysOn", InstallOSUpdates: "AlwaysOff", InstallSecurityUpdate: "AlwaysOn" },
  RapidSecurityResponse: { Enable: false, EnableRollback: false },
  AllowStandardUserOSUpdates: false,
  Beta: { ProgramEnrollment: "AlwaysOff" },
};
const device = (platform: Platform, osVersion: string, more: Partial<DeclarativeDevice> = {}): DeclarativeDevice => ({
  platform,
  osVersion,
  supervised: true,
  enrollment: "device",
  ...more,
});
const said = (settings: SoftwareUpdateSettings, to: DeclarativeDevice) =>
  Object.fromEntries(
    [...restrictionsFor(settings, to).payloads].map(([type, keys]) => [type, Object.fromEntries(keys)]),
  );
const left = (settings: SoftwareUpdateSettings, to: DeclarativeDevice) =>
  restrictionsFor(settings, to).leftOut.map(({ path, code }) => `${path} ${code}`);

describe("restrictions in place of the declaration", () => {
  it("on a supervised iPhone with iOS 16 are one delay and the security responses", () => {
    expect(said(everything, device("iOS", "16.7.8"))).toEqual({
      "com.apple.applicationaccess": {
        forceDelayedSoftwareUpdates: true,
        enforcedSoftwareUpdateDelay: 14,
        allowRapidSecurityResponseInstallation: false,
        allowRapidSecurityResponseRemoval: false,
      },
    });
    expect(left(everything, device("iOS", "16.7.8"))).toEqual([
      "Notifications version",
      "Deferrals.MajorPeriodInDays platform",
      "Deferrals.MinorPeriodInDays platform",
      "Deferrals.SystemPeriodInDays platform",
      "RecommendedCadence version",
      "AutomaticActions.Download version",
      "AutomaticActions.InstallOSUpdates version",
      "AutomaticActions.InstallSecurityUpdate version",
      "AllowStandardUserOSUpdates platform",
      "Beta.ProgramEnrollment version",
    ]);
  });

  it("say why a setting is left out", () => {
    const { leftOut } = restrictionsFor(everything, device("iOS", "15.8", { supervised: false }));
    const why = Object.fromEntries(leftOut.map((one) => [one.path, one.why]));
    expect(why).toMatchObject({
      Notifications: "no restriction says it; the declaration does, from iOS 18.0",
      "Deferrals.CombinedPeriodInDays": "by restrictions: needs supervision",
      "Deferrals.MajorPeriodInDays": "does not exist on iOS",
      "RapidSecurityResponse.Enable": "by restrictions: needs iOS 16.0 or later",
    });
  });

  it("on a Mac with macOS 13 are three delays, and what it does by itself", () => {
    expect(said(everything, device("macOS", "13.6"))).toEqual({
      "com.apple.applicationaccess": {
        forceDelayedMajorSoftwareUpdates: true,
        enforcedSoftwareUpdateMajorOSDeferredInstallDelay: 90,
        forceDelayedSoftwareUpdates: true,
        enforcedSoftwareUpdateMinorOSDeferredInstallDelay: 7,
        forceDelayedAppSoftwareUpdates: true,
        enforcedSoftwareUpdateNonOSDeferredInstallDelay: 3,
        allowRapidSecurityResponseInstallation: false,
        allowRapidSecurityResponseRemoval: false,
      },
      "com.apple.SoftwareUpdate": {
        AutomaticDownload: true,
        AutomaticCheckEnabled: true,
        AutomaticallyInstallMacOSUpdates: false,
        CriticalUpdateInstall: true,
        ConfigDataInstall: true,
        "restrict-software-update-require-admin-to-install": true,
        AllowPreReleaseInstallation: false,
      },
    });
    expect(left(everything, device("macOS", "13.6"))).toEqual([
      "Notifications version",
      "Deferrals.CombinedPeriodInDays platform",
      "RecommendedCadence platform",
    ]);
  });

  it("on a Mac before 11.3 know one delay for all versions of macOS", () => {
    const deferrals = { Deferrals: { MajorPeriodInDays: 30, MinorPeriodInDays: 7 } };
    expect(said(deferrals, device("macOS", "11.2"))).toEqual({
      "com.apple.applicationaccess": { forceDelayedSoftwareUpdates: true, enforcedSoftwareUpdateDelay: 7 },
    });
    expect(left(deferrals, device("macOS", "11.2"))).toEqual(["Deferrals.MajorPeriodInDays version"]);
  });

  it("are of use on a Mac that is not supervised, which has no declaration either", () => {
    const mac = device("macOS", "15.5", { supervised: false });
    expect(said({ AutomaticActions: { Download: "AlwaysOff" } }, mac)).toEqual({
      "com.apple.SoftwareUpdate": { AutomaticDownload: false },
    });
    expect(left({ Notifications: false }, mac)).toEqual(["Notifications supervision"]);
  });

  it("say nothing of what a device does anyhow", () => {
    const usual: SoftwareUpdateSettings = {
      Notifications: true,
      AutomaticActions: { Download: "Allowed" },
      RapidSecurityResponse: { Enable: true },
    };
    expect(restrictionsFor(usual, device("macOS", "13.6"))).toEqual({ payloads: new Map(), leftOut: [] });
  });

  it.each<[string, DeclarativeDevice]>([
    ["with OS 27, which has none any more", device("iOS", "27.0")],
    ["with macOS 27", device("macOS", "27.0.1")],
    ["of a user enrollment", device("iOS", "16.7", { enrollment: "user", supervised: false })],
    ["with visionOS", device("visionOS", "2.4")],
    ["with watchOS", device("watchOS", "11.0")],
  ])("are none on a device %s, and all is left out", (_what, to) => {
    const { payloads, leftOut } = restrictionsFor(everything, to);
    expect(payloads.size).toBe(0);
    expect(leftOut).toHaveLength(13);
  });

  const days = fc.integer({ min: 1, max: 90 });
  const action = fc.constantFrom("Allowed", "AlwaysOn", "AlwaysOff");
  const some = { requiredKeys: [] as [] };
  const settingsOf = fc.record(
    {
      Notifications: fc.boolean(),
      Deferrals: fc.record(
        {
          CombinedPeriodInDays: days,
          MajorPeriodInDays: days,
          MinorPeriodInDays: days,
          SystemPeriodInDays: days,
        },
        some,
      ),
      RecommendedCadence: fc.constantFrom("All", "Oldest", "Newest"),
      AutomaticActions: fc.record({ Download: action, InstallOSUpdates: action, InstallSecurityUpdate: action }, some),
      RapidSecurityResponse: fc.record({ Enable: fc.boolean(), EnableRollback: fc.boolean() }, some),
      AllowStandardUserOSUpdates: fc.boolean(),
      Beta: fc.record({ ProgramEnrollment: action }, some),
    },
    some,
  );
  const deviceOf = fc.record({
    platform: fc.constantFrom(...PLATFORMS),
    osVersion: fc.oneof(
      fc.tuple(fc.integer({ min: 10, max: 28 }), fc.integer({ min: 0, max: 15 })).map((parts) => parts.join(".")),
      fc.constantFrom("10.13.4", "10.13.3", "11.2.3", "11.3", "26.6.2", "27.0"),
    ),
    supervised: fc.option(fc.boolean(), { nil: undefined }),
    enrollment: fc.constantFrom("device" as const, "user" as const),
  });

  it("hold only keys that exist on the device, with values that the key takes", () => {
    fc.assert(
      fc.property(settingsOf, deviceOf, (settings, to) => {
        for (const [type, keys] of restrictionsFor(settings as SoftwareUpdateSettings, to).payloads) {
          for (const [name, value] of keys) {
            const key = (RESTRICTIONS[type] as Readonly<Record<string, RestrictionKey>>)[name];
            const since = key?.support[to.platform];
            expect(since, `${type} ${name}`).toBeDefined();
            if (key === undefined || since === undefined) continue;
            expect(compareVersions(to.osVersion, since.introduced)).toBeGreaterThanOrEqual(0);
            expect(compareVersions(to.osVersion, "27.0")).toBeLessThan(0);
            expect(to.enrollment).toBe("device");
            expect(since.enrollments.includes("device") || to.supervised === true).toBe(true);
            expect(typeof value).toBe(key.type === "integer" ? "number" : "boolean");
          }
        }
      }),
    );
  });

  it("lose nothing: each setting is said, left out with a reason, or what a device does by itself", () => {
    fc.assert(
      fc.property(settingsOf, deviceOf, (settings, to) => {
        const whole = restrictionsFor(settings as SoftwareUpdateSettings, to);
        for (const [group, value] of Object.entries(settings)) {
          for (const [name, inner] of typeof value === "object" ? Object.entries(value) : [["", value] as const]) {
            const path = name === "" ? group : `${group}.${name}`;
            if (inner === true || inner === "Allowed") continue;
            const alone = name === "" ? { [group]: inner } : { [group]: { [name]: inner } };
            const one = restrictionsFor(alone as SoftwareUpdateSettings, to);
            const there = whole.leftOut.some((left) => left.path === path && left.why !== "");
            expect([path, there]).toEqual([path, one.payloads.size === 0]);
          }
        }
      }),
    );
  });

  it("never switch a delay on without its days", () => {
    fc.assert(
      fc.property(settingsOf, deviceOf, (settings, to) => {
        const keys = [...restrictionsFor(settings as SoftwareUpdateSettings, to).payloads.values()].flatMap((one) => [
          ...one.keys(),
        ]);
        expect(keys.filter((key) => key.startsWith("force")).length).toBe(
          keys.filter((key) => key.startsWith("enforced")).length,
        );
      }),
    );
  });

  it("never fail, whatever was stored", () => {
    fc.assert(
      fc.property(fc.json(), deviceOf, (text, to) => {
        const json: unknown = JSON.parse(text);
        if (typeof json !== "object" || json === null) return;
        expect(restrictionsFor(json as SoftwareUpdateSettings, to).payloads.size).toBeLessThan(3);
      }),
    );
  });

  it("are what a reader of settings lets in", () => {
    expect(readSettings(everything)).toEqual({ settings: everything });
  });
});

describe("the profile of restrictions", () => {
  it("has an identifier of its own and each payload once", () => {
    let n = 0;
    const bytes = restrictionsProfile(restrictionsFor(everything, device("macOS", "13.6")), () => `id-${(n += 1)}`);
    const profile = parseXmlPlist(bytes);
    if (!isDict(profile)) throw new Error("no dictionary");
    expect(profile.get("PayloadIdentifier")).toBe(RESTRICTIONS_PROFILE);
    const content = profile.get("PayloadContent") as readonly unknown[];
    expect(
      content.map((one) => (isDict(one as never) ? (one as Map<string, unknown>).get("PayloadType") : "")),
    ).toEqual(["com.apple.applicationaccess", "com.apple.SoftwareUpdate"]);
    const uuids = content.map((one) => (one as Map<string, unknown>).get("PayloadUUID"));
    expect(new Set([...uuids, profile.get("PayloadUUID")]).size).toBe(3);
    const access = content[0] as Map<string, unknown>;
    expect(access.get("enforcedSoftwareUpdateMajorOSDeferredInstallDelay")).toBe(90n);
    expect(access.get("forceDelayedMajorSoftwareUpdates")).toBe(true);
  });
});
