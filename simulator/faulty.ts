/** A release that fails on one model: the installation does not begin, however often it is tried. */
import type { ScheduleOutcome } from "./answer.ts";
import { codes } from "./answer.ts";
import type { SimRelease } from "./releases.ts";
import type { DeviceState } from "./state.ts";

/** What the device says of it, by command and by declaration. */
export const FAILURE = "The update could not be prepared for installation.";

/** Whether the installation that is due now fails; a failure is noted. */
export function failsToInstall({ hardware, note }: DeviceState, { version, failsOn = [] }: SimRelease): boolean {
  if (!failsOn.includes(hardware.productName)) return false;
  note("install-failed", { version });
  return true;
}

/** The answer to an order to install what is downloaded; undefined where the installation does not fail. */
export function faultAt(state: DeviceState, release: SimRelease): ScheduleOutcome | undefined {
  if (!failsToInstall(state, release)) return undefined;
  return { action: "Error", status: "InstallFailed", error: { code: codes.installFailed, description: FAILURE } };
}
