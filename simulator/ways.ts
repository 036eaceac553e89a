/**
 * Ways of Apple's systems, by platform and version: what a device does because of what it runs, whatever its kind. Each is on
 * by default. What is known of iOS alone is done on iOS alone; its sources are public decompilations of 18.2 and 26.1.
 */
import { compareVersions } from "./releases.ts";
import type { SimPlatform } from "./releases.ts";
import type { DeviceState } from "./state.ts";

type System = Pick<DeviceState, "hardware" | "os">;

const is = ({ hardware }: System, platform: SimPlatform): boolean => hardware.platform === platform;
const from = ({ os }: System, version: string): boolean => compareVersions(os.version, version) >= 0;
const isIOS = (system: System): boolean => is(system, "iOS");

/** Throws a download away with the declaration that it is for. What other systems keep is unknown. */
export const dropsDownloads = isIOS;
/** A version is compared letter by letter, and where a build is named, nothing but the build. */
export const matchesLiterally = isIOS;
/** A local time that the clock skips is no time. */
export const refusesSkippedTimes = isIOS;
/** Answers every update command with 103 while a declaration has found its update. */
export const refusesCommandsAsDeclared = isIOS;
/** Tells which declaration is the reason of an installation. */
export const namesDeclaration = (system: System): boolean => !isIOS(system);
/** Knows the state `waiting`. */
export const tellsWaiting = (system: System): boolean => !isIOS(system);
/** Leaves keys of `pending-version` out while nothing is downloaded or downloading; elsewhere they are empty. */
export const leavesEmptyOut = isIOS;
/** Tells the enforced moment as an instant in UTC, by the long name. */
export const tellsInstant = (system: System): boolean => isIOS(system) && from(system, "26");

/** `softwareupdate.device-id`: the product type, the board on a Mac and on iOS around 18.5. */
export function deviceIdOf(system: System): string {
  const { productName, softwareUpdateDeviceId = productName, board } = system.hardware;
  const tellsBoard = isIOS(system) && from(system, "18.5") && !from(system, "26");
  return tellsBoard ? (board ?? softwareUpdateDeviceId) : softwareUpdateDeviceId;
}

const isOldMac = (system: System): boolean => is(system, "macOS") && !from(system, "10.15");

/** Answers the query IsSupervised. */
export const tellsSupervision = (system: System): boolean => !isOldMac(system);
/** Its lists have the build where the version should be, and sizes as real numbers. */
export const listsAsOld = isOldMac;
/** IsDownloaded is 0 or 1. */
export const countsDownloaded = isOldMac;
