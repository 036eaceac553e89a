import type { ScheduleOutcome } from "./answer.ts";
import { codes } from "./answer.ts";
import { day, minute, second } from "./clock.ts";
import { faultAt } from "./faulty.ts";
import type { SimRelease } from "./releases.ts";
import { majorOf } from "./releases.ts";
import { troubleAt } from "./trouble.ts";
import type { InstallWish, Updater } from "./updater.ts";

/**
 * ScheduleOSUpdate on a Mac: one command does both steps. An action it does not know acts as `Default`, and the answer
 * never says `Default` but what was really scheduled. Majors install with InstallASAP only (vendor findings).
 */
export function scheduleOnMac(
  updater: Updater,
  release: SimRelease,
  action: string,
  maxUserDeferrals: number | undefined,
): ScheduleOutcome {
  const major = majorOf(release.version) !== majorOf(updater.state.os.version);
  const ready = updater.downloaded?.build === release.build;
  if (major && (action === "InstallLater" || action === "InstallForceRestart")) {
    return {
      action: "Error",
      status: "InstallFailed",
      error: { code: codes.installFailed, description: `${action} cannot install a major upgrade.` },
    };
  }
  const { planned, state } = updater;
  // Whatever action is asked for: the Mac does what it has planned.
  if (planned?.release.build === release.build && planned.shows === "Installing" && action !== "DownloadOnly") {
    return { action: planned.action, status: "Installing" };
  }
  const trouble = troubleAt(state, ready ? "install" : "download");
  if (trouble !== undefined) return trouble;
  const wish = wishOf(updater, action, ready, maxUserDeferrals);
  const fault = ready && wish !== undefined ? faultAt(state, release) : undefined;
  if (fault !== undefined) return fault;
  const reported = wish?.action ?? (action === "NotifyOnly" ? "NotifyOnly" : "DownloadOnly");
  const fetched = updater.fetch(release, wish);
  return { action: reported, status: fetched === "Downloading" ? "Downloading" : (wish?.shows ?? "Idle") };
}

function wishOf(
  updater: Updater,
  action: string,
  ready: boolean,
  deferrals: number | undefined,
): InstallWish | undefined {
  const { traits } = updater.state;
  // One minute of countdown that this user lets run out.
  const asap: InstallWish = { action: "InstallASAP", after: 60 * second, shows: "Installing" };
  switch (action) {
    case "DownloadOnly":
    case "NotifyOnly":
      return undefined;
    case "InstallASAP":
      if (updater.state.kind.makesItLater) return { action: "InstallLater", after: 70 * minute, shows: "Idle" };
      return asap;
    case "InstallForceRestart":
      return { action, after: 5 * second, shows: "Installing" };
    case "InstallLater": {
      if (deferrals === undefined) return { action, after: 0, tonight: true, shows: "Idle" };
      // The user takes some of the deferrals, one a day.
      const taken = Math.round(traits.deferralsShare * deferrals);
      return { action, after: taken * day + traits.prepareMs, shows: "Idle", maxDeferrals: deferrals };
    }
    default:
      return ready ? asap : undefined;
  }
}
