import { describe, expect, it } from "vitest";
import {
  type Asked,
  checkCommand,
  commandBody,
  type CommandTarget,
  deviceInformationQueries,
  PLATFORMS,
} from "../index.ts";

const GONE = ["OSUpdateSettings", "SoftwareUpdateDeviceID", "SoftwareUpdateSettings"];
const NOT_OF_USERS = ["SerialNumber", "AwaitingConfiguration", ...GONE];
const asked = (platform: Asked["platform"], osVersion?: string, more: Partial<Asked> = {}): string[] =>
  deviceInformationQueries({ platform, osVersion, enrollment: "device", ...more });

describe("DeviceInformation queries", () => {
  it("are those the platform and version know", () => {
    const iOS15 = asked("iOS", "15.4");
    expect(iOS15).toContain("SoftwareUpdateDeviceID");
    expect(iOS15).not.toContain("SupplementalBuildVersion");
    expect(iOS15).not.toContain("OSUpdateSettings");
    expect(asked("macOS", "26.6")).toEqual(
      expect.arrayContaining([
        "OSUpdateSettings",
        "SoftwareUpdateDeviceID",
        "IsAppleSilicon",
        "SupplementalOSVersionExtra",
      ]),
    );
    for (const platform of ["iOS", "macOS"] as const) {
      const queries = asked(platform, "27.0");
      for (const gone of GONE) expect(queries).not.toContain(gone);
      expect(queries).toEqual(expect.arrayContaining(["OSVersion", "BuildVersion", "IsSupervised"]));
    }
  });

  it("leave nothing out that an unknown platform or version might know", () => {
    expect(asked("macOS")).toContain("OSUpdateSettings");
    expect(asked("macOS")).not.toContain("TimeZone");
    expect(asked(undefined)).toEqual(expect.arrayContaining([...asked("macOS"), ...asked("iOS")]));
  });

  it("are in a user enrollment only those that Apple allows there", () => {
    const user = { enrollment: "user" } as const;
    for (const platform of ["iOS", "macOS", "visionOS"] as const) {
      const allowed = asked(platform).filter((name) => !NOT_OF_USERS.includes(name));
      expect(asked(platform, undefined, user)).toEqual(allowed);
      expect(allowed).toContain("OSVersion");
    }
    for (const name of NOT_OF_USERS) {
      expect(asked(undefined)).toContain(name);
      expect(asked(undefined, undefined, user)).not.toContain(name);
    }
  });

  it("need the right of the enrollment, which counts for nothing in a user enrollment", () => {
    expect(asked("iOS", "18.0", { accessRights: 8191 - 16 })).toEqual([
      "SoftwareUpdateDeviceID",
      "SoftwareUpdateSettings",
      "AwaitingConfiguration",
    ]);
    expect(asked("macOS", "15.0", { accessRights: 8191 - 16 })).toContain("IsSupervised");
    expect(asked("iOS", "18.0", { accessRights: 1, enrollment: "user" })).toContain("OSVersion");
  });

  it("never ask what no update hangs on", () => {
    const optional = ["MDMOptions", "LastCloudBackupDate", "IsMDMLostModeEnabled", "ActiveManagedUsers"];
    const all = [...PLATFORMS, undefined].flatMap((platform) => asked(platform));
    expect(all.filter((name) => optional.includes(name))).toEqual([]);
  });

  const user: CommandTarget = { platform: "macOS", osVersion: "15.6", enrollment: "user" };
  it.each<[string, string[], CommandTarget, string[]]>([
    ["what is forbidden in a user enrollment", ["OSVersion", "SerialNumber"], user, ["Queries[1]"]],
    ["an optional one there", ["IsMDMLostModeEnabled"], { ...user, platform: "iOS" }, ["Queries[0]"]],
    ["the same on a device enrollment", ["SerialNumber"], { ...user, enrollment: "device" }, []],
    ["what needs a right", ["OSVersion"], { ...user, enrollment: "device", accessRights: 1024 }, ["Queries[0]"]],
    ["what the platform leaves out by itself", ["TimeZone", "IsMultiUser"], user, []],
    ["what nobody knows", ["NewInThirty", "toString"], user, []],
  ])("in an admin's command: %s", (_what, queries, target, broken) => {
    const rules = checkCommand("DeviceInformation", commandBody({ requestType: "DeviceInformation", queries }), target);
    expect(rules.map(({ key }) => key)).toEqual(broken);
  });
});
