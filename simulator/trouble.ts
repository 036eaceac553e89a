/** What can stand in the way of an update for a while, in the words of a device. */
import type { ScheduleOutcome } from "./answer.ts";
import { codes, refused } from "./answer.ts";
import type { Trouble } from "./kind.ts";
import type { DeviceState } from "./state.ts";

const statuses = {
  DownloadInsufficientNetwork: codes.insufficientNetwork,
  DownloadInsufficientPower: codes.insufficientPowerForDownload,
  DownloadInsufficientSpace: codes.insufficientSpaceForDownload,
  InstallInsufficientPower: codes.insufficientPowerForInstall,
  InstallPhoneCallInProgress: codes.installFailed,
} as const;
const errors = {
  "12048": "No update is available.",
  "12050": "The search for updates failed.",
  "12077": "System update not permitted with logged-in user.",
} as const;

/** A status of UpdateResults, or the code of an error of the whole command. */
export type TroubleName = keyof typeof statuses | keyof typeof errors;

/** What the device answers to this step now; undefined when nothing stands in its way, or no longer. */
export function troubleAt(state: DeviceState, step: Trouble["at"]): ScheduleOutcome | undefined {
  const { kind, clock, troubleEnds, traits } = state;
  for (const [nth, trouble] of (kind.troubles ?? []).entries()) {
    if (trouble.at !== step) continue;
    const ends = troubleEnds.get(nth) ?? clock.now() + (traits.troubleMs[nth] ?? 0);
    troubleEnds.set(nth, ends);
    if (clock.now() >= ends) continue;
    state.note("trouble", { says: trouble.says });
    return outcomeOf(trouble.says);
  }
  return undefined;
}

function outcomeOf(says: TroubleName): ScheduleOutcome {
  if (isError(says)) return { refusal: refused(Number(says), errors[says]) };
  return { action: "Error", status: says, error: { code: statuses[says], description: says } };
}

const isError = (says: TroubleName): says is keyof typeof errors => Object.hasOwn(errors, says);
