/** The answers to AvailableOSUpdates and ScheduleOSUpdateScan. */
import { takeAs } from "../plist/dict-reader.ts";
import type { PlistDict } from "../plist/value.ts";
import { type AnswerFields, type AnswerItem, readItems } from "./field.ts";

export const availableOSUpdateFields = {
  /** Opaque: its form differs by platform and release, so it is never put together or taken apart. */
  productKey: { key: "ProductKey", kind: "string" },
  humanReadableName: { key: "HumanReadableName", kind: "string" },
  humanReadableNameLocale: { key: "HumanReadableNameLocale", kind: "string" },
  metadataUrl: { key: "MetadataURL", kind: "string" },
  productName: { key: "ProductName", kind: "string" },
  version: { key: "Version", kind: "string" },
  build: { key: "Build", kind: "string" },
  /** Bytes. */
  downloadSize: { key: "DownloadSize", kind: "integer" },
  /** Bytes. */
  installSize: { key: "InstallSize", kind: "integer" },
  appIdentifiersToClose: { key: "AppIdentifiersToClose", kind: "strings" },
  isCritical: { key: "IsCritical", kind: "boolean" },
  isConfigDataUpdate: { key: "IsConfigDataUpdate", kind: "boolean" },
  isFirmwareUpdate: { key: "IsFirmwareUpdate", kind: "boolean" },
  isMajorOSUpdate: { key: "IsMajorOSUpdate", kind: "boolean" },
  restartRequired: { key: "RestartRequired", kind: "boolean" },
  allowsInstallLater: { key: "AllowsInstallLater", kind: "boolean" },
  /** Integer ms UTC. */
  deferredUntil: { key: "DeferredUntil", kind: "date" },
  requiresBootstrapToken: { key: "RequiresBootstrapToken", kind: "boolean" },
  isSecurityResponse: { key: "IsSecurityResponse", kind: "boolean" },
  supplementalBuildVersion: { key: "SupplementalBuildVersion", kind: "string" },
  supplementalOSVersionExtra: { key: "SupplementalOSVersionExtra", kind: "string" },
} as const satisfies AnswerFields;

/**
 * One update the device offers.
 * Source: mdm/commands/system.update.available.yaml (responsekeys.AvailableOSUpdates.AvailableOSUpdatesItem).
 * Looser: every key may be absent (the schema's defaults are not filled in), and what is no item is kept in `malformed`.
 */
export type AvailableOSUpdate = AnswerItem<typeof availableOSUpdateFields>;

/** Undefined when the key is absent. On a Mac the list is as old as its last scan. Never throws. */
export function decodeAvailableOSUpdates(body: PlistDict): AvailableOSUpdate[] | undefined {
  return readItems(availableOSUpdateFields, body, "AvailableOSUpdates");
}

/** The keys of a scan's answer. Some Macs misspell it. Source: mdm/commands/system.update.scan.yaml (responsekeys.ScanInitiated). */
export const scanKeys = ["ScanInitiated", "ScanInititated"] as const;

export interface ScanAnswer {
  readonly scanInitiated?: boolean;
}

/** Whether the scan started, where the device said so. Never throws. */
export function decodeScan(body: PlistDict): ScanAnswer {
  for (const key of scanKeys) {
    const value = body.get(key);
    const scanInitiated = value === undefined ? undefined : takeAs("boolean", value);
    if (scanInitiated !== undefined) return { scanInitiated };
  }
  return {};
}
