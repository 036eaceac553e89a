import { describe, expect, it } from "vitest";
import { deviceInformationQueries } from "../index.ts";

describe("DeviceInformation queries", () => {
  it("are those the platform and version know", () => {
    const iOS15 = deviceInformationQueries("iOS", "15.4");
    expect(iOS15).toContain("SoftwareUpdateDeviceID");
    expect(iOS15).not.toContain("SupplementalBuildVersion");
    expect(iOS15).not.toContain("OSUpdateSettings");
    expect(deviceInformationQueries("macOS", "26.6")).toEqual(
      expect.arrayContaining([
        "OSUpdateSettings",
        "SoftwareUpdateDeviceID",
        "IsAppleSilicon",
        "SupplementalOSVersionExtra",
      ]),
    );
    for (const platform of ["iOS", "macOS"] as const) {
      const queries = deviceInformationQueries(platform, "27.0");
      for (const gone of ["OSUpdateSettings", "SoftwareUpdateDeviceID", "SoftwareUpdateSettings"])
        expect(queries).not.toContain(gone);
      expect(queries).toEqual(expect.arrayContaining(["OSVersion", "BuildVersion", "IsSupervised"]));
    }
  });

  it("leave nothing out that an unknown platform or version might know", () => {
    expect(deviceInformationQueries("macOS", undefined)).toContain("OSUpdateSettings");
    expect(deviceInformationQueries("macOS", undefined)).not.toContain("TimeZone");
    expect(deviceInformationQueries(undefined, undefined)).toEqual(
      expect.arrayContaining([
        ...deviceInformationQueries("macOS", undefined),
        ...deviceInformationQueries("iOS", undefined),
      ]),
    );
  });
});
