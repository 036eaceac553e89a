import { day } from "./clock.ts";
import type { PlistDict } from "./plist.ts";
import { Real } from "./plist.ts";
import type { SimRelease } from "./releases.ts";
import { compareVersions, majorOf, sizeOf } from "./releases.ts";
import type { PlannedInstall, Updater } from "./updater.ts";
import { countsDownloaded, listsAsOld } from "./ways.ts";

const names = { iOS: "iOS", macOS: "macOS", tvOS: "tvOS", visionOS: "visionOS" } as const;

/**
 * `AvailableOSUpdates` items; without those of the OS while a declaration manages its update.
 * Apple schema: mdm/commands/system.update.available.yaml.
 */
export function availableUpdates(updater: Updater, managed: boolean): PlistDict[] {
  if (managed) return updater.others.listed();
  const { platform } = updater.state.hardware;
  // iOS and tvOS list only the newest; a Mac what its last scan saw.
  const listed =
    platform === "macOS"
      ? updater.newer().filter((release) => compareVersions(release.version, updater.seenUpTo) <= 0)
      : updater.newer().slice(-1);
  const items = listed.map((release) =>
    platform === "macOS" ? macItem(updater, release) : mobileItem(updater, release),
  );
  return [...updater.others.listed(), ...items];
}

function common(updater: Updater, release: SimRelease): PlistDict {
  const old = listsAsOld(updater.state);
  return {
    ProductKey: updater.keyOf(release),
    HumanReadableName: `${names[release.platform]} ${release.version}`,
    Version: old ? release.build : release.version,
    Build: release.build,
    DownloadSize: old ? new Real(sizeOf(release)) : sizeOf(release),
    IsCritical: false,
    IsSecurityResponse: false,
    RestartRequired: true,
    AllowsInstallLater: true,
  };
}

const mobileItem = (updater: Updater, release: SimRelease): PlistDict => ({
  ...common(updater, release),
  ProductName: names[release.platform],
  InstallSize: Math.round(sizeOf(release) / 4),
});

const macItem = (updater: Updater, release: SimRelease): PlistDict => ({
  ...common(updater, release),
  HumanReadableNameLocale: "en",
  AppIdentifiersToClose: [],
  IsConfigDataUpdate: false,
  IsFirmwareUpdate: false,
  IsMajorOSUpdate: majorOf(release.version) !== majorOf(updater.state.os.version),
  RequiresBootstrapToken: updater.state.hardware.appleSilicon === true,
});

/**
 * `OSUpdateStatus` items: empty when nothing is in progress, and without those of the OS while a declaration manages its
 * update. Apple schema: mdm/commands/system.update.status.yaml.
 */
export function updateStatus(updater: Updater, managed: boolean): PlistDict[] {
  if (managed) return updater.others.status();
  const now = updater.state.clock.now();
  const { download, planned, downloaded, purged } = updater;
  const items: PlistDict[] = [];
  const whether = (is: boolean): boolean | number => (countsDownloaded(updater.state) ? Number(is) : is);
  if (download !== undefined) {
    const share = (now - download.startedAt) / Math.max(1, download.endsAt - download.startedAt);
    items.push({
      ProductKey: updater.keyOf(download.release),
      IsDownloaded: whether(false),
      DownloadPercentComplete: new Real(Math.min(0.99, Math.max(0, Math.round(share * 100) / 100))),
      Status: "Downloading",
    });
  }
  const gone = download === undefined && downloaded === undefined && purged?.version !== updater.state.os.version;
  if (purged !== undefined && gone) {
    items.push({
      ProductKey: updater.keyOf(purged),
      IsDownloaded: whether(false),
      DownloadPercentComplete: new Real(0),
      Status: "Idle",
    });
  }
  const ready = planned?.release ?? downloaded;
  if (ready !== undefined) {
    items.push({
      ProductKey: updater.keyOf(ready),
      IsDownloaded: whether(true),
      DownloadPercentComplete: new Real(1),
      Status: planned?.shows ?? "Idle",
      ...(planned === undefined ? {} : deferrals(planned, now)),
    });
  }
  return [...updater.others.status(), ...items];
}

/** A Mac with InstallLater asks its user once a day. */
function deferrals(planned: PlannedInstall, now: number): PlistDict {
  if (planned.maxDeferrals === undefined) return {};
  const asked = Math.min(planned.maxDeferrals, Math.floor((now - planned.plannedAt) / day) + 1);
  return {
    MaxDeferrals: planned.maxDeferrals,
    DeferralsRemaining: planned.maxDeferrals - asked,
    NextScheduledInstall: new Date(planned.startsAt),
    PastNotifications: Array.from({ length: asked }, (_, nth) => new Date(planned.plannedAt + nth * day)),
  };
}
