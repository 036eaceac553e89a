/**
 * Whether Apple still updates the installed major on a model that can run a newer one. Pure. Apple announces no end of a major:
 * releases that the model does not get, or a long time without one, are what tells.
 */
import { compareVersions, majorOf, type Platform } from "../protocol/index.ts";
import type { Release } from "./release.ts";

/** Of a release, what this asks for. */
export type PostedRelease = Pick<Release, "platform" | "version" | "extra" | "postingDate" | "devices">;

export interface PostedReleases<R extends PostedRelease = PostedRelease> {
  /** All that is known, in whatever state: what Apple no longer offers tells when a major last had a release. */
  readonly releases: readonly R[];
  readonly isOffered: (release: R) => boolean;
  /** YYYY-MM-DD: the day of the newest list. What happened since is not known, however late it is. */
  readonly asOf: string;
}

export interface MajorEnded {
  /** The installed one. */
  readonly major: number;
  /** The newest release that is offered to the model: its fixes come by this one. */
  readonly newer: string;
  /** "other-models": the major has a newer release, for models only that can't run the newer major. "none-posted": it has none for long. */
  readonly why: "other-models" | "none-posted";
  /** The newest release of the installed major for this model; null: no list had one. */
  readonly last: { readonly version: string; readonly postingDate: string } | null;
}

/** Days without a release, while the newer major had one. */
export const ENDED_AFTER = 90;
const DAY = 24 * 3_600_000;

/** What is asked of each device of a fleet, so the releases are gone through once. Undefined: the major has not ended for it. */
export function majorEnds<R extends PostedRelease>({ releases, isOffered, asOf }: PostedReleases<R>) {
  // An improvement updates the release that it is installed on, and says little about a major.
  const versions = releases.filter(({ extra }) => extra === undefined);
  const byMajor = Map.groupBy(versions, ({ platform, version }) => keyOf(platform, majorOf(version)));
  const offered = newestById(versions.filter(isOffered));
  const isRecent = (day: string): boolean => Date.parse(asOf) - Date.parse(day) < ENDED_AFTER * DAY;

  return (device: {
    readonly platform: Platform;
    /** What Apple's list calls the model. */
    readonly lookupIds: readonly string[];
    readonly version: string;
  }): MajorEnded | undefined => {
    const { platform, lookupIds } = device;
    const major = majorOf(device.version);
    const newer = newestOf(lookupIds.flatMap((id) => offered.get(keyOf(platform, id)) ?? []));
    if (major === undefined || newer === undefined || (majorOf(newer) ?? 0) <= major) return undefined;
    const isFor = ({ devices }: PostedRelease): boolean => lookupIds.some((id) => devices.includes(id));
    const own = byMajor.get(keyOf(platform, major)) ?? [];
    const mine = firstDays(own.filter(isFor));
    const newest = newestOf([...mine.keys()]);
    const canRunNewer = ({ devices }: PostedRelease): boolean =>
      devices.some((id) => (majorOf(offered.get(keyOf(platform, id)) ?? "") ?? 0) > major);
    const others = own.some(
      (one) =>
        compareVersions(one.version, newest ?? device.version) > 0 && one.devices.length > 0 && !canRunNewer(one),
    );
    if (!others && [...mine.values()].some(isRecent)) return undefined;
    const above = versions.filter(
      (one) => one.platform === platform && (majorOf(one.version) ?? 0) > major && isFor(one),
    );
    if (!others && ![...firstDays(above).values()].some(isRecent)) return undefined;
    const last = newest === undefined ? null : { version: newest, postingDate: mine.get(newest) ?? "" };
    return { major, newer, why: others ? "other-models" : "none-posted", last };
  };
}

const keyOf = (platform: Platform, of: string | number | undefined): string => `${platform} ${of ?? ""}`;

const newestOf = (versions: readonly string[]): string | undefined => versions.toSorted(compareVersions).at(-1);

function newestById(offered: readonly PostedRelease[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const { platform, version, devices } of offered)
    for (const id of devices) {
      const before = found.get(keyOf(platform, id));
      if (before === undefined || compareVersions(version, before) > 0) found.set(keyOf(platform, id), version);
    }
  return found;
}

/** Version → the first day that any of its entries was posted: Apple posts a release again when it offers it to more devices. */
function firstDays(releases: readonly PostedRelease[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const { version, postingDate } of releases) {
    const before = found.get(version);
    if (before === undefined || postingDate < before) found.set(version, postingDate);
  }
  return found;
}
