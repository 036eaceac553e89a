import { compareVersions } from "../releases.ts";
import type { SimPlatform } from "../releases.ts";
import type { DeviceState } from "../state.ts";

/** The first version of each platform that has something; absent where none has it. */
export type Since = Partial<Record<SimPlatform, string>>;

/** How a device is enrolled, in the words of Apple's `allowed-enrollments`. */
export type Enrollment = "supervised" | "device" | "user";

export const engineSince: Since = { iOS: "15", macOS: "13", tvOS: "16", visionOS: "1.1" };
export const enforcementSince: Since = { iOS: "17", macOS: "14", tvOS: "18.4", visionOS: "26" };
export const settingsSince: Since = { iOS: "18", macOS: "15", tvOS: "18.4", visionOS: "26" };
/** `FullReport`. Apple schema: declarative/protocol/statusreport.yaml; visionOS is not named there. */
export const fullReportSince: Since = { iOS: "17", macOS: "14", tvOS: "17" };

/** Whether the OS that runs now has it. */
export function has({ hardware, os }: DeviceState, since: Since): boolean {
  const first = since[hardware.platform];
  return first !== undefined && compareVersions(os.version, first) >= 0;
}

export function enrollmentOf({ kind }: DeviceState): Enrollment {
  if (kind.userEnrollment) return "user";
  return kind.supervised ? "supervised" : "device";
}

/** Software-update declarations and status: supervised everywhere, and by device enrollment but on a Mac. */
export function updatesManageable(state: DeviceState): boolean {
  const enrollment = enrollmentOf(state);
  return enrollment === "supervised" || (enrollment === "device" && state.hardware.platform !== "macOS");
}

/** Declarative management at all: the OS has the engine, and this device's works. */
export const isDeclarative = (state: DeviceState): boolean =>
  state.kind.declarative !== false && has(state, engineSince);
