/**
 * What a Mac lists besides versions of its OS: Safari, firmware, configuration data. They have no version that
 * DeviceInformation tells, so they count as installed when they are absent from a list that was made after a scan.
 */
import type { AvailableOSUpdate } from "../protocol/index.ts";
import type { OtherUpdate } from "./job.ts";

/** A build of an OS, such as "25G83"; Safari's are numbers with dots. */
const OS_BUILD = /^\d{2}[A-Z]\d{1,6}[a-z]?$/;

/** The updates in a list that are no version of the OS; those that a restriction defers can't be had yet and are counted. */
export function otherUpdatesIn(updates: readonly AvailableOSUpdate[]): {
  readonly others: readonly OtherUpdate[];
  readonly deferred: number;
  /** Such updates whose key is missing, so that nobody can order them. */
  readonly keyless: number;
} {
  const items = updates.filter((update) => !isOs(update));
  const free = items.filter(({ deferredUntil }) => deferredUntil === undefined);
  return {
    others: free.flatMap(({ productKey, humanReadableName, version }) =>
      productKey === undefined
        ? []
        : [{ key: productKey, name: [humanReadableName ?? productKey, version].filter(Boolean).join(" ") }],
    ),
    deferred: items.length - free.length,
    keyless: free.filter(({ productKey }) => productKey === undefined).length,
  };
}

/** By what the device says of the item; its key is opaque, and its name is in its user's language. */
function isOs({ isConfigDataUpdate, isFirmwareUpdate, isMajorOSUpdate, isSecurityResponse, build }: AvailableOSUpdate) {
  if (isConfigDataUpdate === true || isFirmwareUpdate === true) return false;
  return isMajorOSUpdate === true || isSecurityResponse === true || OS_BUILD.test(build ?? "");
}
