/** Names of what can stand in the way of an update, and what each says. */
import { codes } from "./answer.ts";

export const statuses = {
  DownloadInsufficientNetwork: codes.insufficientNetwork,
  DownloadInsufficientPower: codes.insufficientPowerForDownload,
  DownloadInsufficientSpace: codes.insufficientSpaceForDownload,
  InstallInsufficientPower: codes.insufficientPowerForInstall,
  InstallPhoneCallInProgress: codes.installFailed,
} as const;
export const errors = {
  "12048": "No update is available.",
  "12050": "The search for updates failed.",
  "12077": "System update not permitted with logged-in user.",
} as const;

/** A status of UpdateResults, or the code of an error of the whole command. */
export type TroubleName = keyof typeof statuses | keyof typeof errors;
