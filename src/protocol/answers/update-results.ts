/** The answer to ScheduleOSUpdate. */
import type { PlistDict } from "../plist/value.ts";
import { type AnswerFields, type AnswerItem, readItems } from "./field.ts";

/** What a status means for the update as a whole. */
export type UpdateStatusClass = "indeterminate" | "progress" | "retryable" | "needs-user" | "terminal";

/**
 * Every status of an update we know, and its class. `Idle` is indeterminate: not started, done, or downloaded and waiting.
 * Source: mdm/commands/system.update.schedule.yaml (responsekeys.UpdateResults.Status, rangelist).
 */
export const UPDATE_STATUS_CLASS = {
  Idle: "indeterminate",
  Downloading: "progress",
  DownloadFailed: "retryable",
  DownloadRequiresComputer: "terminal",
  DownloadInsufficientSpace: "needs-user",
  DownloadInsufficientPower: "retryable",
  DownloadInsufficientNetwork: "retryable",
  Installing: "progress",
  InstallInsufficientSpace: "needs-user",
  InstallInsufficientPower: "retryable",
  InstallPhoneCallInProgress: "retryable",
  InstallFailed: "retryable",
} as const satisfies Record<string, UpdateStatusClass>;

export type UpdateStatus = keyof typeof UPDATE_STATUS_CLASS;
export const KNOWN_UPDATE_STATUSES = Object.keys(UPDATE_STATUS_CLASS) as readonly UpdateStatus[];

/** What the device really scheduled; never `Default`. Source: the same file, UpdateResults.InstallAction (rangelist). */
export const SCHEDULED_ACTIONS = [
  "Error",
  "DownloadOnly",
  "InstallASAP",
  "NotifyOnly",
  "InstallLater",
  "InstallForceRestart",
] as const;
export type ScheduledAction = (typeof SCHEDULED_ACTIONS)[number];

export const updateResultFields = {
  productKey: { key: "ProductKey", kind: "string" },
  installAction: { key: "InstallAction", kind: "string", oneOf: SCHEDULED_ACTIONS },
  status: { key: "Status", kind: "string", oneOf: KNOWN_UPDATE_STATUSES },
  errorChain: { key: "ErrorChain", kind: "errorChain" },
} as const satisfies AnswerFields;

/**
 * One item of UpdateResults. The action may differ from the one that was asked for.
 * Source: mdm/commands/system.update.schedule.yaml (responsekeys.UpdateResults.UpdateResultsItem).
 * Looser: every key may be absent, values we don't know are kept as `{unknown}`, and what is no item in `malformed`.
 */
export type UpdateResult = AnswerItem<typeof updateResultFields>;

/** Undefined when the key is absent, which a restart in between can cause: look at the version then. Never throws. */
export function decodeUpdateResults(body: PlistDict): UpdateResult[] | undefined {
  return readItems(updateResultFields, body, "UpdateResults");
}
