/**
 * Who can be updated how: one row per platform and range of OS versions, up to 27.2.
 * Source: apple/device-management mdm/commands/system.update.*.yaml (supportedOS) and its change lists to 27.2.
 */
import { compareVersions, type Platform } from "../protocol/index.ts";

export interface CapabilityRow {
  readonly platform: Platform;
  /** First OS version of the range; the range ends where the next row of the platform begins. */
  readonly from: string;
  /** How ScheduleOSUpdate may name an update; "never": the platform has no such command; "removed": it is gone. */
  readonly command: "never" | "not-yet" | "product-key" | "product-version" | "removed";
  /** True where `softwareupdate.enforcement.specific` works. */
  readonly declaration: boolean;
}

export const CAPABILITIES: readonly CapabilityRow[] = [
  { platform: "iOS", from: "0", command: "not-yet", declaration: false },
  { platform: "iOS", from: "9.0", command: "product-key", declaration: false },
  { platform: "iOS", from: "11.3", command: "product-version", declaration: false },
  { platform: "iOS", from: "17.0", command: "product-version", declaration: true },
  { platform: "iOS", from: "27.0", command: "removed", declaration: true },
  { platform: "macOS", from: "0", command: "not-yet", declaration: false },
  { platform: "macOS", from: "10.11", command: "product-key", declaration: false },
  { platform: "macOS", from: "12.0", command: "product-version", declaration: false },
  { platform: "macOS", from: "14.0", command: "product-version", declaration: true },
  { platform: "macOS", from: "27.0", command: "removed", declaration: true },
  { platform: "tvOS", from: "0", command: "not-yet", declaration: false },
  { platform: "tvOS", from: "12.0", command: "product-key", declaration: false },
  { platform: "tvOS", from: "12.2", command: "product-version", declaration: false },
  { platform: "tvOS", from: "18.4", command: "product-version", declaration: true },
  { platform: "tvOS", from: "27.0", command: "removed", declaration: true },
  { platform: "visionOS", from: "0", command: "never", declaration: false },
  { platform: "visionOS", from: "26.0", command: "never", declaration: true },
  { platform: "watchOS", from: "0", command: "never", declaration: false },
];

/** The row that holds for this platform and OS version ("18.3.1" lies in the row from "12.2"). */
export function capabilityOf(platform: Platform, osVersion: string): CapabilityRow {
  let found: CapabilityRow | undefined;
  for (const row of CAPABILITIES) {
    if (row.platform === platform && compareVersions(row.from, osVersion) <= 0) found = row;
  }
  // Every platform has a row from "0": nothing lies before it.
  return found ?? { platform, from: "0", command: "never", declaration: false };
}

/** What the choice of mechanism needs to know of a device. */
export interface MechanismFacts {
  readonly platform: Platform;
  readonly osVersion: string;
  readonly supervised: boolean | undefined;
  readonly enrollment: "device" | "user";
  /** AccessRights of the enrolment profile, where known. */
  readonly accessRights: number | undefined;
}

export type Mechanism =
  | { readonly kind: "command"; readonly identify: "product-key" | "product-version" }
  | { readonly kind: "none"; readonly reason: NoMechanism };

/** Why a device can't be told by command; worded in `words.ts`. */
export type NoMechanism =
  | "user-enrollment"
  | "platform-without-command"
  | "os-too-old"
  | "commands-removed"
  | "not-supervised"
  | "supervision-unknown"
  | "right-missing";

/** App management (4096): what iOS and tvOS ask for before they take an OS update command. */
const APP_MANAGEMENT = 4096;

/** Chooses how this device is told to update, or says why it can't be. */
export function mechanismFor(facts: MechanismFacts): Mechanism {
  const { command } = capabilityOf(facts.platform, facts.osVersion);
  if (facts.enrollment === "user") return { kind: "none", reason: "user-enrollment" };
  if (command === "never") return { kind: "none", reason: "platform-without-command" };
  if (command === "not-yet") return { kind: "none", reason: "os-too-old" };
  if (command === "removed") return { kind: "none", reason: "commands-removed" };
  if (facts.supervised === undefined) return { kind: "none", reason: "supervision-unknown" };
  if (!facts.supervised) return { kind: "none", reason: "not-supervised" };
  const needsRight = facts.platform !== "macOS";
  if (needsRight && facts.accessRights !== undefined && (facts.accessRights & APP_MANAGEMENT) === 0) {
    return { kind: "none", reason: "right-missing" };
  }
  return { kind: "command", identify: command };
}
