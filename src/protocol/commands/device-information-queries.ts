/** What we ask a device about itself, and where each question is known. */
import type { Platform } from "../platform.ts";
import { lacks } from "./inspect.ts";
import type { Since, Support } from "./shape.ts";

const since = (introduced: string): Since => ({ introduced });
/** As long as the DeviceInformation command itself. */
const always: Since = { introduced: "1.0" };
const everywhere: Support = { iOS: always, macOS: always, tvOS: always, visionOS: always, watchOS: always };
const removedIn27 = (introduced: string): Since => ({ introduced, removed: "27.0" });

/** Source: mdm/commands/information.device.yaml (payloadkeys.Queries); removals from the schema's change list for OS 27. */
export const QUERIES: Readonly<Record<string, Support>> = {
  DeviceName: everywhere,
  SerialNumber: everywhere,
  OSVersion: everywhere,
  BuildVersion: everywhere,
  SupplementalBuildVersion: { ...everywhere, iOS: since("16.1"), macOS: since("13.0"), tvOS: since("16.1") },
  SupplementalOSVersionExtra: { ...everywhere, iOS: since("16.1"), macOS: since("13.0"), tvOS: since("16.1") },
  ProductName: everywhere,
  ModelName: everywhere,
  ModelNumber: { ...everywhere, iOS: since("16.4"), macOS: since("13.3"), tvOS: since("16.4") },
  Model: { iOS: always, macOS: always, tvOS: always, watchOS: always },
  IsAppleSilicon: { macOS: since("12.0") },
  IsSupervised: { ...everywhere, iOS: since("6.0"), macOS: since("10.15"), tvOS: since("9.0") },
  IsMultiUser: { iOS: since("9.3") },
  SoftwareUpdateDeviceID: { iOS: removedIn27("15.0"), macOS: removedIn27("12.0"), visionOS: removedIn27("1.1") },
  OSUpdateSettings: { macOS: removedIn27("10.11") },
  SoftwareUpdateSettings: { iOS: removedIn27("14.5") },
  BatteryLevel: { iOS: since("5.0"), macOS: since("13.3"), visionOS: always, watchOS: always },
  HasBattery: { macOS: since("13.3") },
  AvailableDeviceCapacity: { iOS: always, macOS: always, visionOS: always, watchOS: always },
  DeviceCapacity: { iOS: always, macOS: always, visionOS: always, watchOS: always },
  TimeZone: { iOS: since("14.0"), tvOS: since("14.0"), visionOS: since("2.0"), watchOS: always },
  AwaitingConfiguration: {
    iOS: since("9.0"),
    macOS: since("10.11"),
    tvOS: since("10.2"),
    visionOS: since("2.0"),
    watchOS: always,
  },
};

/**
 * The DeviceInformation queries that this platform and version know, always in the same order. A device leaves out what it
 * does not know, so an unknown platform or version is asked everything that may apply.
 */
export function deviceInformationQueries(platform: Platform | undefined, osVersion: string | undefined): string[] {
  const names = Object.keys(QUERIES);
  if (platform === undefined) return names;
  const target = { platform, osVersion, enrollment: "device" } as const;
  return names.filter((name) => lacks(QUERIES[name] ?? {}, target) === undefined);
}
