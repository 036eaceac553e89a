/**
 * What can stand in a device's way: class, delays between tries, and words. Statuses are those of `UpdateResults`
 * (mdm/commands/system.update.schedule.yaml); the others are ours or hints from an ErrorChain.
 */
import type { Event } from "./event.ts";
import type { ErrorChainItem } from "../../protocol/index.ts";

const MINUTE = 60_000;

const HOUR = 60 * MINUTE;

const DAY = 24 * HOUR;

export type HindranceClass = "soon" | "retry" | "needs-user" | "terminal";

/** Delays between tries, in ms; when the list is used up the job fails with its last hindrance. */
export const RETRY_DELAYS: Readonly<Record<HindranceClass, readonly number[]>> = {
  soon: [15 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, HOUR, 2 * HOUR, 4 * HOUR, 4 * HOUR, 12 * HOUR, DAY],
  retry: [HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, DAY, DAY, DAY, DAY],
  "needs-user": [4 * HOUR, 12 * HOUR, ...Array.from({ length: 13 }, () => DAY)],
  terminal: [],
};

interface Entry {
  readonly class: HindranceClass;
  /** It is over as soon as the Mac has escrowed its bootstrap token. */
  readonly endsByEscrow?: true;
  readonly words: string;
}

const ENTRIES: Readonly<Record<string, Entry>> = {
  "insufficient-space": { class: "needs-user", words: "the device has too little free space" },
  "insufficient-power": { class: "retry", words: "the device's battery is too low and it is not plugged in" },
  "insufficient-network": { class: "retry", words: "the device's network is not good enough for the download" },
  "download-failed": { class: "retry", words: "the download failed" },
  "requires-computer": {
    class: "terminal",
    words: "this device can only get the update from a computer it is tethered to",
  },
  "phone-call": { class: "soon", words: "a phone call was in progress" },
  "install-failed": { class: "retry", words: "the install failed without a stated reason" },
  "bootstrap-token-missing": {
    class: "needs-user",
    endsByEscrow: true,
    words: "the Mac needs a bootstrap token to install without its user, and none is escrowed here",
  },
  "bootstrap-token-disallowed": {
    class: "needs-user",
    words: "the Mac does not let a bootstrap token authorise an install, so its user must",
  },
  "later-not-allowed": { class: "terminal", words: "the Mac does not let this update be put off" },
  "logged-in-user": { class: "soon", words: "a user is logged in on this Shared iPad" },
  passcode: { class: "needs-user", words: "the update needs its user's passcode" },
  "declaration-in-place": {
    class: "soon",
    words: "a declaration on the device manages its updates, so the device refuses update commands",
  },
  "declaration-invalid": { class: "terminal", words: "the device refuses what the declaration says" },
  "return-to-service": {
    class: "terminal",
    words: "the device is in Return to Service with app preservation, which keeps its OS as it is",
  },
  "update-service-away": { class: "soon", words: "the device's own update service did not answer" },
  "refused-for-good": { class: "terminal", words: "the device refuses the update for good" },
  "user-rejected": { class: "needs-user", words: "the user declined" },
  unauthorized: { class: "terminal", words: "the device does not accept this command from this server" },
  "unknown-command": { class: "terminal", words: "the device does not know this command" },
  "scan-failed": { class: "retry", words: "the Mac's search for updates failed" },
  "no-update": { class: "retry", words: "the device says that no update is available to it" },
  "not-offered-by-device": { class: "retry", words: "the device does not list this update" },
  "download-not-starting": { class: "retry", words: "the download was ordered several times and did not start" },
  "install-not-starting": { class: "needs-user", words: "the install was ordered several times and did not happen" },
  "version-not-told": { class: "retry", words: "the device does not say which version it runs" },
  "version-unreadable": { class: "retry", words: "the device reports an OS version that is no version" },
  "format-error": { class: "retry", words: "the device could not read our command (this is an internal fault)" },
  "command-forbidden": { class: "terminal", words: "Apple does not allow the command on this device" },
  "device-error": { class: "retry", words: "the device answered with an error" },
};

/** Class and words of a hindrance; a code we do not know is tried again and shown as it came. */
export function hindranceOf(code: string): Entry {
  return ENTRIES[code] ?? { class: "retry", words: `the device reports "${code}"` };
}

export const isHindrance = (code: string): boolean => ENTRIES[code] !== undefined;
export const endsByEscrow = (code: string): boolean => ENTRIES[code]?.endsByEscrow === true;

/** UpdateResults status → hindrance code. */
export const STATUS_HINDRANCE: Readonly<Record<string, string>> = {
  DownloadFailed: "download-failed",
  DownloadRequiresComputer: "requires-computer",
  DownloadInsufficientSpace: "insufficient-space",
  DownloadInsufficientPower: "insufficient-power",
  DownloadInsufficientNetwork: "insufficient-network",
  InstallInsufficientSpace: "insufficient-space",
  InstallInsufficientPower: "insufficient-power",
  InstallPhoneCallInProgress: "phone-call",
  InstallFailed: "install-failed",
};

/** Every hindrance code, for tests and documentation. */
export const HINDRANCE_CODES: readonly string[] = Object.keys(ENTRIES);

export function hindered(code: string, detail: string, errorChain: readonly ErrorChainItem[]): Event {
  return { kind: "hindered", hindrance: { code, detail, errorChain } };
}
