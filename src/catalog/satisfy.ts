/**
 * Whether what a device was seen on is what a plan wants: the one definition of "satisfied". The dry run, a job's end and
 * what is said of a finished job all ask here and nowhere else. Pure.
 */
import { compareVersions } from "../protocol/index.ts";

/** What is wanted of a device's OS. */
export interface Wanted {
  /** Marketing version, as it is sent to the device: "26.6.1". */
  readonly version: string;
  /** The build that the admin named, where one was: that of the version, or of the improvement in `supplemental`. */
  readonly named?: string;
  /** A Background Security Improvement on top of that version: its letter ("a") and its own build, which goes on the wire. */
  readonly supplemental?: { readonly extra: string; readonly build: string };
  /** Builds of beta shape that Apple's catalog lists: those are releases. Absent: it lists none, as is usual. */
  readonly listedBetas?: readonly string[];
}

/** An OS as a device reported it. */
export interface Observation {
  readonly version: string;
  readonly build?: string | undefined;
  readonly supplementalBuild?: string | undefined;
  /** The letter of an improvement, as "(a)" or as "a"; absent or empty: none is installed. */
  readonly supplementalExtra?: string | undefined;
}

/** Where an observation stands to what is wanted. */
export type Position =
  | "below"
  /** A beta of the very version: it has not been released yet. */
  | "beta"
  /** The version, but not the build that the admin named. */
  | "other-build"
  /** The version, without the improvement. */
  | "without-improvement"
  | "there"
  | "newer"
  /** A beta of a newer version: above what is wanted, and no release. */
  | "newer-beta";

/**
 * A version above the wanted one, or the same one and: no beta of it, the build that the admin named (if any), and the
 * improvement that the target names or a later one. Any other build of the version will do, also one that the catalog lacks:
 * new hardware leaves the factory with special builds.
 */
export function positionOf(wanted: Wanted, seen: Observation): Position {
  const order = compareVersions(seen.version, wanted.version);
  const beta = isBetaBuild(seen.build) && wanted.listedBetas?.includes(seen.build ?? "") !== true;
  if (order !== 0) return order < 0 ? "below" : beta ? "newer-beta" : "newer";
  if (beta) return "beta";
  if (wanted.supplemental !== undefined) return hasImprovement(wanted, seen) ? "there" : "without-improvement";
  return wanted.named === undefined || wanted.named === seen.build ? "there" : "other-build";
}

const SATISFIED: ReadonlySet<Position> = new Set(["there", "newer", "newer-beta"]);

export const isSatisfied = (position: Position): boolean => SATISFIED.has(position);

/** Improvements build on each other: "(b)" holds what "(a)" held. A named build is that build or a later letter. */
function hasImprovement({ named, supplemental }: Wanted, seen: Observation): boolean {
  if (supplemental === undefined) return true;
  if (seen.supplementalBuild === supplemental.build) return true;
  const [wanted, has] = [letterOf(supplemental.extra), letterOf(seen.supplementalExtra)];
  return has > wanted || (has === wanted && named === undefined);
}

/** The letter of an improvement: "a" of "(a)"; "" where there is none. */
export const letterOf = (extra: string | undefined): string => (extra ?? "").replace(/[()\s]/g, "").toLowerCase();

/** "23G5075b": a number of 5000 to 5999 and a small letter. That of an improvement is larger: "23D771330a". */
export const isBetaBuild = (build: string | undefined): boolean =>
  build !== undefined && /^\d{1,3}[A-Z]5\d{3}[a-z]$/.test(build);

/** "26.6.1", or "26.3.1 (a)" where an improvement is on it or wanted on it. */
export function versionText(version: string, extra: string | undefined): string {
  const letter = letterOf(extra);
  return letter === "" ? version : `${version} (${letter})`;
}

/** What is wanted in words, without a build. */
export const wantedText = ({ version, supplemental }: Wanted): string => versionText(version, supplemental?.extra);
