/**
 * What can stand in a device's way: its class, and the delays between tries. The words are in src/words/verdict. Statuses are those of `UpdateResults`
 * (mdm/commands/system.update.schedule.yaml); the others are ours or hints from an ErrorChain.
 */
import type { ErrorChainItem } from "../../protocol/index.ts";
import type { Event } from "./event.ts";
import { DAY, HOUR, MINUTE } from "./units.ts";

export type BlockerClass = "soon" | "retry" | "needs-user" | "terminal";

/** Delays between tries, in ms; when the list is used up the job fails with its last blocker. */
export const RETRY_DELAYS: Readonly<Record<BlockerClass, readonly number[]>> = {
  soon: [15 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, HOUR, 2 * HOUR, 4 * HOUR, 4 * HOUR, 12 * HOUR, DAY],
  retry: [HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, DAY, DAY, DAY, DAY],
  "needs-user": [4 * HOUR, 12 * HOUR, ...Array.from({ length: 13 }, () => DAY)],
  terminal: [],
};

const CLASSES = {
  "insufficient-space": "needs-user",
  "insufficient-power": "retry",
  "insufficient-network": "retry",
  "download-failed": "retry",
  "requires-computer": "terminal",
  "phone-call": "soon",
  "install-failed": "retry",
  "bootstrap-token-missing": "needs-user",
  "bootstrap-token-disallowed": "needs-user",
  "later-not-allowed": "terminal",
  "logged-in-user": "soon",
  passcode: "needs-user",
  "declaration-in-place": "soon",
  "declaration-invalid": "terminal",
  "return-to-service": "terminal",
  "update-service-away": "soon",
  "refused-for-good": "terminal",
  "user-rejected": "needs-user",
  unauthorized: "terminal",
  "unknown-command": "terminal",
  "scan-failed": "retry",
  "no-update": "retry",
  "not-offered-by-device": "retry",
  "download-not-starting": "retry",
  "install-not-starting": "needs-user",
  "version-not-told": "retry",
  "version-unreadable": "retry",
  "format-error": "retry",
  "command-forbidden": "terminal",
  "device-error": "retry",
} as const satisfies Readonly<Record<string, BlockerClass>>;

export type BlockerCode = keyof typeof CLASSES;

const NO_TOKEN: BlockerCode = "bootstrap-token-missing";

/** How a blocker is tried again; one we do not know is tried again like a fault that may pass. */
export function classOf(code: string): BlockerClass {
  return isBlocker(code) ? CLASSES[code] : "retry";
}

export const isBlocker = (code: string): code is BlockerCode => Object.hasOwn(CLASSES, code);

/** It is over as soon as the Mac has escrowed its bootstrap token. */
export const endsByEscrow = (code: string): boolean => code === NO_TOKEN;

export function hindered(code: string, detail: string, errorChain: readonly ErrorChainItem[]): Event {
  return { kind: "hindered", blocker: { code, detail, errorChain } };
}

/** UpdateResults status → blocker code. */
export const STATUS_BLOCKER: Readonly<Record<string, string>> = {
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

/** Every blocker code, for tests and documentation. */
export const BLOCKER_CODES = Object.keys(CLASSES) as readonly BlockerCode[];
