import type { CommandAnswer } from "./answer.ts";
import { acknowledged, codes, errorChain, malformed, refused } from "./answer.ts";
import type { PlistDict } from "./plist.ts";
import { isDict, list, number, text } from "./plist.ts";
import type { SimRelease } from "./releases.ts";
import { compareVersions } from "./releases.ts";
import { scheduleOnMac } from "./schedule-mac.ts";
import { scheduleOnMobile } from "./schedule-mobile.ts";
import type { Updater } from "./updater.ts";

/** What a Mac in Setup Assistant says to update commands (a string of its mdmclient). */
export const inSetupAssistant = refused(codes.installFailed, "Not supported while waiting for DeviceConfigured");

/** Apple schema: mdm/commands/system.update.schedule.yaml (payloadkeys.Updates). */
export function scheduleUpdate(updater: Updater, command: PlistDict, replay = false): CommandAnswer {
  const { hardware, awaitingConfiguration } = updater.state;
  const mac = hardware.platform === "macOS";
  if (mac && awaitingConfiguration) return inSetupAssistant;
  const items = list(command, "Updates") ?? [];
  // An empty list makes a Mac act on every update it can find, and iOS on its newest.
  const asked: readonly PlistDict[] =
    items.length > 0
      ? items.filter(isDict)
      : updater
          .newer()
          .slice(-1)
          .map((release) => ({ ProductVersion: release.version, InstallAction: "Default" }));
  if (asked.length < items.length) return malformed;

  const results: PlistDict[] = [];
  for (const item of asked) {
    const action = text(item, "InstallAction");
    if (action === undefined) return malformed;
    const other = mac ? updater.others.schedule(text(item, "ProductKey"), action) : undefined;
    if (other !== undefined) {
      results.push(other);
      continue;
    }
    const found = find(updater, item);
    if ("status" in found) return found;
    if (found.release === undefined) continue;
    const outcome = mac
      ? scheduleOnMac(updater, found.release, action, number(item, "MaxUserDeferrals"))
      : scheduleOnMobile(updater, found.release, action, replay);
    if ("refusal" in outcome) return outcome.refusal;
    if ("restarts" in outcome) return { status: "none" };
    if (mac && results.length === 0) results.push(...updater.others.besides());
    results.push({
      ProductKey: updater.keyOf(found.release),
      InstallAction: outcome.action,
      Status: outcome.status,
      ErrorChain: outcome.error && errorChain(outcome.error),
    });
  }
  // Nothing applies any more (the device got there meanwhile): no UpdateResults at all.
  return results.length === 0 || updater.state.kind.noResults
    ? acknowledged()
    : acknowledged({ UpdateResults: results });
}

/** Updates can be named by version since iOS 11.3, macOS 12 and tvOS 12.2. */
function knowsVersions({ state: { os, hardware } }: Updater): boolean {
  return compareVersions(os.version, { iOS: "11.3", macOS: "12", tvOS: "12.2", visionOS: "1" }[hardware.platform]) >= 0;
}

/** The release an item names; undefined when the device runs it already; an answer when it cannot be had. */
function find(updater: Updater, item: PlistDict): CommandAnswer | { readonly release: SimRelease | undefined } {
  const { os, releases, hardware } = updater.state;
  const [version, key] = [knowsVersions(updater) ? text(item, "ProductVersion") : undefined, text(item, "ProductKey")];
  if (version === undefined && key === undefined) {
    return refused(codes.noUpdateAvailable, "Missing 'ProductKey' or 'ProductVersion'");
  }
  if (version !== undefined && compareVersions(version, os.version) === 0) {
    return updater.state.kind.userInstalls
      ? refused(codes.noUpdateAvailable, "No update is available.")
      : { release: undefined };
  }
  const fits = (release: SimRelease): boolean =>
    version === undefined ? updater.keyOf(release) === key : release.version === version;
  const running = releases.some(
    (release) => release.platform === hardware.platform && release.build === os.build && fits(release),
  );
  if (running && updater.state.kind.userInstalls) return refused(codes.noUpdateAvailable, "No update is available.");
  if (running) return { release: undefined };
  const release = updater.newer().find(fits);
  if (release === undefined) {
    const downgrade = version !== undefined && compareVersions(version, os.version) < 0;
    return refused(
      codes.noUpdateAvailable,
      downgrade ? `Downgrading OS to ${version} from ${os.version} is not allowed.` : "No update is available.",
    );
  }
  // A Mac knows keys only from its last scan.
  if (
    version === undefined &&
    hardware.platform === "macOS" &&
    compareVersions(release.version, updater.seenUpTo) > 0
  ) {
    return refused(codes.noUpdateAvailable, `No update with the key ${key} is known.`);
  }
  return { release };
}
