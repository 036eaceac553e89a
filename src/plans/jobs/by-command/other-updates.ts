/**
 * What a Mac lists other than versions of its OS: Safari, firmware, configuration data. They have no version that
 * DeviceInformation tells, so they count as installed when they are absent from a list that was made after a scan.
 */
import type { AvailableOSUpdate } from "../../../protocol/index.ts";
import type { OtherUpdate } from "../job.ts";

/** A build of an OS, such as "25G83"; Safari's are numbers with dots. */
const OS_BUILD = /^\d{2}[A-Z]\d{1,6}[a-z]?$/;

/** Version and build of an entry; an old Mac may write the build instead of the version, and leave the build out. */
export function namesOf(update: AvailableOSUpdate): { readonly version?: string; readonly build?: string } {
  const [version = "", build = ""] = [update.version, update.build].map((text) => text?.trim());
  const asBuild = OS_BUILD.test(version);
  const own = build !== "" ? build : asBuild ? version : "";
  return { ...(version === "" || asBuild ? {} : { version }), ...(own === "" ? {} : { build: own }) };
}

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

/**
 * By what the device says of the item; its key is opaque, and its name is in its user's language. An old Mac's without a
 * build is told by what an OS alone has: a restart, or the OS's own name, which no language changes.
 */
export function isOs(update: AvailableOSUpdate): boolean {
  if (update.isConfigDataUpdate === true || update.isFirmwareUpdate === true) return false;
  if (update.isMajorOSUpdate === true || update.isSecurityResponse === true) return true;
  const { build } = namesOf(update);
  if (build !== undefined) return OS_BUILD.test(build);
  return update.restartRequired === true || /\b(macOS|OS X)\b/.test(update.humanReadableName ?? "");
}
