/**
 * Who can be updated how: one row per platform and range of OS versions, up to 27.2.
 * Source: apple/device-management mdm/commands/system.update.*.yaml and
 * declarative/declarations/configurations/softwareupdate.enforcement.specific.yaml (supportedOS), with the change lists to 27.2.
 */
import { compareVersions, type Platform } from "../../protocol/index.ts";

export interface CapabilityRow {
  readonly platform: Platform;
  /** First OS version of the range; the range ends where the next row of the platform begins. */
  readonly from: string;
  /** How ScheduleOSUpdate may name an update; "never": the platform has no such command; "removed": it is gone. */
  readonly command: "never" | "not-yet" | "product-key" | "product-version" | "removed";
  /** Declarative management: none, the engine alone (it reports the OS version), or enforcement of updates. */
  readonly declaration: "none" | "engine" | "enforcement";
}

export const CAPABILITIES: readonly CapabilityRow[] = [
  { platform: "iOS", from: "0", command: "not-yet", declaration: "none" },
  { platform: "iOS", from: "9.0", command: "product-key", declaration: "none" },
  { platform: "iOS", from: "11.3", command: "product-version", declaration: "none" },
  { platform: "iOS", from: "15.0", command: "product-version", declaration: "engine" },
  { platform: "iOS", from: "17.0", command: "product-version", declaration: "enforcement" },
  { platform: "iOS", from: "27.0", command: "removed", declaration: "enforcement" },
  { platform: "macOS", from: "0", command: "not-yet", declaration: "none" },
  { platform: "macOS", from: "10.11", command: "product-key", declaration: "none" },
  { platform: "macOS", from: "12.0", command: "product-version", declaration: "none" },
  { platform: "macOS", from: "13.0", command: "product-version", declaration: "engine" },
  { platform: "macOS", from: "14.0", command: "product-version", declaration: "enforcement" },
  { platform: "macOS", from: "27.0", command: "removed", declaration: "enforcement" },
  { platform: "tvOS", from: "0", command: "not-yet", declaration: "none" },
  { platform: "tvOS", from: "12.0", command: "product-key", declaration: "none" },
  { platform: "tvOS", from: "12.2", command: "product-version", declaration: "none" },
  { platform: "tvOS", from: "16.0", command: "product-version", declaration: "engine" },
  { platform: "tvOS", from: "18.4", command: "product-version", declaration: "enforcement" },
  { platform: "tvOS", from: "27.0", command: "removed", declaration: "enforcement" },
  { platform: "visionOS", from: "0", command: "never", declaration: "none" },
  { platform: "visionOS", from: "1.1", command: "never", declaration: "engine" },
  { platform: "visionOS", from: "26.0", command: "never", declaration: "enforcement" },
  { platform: "watchOS", from: "0", command: "never", declaration: "none" },
  { platform: "watchOS", from: "10.0", command: "never", declaration: "engine" },
];

/** The row that holds for this platform and OS version ("18.3.1" lies in the row from "16.0"). */
export function capabilityOf(platform: Platform, osVersion: string): CapabilityRow {
  let found: CapabilityRow | undefined;
  for (const row of CAPABILITIES) {
    if (row.platform === platform && compareVersions(row.from, osVersion) <= 0) found = row;
  }
  // Every platform has a row from "0": nothing lies before it.
  return found ?? { platform, from: "0", command: "never", declaration: "none" };
}
