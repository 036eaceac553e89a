export type SimPlatform = "iOS" | "macOS" | "tvOS" | "visionOS";

/** One release a simulated Apple offers to every simulated device of the platform. */
export interface SimRelease {
  readonly platform: SimPlatform;
  readonly version: string;
  readonly build: string;
  /** Bytes to download; a typical size when absent. */
  readonly sizeBytes?: number;
  /** Virtual ms at which Apple begins to offer it; always when absent. */
  readonly offeredFrom?: number;
  /** The oldest version of the OS that it is offered to; every one when absent. */
  readonly offeredTo?: string;
  /** A Background Security Improvement: installed on `version` by itself, where the device has exactly this build of it. */
  readonly improvement?: { readonly letter: string; readonly onBuild: string };
  /** It has a fault: models (product types) on which its installation fails each time, before the device goes down for it. */
  readonly failsOn?: readonly string[];
}

/** What a device runs. */
export interface SimOs {
  readonly version: string;
  readonly build: string;
  /** The improvement on top of it. */
  readonly improvement?: { readonly letter: string; readonly build: string };
}

/** Releases as they stood in August 2026, for those who bring none of their own. */
export const sampleReleases: readonly SimRelease[] = [
  { platform: "iOS", version: "12.5.8", build: "16H88" },
  { platform: "iOS", version: "26.5", build: "23F77" },
  { platform: "iOS", version: "26.6", build: "23G71" },
  { platform: "iOS", version: "26.6.1", build: "23G83" },
  // Invented: what follows the OS 27 that some devices run, and offered to no other.
  { platform: "iOS", version: "27.0.1", build: "24A311", offeredTo: "27.0" },
  { platform: "macOS", version: "11.7.11", build: "20G1443" },
  { platform: "macOS", version: "15.7.9", build: "24G830" },
  { platform: "macOS", version: "26.5", build: "25F71" },
  { platform: "macOS", version: "26.6", build: "25G72" },
  { platform: "macOS", version: "26.6.2", build: "25G83" },
  { platform: "tvOS", version: "26.5", build: "23L471" },
  { platform: "tvOS", version: "26.6", build: "23L773" },
  { platform: "visionOS", version: "26.5", build: "23O6471" },
  { platform: "visionOS", version: "26.6.1", build: "23O780" },
];

/** Compares versions by their numbers: negative when `a` is older, 0 when equal, positive when newer. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split(".").map(Number), b.split(".").map(Number)];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The first number of a version. */
export const majorOf = (version: string): number => Number(version.split(".")[0]);

/** The releases of `platform` above `version` that Apple offers at `now` (virtual ms), oldest first. */
export function newerReleases(
  all: readonly SimRelease[],
  platform: SimPlatform,
  version: string,
  now: number,
): SimRelease[] {
  return all
    .filter((release) => release.platform === platform && compareVersions(release.version, version) > 0)
    .filter(({ improvement }) => improvement === undefined)
    .filter(({ offeredFrom = -Infinity }) => offeredFrom <= now)
    .filter(({ offeredTo = version }) => compareVersions(version, offeredTo) >= 0)
    .toSorted((a, b) => compareVersions(a.version, b.version));
}

/** The improvements that Apple offers at `now` (virtual ms) to a device on `os`, but for those it has. */
export function newerImprovements(
  all: readonly SimRelease[],
  platform: SimPlatform,
  os: SimOs,
  now: number,
): SimRelease[] {
  return all.filter(
    ({ offeredFrom = -Infinity, improvement, ...release }) =>
      improvement !== undefined &&
      release.platform === platform &&
      release.version === os.version &&
      improvement.onBuild === os.build &&
      improvement.letter > (os.improvement?.letter ?? "") &&
      offeredFrom <= now,
  );
}

/** "26.6.1", or "26.6.1 (a)" of an improvement: how a device shows what it loads. */
export const shownVersion = ({ version, improvement }: SimRelease): string =>
  improvement === undefined ? version : `${version} (${improvement.letter})`;

/** Bytes to download. */
export const sizeOf = (release: SimRelease): number =>
  release.sizeBytes ??
  { iOS: 2_400_000_000, macOS: 5_800_000_000, tvOS: 1_900_000_000, visionOS: 2_900_000_000 }[release.platform];

/** The ProductKey a device shows for a release (shapes seen in the field; opaque to a server). */
export function productKeyOf(release: SimRelease, fromVersion: string): string {
  if (release.platform !== "macOS") return `${release.platform}Update${release.build}`;
  const step = majorOf(release.version) === majorOf(fromVersion) ? "minor" : "major";
  return `MSU_UPDATE_${release.build}_patch_${release.version}_${step}`;
}
