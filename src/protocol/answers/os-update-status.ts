/** The answer to OSUpdateStatus. */
import type { PlistDict } from "../plist/value.ts";
import { type AnswerFields, type AnswerItem, readItems } from "./field.ts";

export const osUpdateStatusFields = {
  productKey: { key: "ProductKey", kind: "string" },
  isDownloaded: { key: "IsDownloaded", kind: "boolean" },
  /** 0 to 1, as sent. */
  downloadPercentComplete: { key: "DownloadPercentComplete", kind: "real" },
  status: { key: "Status", kind: "string", oneOf: ["Idle", "Downloading", "Installing"] },
  maxDeferrals: { key: "MaxDeferrals", kind: "integer" },
  deferralsRemaining: { key: "DeferralsRemaining", kind: "integer" },
  nextScheduledInstall: { key: "NextScheduledInstall", kind: "date" },
  pastNotifications: { key: "PastNotifications", kind: "dates" },
} as const satisfies AnswerFields;

/**
 * One update the device has something to say about; dates are integer ms UTC. `Idle` and downloaded is ready to install.
 * Source: mdm/commands/system.update.status.yaml (responsekeys.OSUpdateStatus.OSUpdateStatusItem).
 * Looser: every key may be absent, a status we don't know is kept as `{unknown}`, and what is no item in `malformed`.
 */
export type OSUpdateStatusItem = AnswerItem<typeof osUpdateStatusFields>;

/** Undefined when the key is absent; empty when nothing is in progress. Never throws. */
export function decodeOSUpdateStatus(body: PlistDict): OSUpdateStatusItem[] | undefined {
  return readItems(osUpdateStatusFields, body, "OSUpdateStatus");
}
