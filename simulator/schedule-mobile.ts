import type { ScheduleOutcome } from "./answer.ts";
import { codes, malformed, refused } from "./answer.ts";
import { faultAt } from "./faulty.ts";
import type { SimRelease } from "./releases.ts";
import { troubleAt } from "./trouble.ts";
import type { Updater } from "./updater.ts";

/**
 * ScheduleOSUpdate on iOS, iPadOS and tvOS: two steps, download and then install. `Default` takes whichever is next:
 * it installs at once when the device had already downloaded by itself.
 */
export function scheduleOnMobile(
  updater: Updater,
  release: SimRelease,
  action: string,
  replay: boolean,
): ScheduleOutcome {
  const ready = updater.downloaded?.build === release.build;
  switch (action) {
    case "DownloadOnly":
      return ready ? { action: "DownloadOnly", status: "Idle" } : download(updater, release);
    case "Default":
      return ready ? install(updater, release, replay) : download(updater, release);
    case "InstallASAP":
      if (ready) return install(updater, release, replay);
      return {
        refusal: refused(codes.installRequiresDownload, "The update must be downloaded before it can be installed."),
      };
    default:
      // The other actions are macOS only.
      return { refusal: malformed };
  }
}

function download(updater: Updater, release: SimRelease): ScheduleOutcome {
  const trouble = troubleAt(updater.state, "download");
  if (trouble !== undefined) return trouble;
  if (updater.state.kind.noSpace) {
    updater.state.note("no-space", { version: release.version });
    return {
      action: "Error",
      status: "DownloadInsufficientSpace",
      error: {
        code: codes.insufficientSpaceForDownload,
        description: "There is not enough space to download the update.",
      },
    };
  }
  updater.fetch(release, undefined);
  return { action: "DownloadOnly", status: "Downloading" };
}

function install(updater: Updater, release: SimRelease, replay: boolean): ScheduleOutcome {
  const { kind, traits, note, clock } = updater.state;
  const { planned } = updater;
  const trouble = troubleAt(updater.state, "install") ?? faultAt(updater.state, release);
  if (trouble !== undefined) return trouble;
  if (kind.purges && updater.purge()) return { action: "InstallASAP", status: "Idle" };
  // Its user is installing it at this moment.
  if (kind.userInstalls) return { refusal: { status: "NotNow" } };
  const soon = { action: "InstallASAP", after: traits.prepareMs, shows: "Installing" } as const;
  if (kind.swallowsAnswer) {
    updater.fetch(release, { ...soon, after: 0 });
    return { restarts: true };
  }
  if (planned !== undefined) {
    if (planned.shows === "Installing" && !replay) {
      updater.state.record.violations.push("ordered to install again while it says Installing");
    }
    // Asking again while the user has scheduled it makes iOS install at once (openradar 45414727).
    if (
      (kind.consentHours || kind.tonight) &&
      planned.shows === "Installing" &&
      planned.startsAt > clock.now() + traits.prepareMs
    ) {
      note("asked-again-installs-at-once", { version: release.version });
      updater.fetch(release, soon);
    }
    return { action: "InstallASAP", status: planned.shows };
  }
  if (kind.tonight) {
    note("scheduled-for-tonight", { version: release.version });
    updater.fetch(release, { ...soon, tonight: true });
    return { action: "InstallASAP", status: "Installing" };
  }
  if (!kind.consentHours) {
    updater.fetch(release, soon);
    return { action: "InstallASAP", status: "Installing" };
  }
  const shows = traits.consentStyle === "schedule" ? "Installing" : "Idle";
  note("passcode-asked", { version: release.version, style: traits.consentStyle });
  updater.fetch(release, { action: "InstallASAP", after: traits.consentMs, shows });
  return { action: "InstallASAP", status: shows };
}
