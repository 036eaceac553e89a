import { minute, second } from "./clock.ts";
import { OtherUpdates } from "./other-updates.ts";
import { localHour } from "./record.ts";
import type { SimRelease } from "./releases.ts";
import { compareVersions, majorOf, newerImprovements, newerReleases, productKeyOf, sizeOf } from "./releases.ts";
import type { DeviceState } from "./state.ts";

/** What follows a finished download, or at once when the release is there already. */
export interface InstallWish {
  /** The InstallAction the device reports for it. */
  readonly action: string;
  /** Virtual ms from "downloaded" to going down. */
  readonly after: number;
  /** Waits for the next night of the device's zone instead. */
  readonly tonight?: true;
  /** What OSUpdateStatus says meanwhile. */
  readonly shows: "Idle" | "Installing";
  readonly maxDeferrals?: number;
}

export interface Download {
  readonly release: SimRelease;
  readonly startedAt: number;
  readonly endsAt: number;
  wish: InstallWish | undefined;
}

export interface PlannedInstall {
  readonly release: SimRelease;
  readonly action: string;
  readonly plannedAt: number;
  readonly shows: "Idle" | "Installing";
  readonly maxDeferrals: number | undefined;
  startsAt: number;
}

/** The software-update part of a device: what it downloads, has downloaded and will install, on the device's clock. */
export class Updater {
  readonly state: DeviceState;
  download: Download | undefined;
  downloaded: SimRelease | undefined;
  planned: PlannedInstall | undefined;
  /** The newest version the last scan of a Mac saw; its list is stale until it scans again. */
  seenUpTo: string;
  readonly others: OtherUpdates;
  private scanEndsAt: number | undefined;
  /** What it had downloaded and no longer has. */
  purged: SimRelease | undefined;

  constructor(state: DeviceState) {
    this.state = state;
    this.others = new OtherUpdates(state);
    const newer = this.newer();
    if (state.kind.alreadyDownloaded) this.downloaded = newer.at(-1);
    // The last scan was before the newest release came out.
    this.seenUpTo = newer.at(-2)?.version ?? state.os.version;
  }

  /** Releases above the running one, oldest first. */
  newer(): SimRelease[] {
    const { hardware, kind, releases, os, clock } = this.state;
    const { lastMajor = Infinity, platform } = hardware;
    return newerReleases(releases, platform, os.version, clock.now()).filter(
      ({ version }) =>
        majorOf(version) <= lastMajor &&
        (kind.offeredUpTo === undefined || compareVersions(version, kind.offeredUpTo) <= 0),
    );
  }

  /** Improvements of the running version that it does not have. */
  improvements(): SimRelease[] {
    const { hardware, releases, os, clock } = this.state;
    return newerImprovements(releases, hardware.platform, os, clock.now());
  }

  keyOf(release: SimRelease): string {
    return productKeyOf(release, this.state.os.version);
  }

  /** Begins a scan, now or when the system finds time. */
  scan(now: boolean): void {
    const { clock, traits } = this.state;
    const ends = clock.now() + (now ? traits.scanMs : traits.idleScanMs);
    this.scanEndsAt = Math.min(ends, this.scanEndsAt ?? Infinity);
  }

  /** Fetches `release` unless it is there or under way, then does what `wish` says. */
  fetch(release: SimRelease, wish: InstallWish | undefined): "Downloading" | "Downloaded" {
    const { clock, traits, hardware } = this.state;
    const now = clock.now();
    if (this.downloaded?.build === release.build) {
      if (wish !== undefined) this.plan(release, wish, now);
      return "Downloaded";
    }
    if (this.download?.release.build === release.build) {
      this.download.wish = wish ?? this.download.wish;
      return "Downloading";
    }
    const preparing = hardware.platform === "macOS" ? 2 * traits.prepareMs : 0;
    const endsAt = now + Math.round((sizeOf(release) / traits.bytesPerSecond) * second + preparing);
    this.download = { release, startedAt: now, endsAt, wish };
    this.state.note("download-started", { version: release.version });
    return "Downloading";
  }

  /** The system needed the room: the download is gone, once. */
  purge(): boolean {
    if (this.purged !== undefined || this.downloaded === undefined) return false;
    this.purged = this.downloaded;
    this.state.note("purged", { version: this.purged.version });
    this.downloaded = undefined;
    return true;
  }

  private plan(release: SimRelease, wish: InstallWish, from: number): void {
    let startsAt = from + wish.after;
    if (wish.tonight) {
      while (localHour(startsAt, this.state.traits.timeZone) !== 3) startsAt += 20 * minute;
    }
    this.planned = {
      release,
      action: wish.action,
      plannedAt: from,
      shows: wish.shows,
      maxDeferrals: wish.maxDeferrals,
      startsAt: Math.round(startsAt),
    };
    this.state.note("install-planned", {
      version: release.version,
      action: wish.action,
      startsAt: this.planned.startsAt,
    });
  }

  /** Lets everything happen that is due by now, except the installation itself, which is the device's business. */
  advance(): void {
    const now = this.state.clock.now();
    this.others.advance();
    if (this.scanEndsAt !== undefined && this.scanEndsAt <= now) {
      this.scanEndsAt = undefined;
      this.seenUpTo = this.newer().at(-1)?.version ?? this.state.os.version;
      this.state.lastScanAt = now;
      this.others.scanned();
      this.state.note("scan-finished");
    }
    const { download } = this;
    if (download !== undefined && download.endsAt <= now) {
      this.download = undefined;
      this.downloaded = download.release;
      const { version, build } = download.release;
      this.state.record.downloadsExecuted.push({ at: download.endsAt, version, build });
      this.state.note("downloaded", { version });
      if (this.state.kind.userInstalls) {
        this.plan(download.release, { action: "by hand", after: 40 * minute, shows: "Idle" }, download.endsAt);
      } else if (download.wish !== undefined) this.plan(download.release, download.wish, download.endsAt);
    }
  }

  /** When something is next due, virtual ms; undefined when nothing is. */
  nextAt(): number | undefined {
    const times = [this.scanEndsAt, this.download?.endsAt, this.planned?.startsAt, this.others.nextAt()].filter(
      (at) => at !== undefined,
    );
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** The installation that is due now. */
  installDue(): PlannedInstall | undefined {
    return this.planned !== undefined && this.planned.startsAt <= this.state.clock.now() ? this.planned : undefined;
  }

  /** A declaration manages the update to `release` from now on: what a command had planned or begun is over. */
  yieldTo(release: SimRelease): void {
    this.planned = undefined;
    this.download = undefined;
    if (this.downloaded?.build !== release.build) this.downloaded = undefined;
  }

  /** The release runs now: nothing about it is left to do. */
  installed(release: SimRelease): void {
    const { version, build, improvement } = release;
    this.state.os =
      improvement === undefined
        ? { version, build }
        : { ...this.state.os, improvement: { letter: improvement.letter, build } };
    this.planned = undefined;
    this.downloaded = undefined;
    if (this.download !== undefined && compareVersions(this.download.release.version, release.version) <= 0) {
      this.download = undefined;
    }
  }

  /** The installation could not be authorised; the download stays. */
  installRefused(): void {
    this.planned = undefined;
  }
}
