/**
 * Which release fixes which CVE, and what follows for a device. Pure. It comes of a second source, since Apple's list has no CVEs;
 * what was once known of a release stays known, so that data that disappears never makes a deadline later.
 */
import { majorOf, type Platform } from "../protocol/index.ts";
import { compareNamed, type Named } from "./named.ts";
import { isSatisfied, type Observation, positionOf, versionText } from "./satisfy.ts";

/** A CVE that a release fixes. Moments are ms UTC. */
export interface Cve {
  /** "CVE-2026-65400" */
  readonly id: string;
  readonly firstSeenAt: number;
  /** When a feed first said that it is exploited; null: none has. */
  readonly exploitedSince: number | null;
}

/** What is known of a release. iPadOS is iOS. */
export interface SecurityRelease extends Named {
  readonly platform: Platform;
  /** YYYY-MM-DD: the earliest day that a feed named. */
  readonly postedOn: string;
  /** By id. */
  readonly cves: readonly Cve[];
}

/** A release as one feed has it. */
export interface FeedRelease extends Named {
  readonly platform: Platform;
  readonly postedOn: string;
  readonly cves: readonly { readonly id: string; readonly exploited: boolean }[];
}

/** All that is known, by what is asked of it. */
export interface Security {
  readonly releases: readonly SecurityRelease[];
  /** Releases that fix an exploited CVE, by platform and major ("macOS 26"), the newest first. */
  readonly exploited: ReadonlyMap<string, readonly SecurityRelease[]>;
}

/** The same for all spellings of a name: "26.0" and "26" are one release. */
export function namedKey({ version, extra }: Named): string {
  const numbers = version.split(".").map(Number);
  const last = numbers.findLastIndex((number, at) => number !== 0 || at === 0);
  return versionText(numbers.slice(0, last + 1).join("."), extra);
}

export const exploitedIn = ({ cves }: Pick<SecurityRelease, "cves">): string[] =>
  cves.filter(({ exploitedSince }) => exploitedSince !== null).map(({ id }) => id);

const lineOf = (platform: Platform, version: string): string => `${platform} ${majorOf(version) ?? ""}`;

export function securityOf(releases: readonly SecurityRelease[]): Security {
  const fixing = releases.filter((release) => exploitedIn(release).length > 0);
  const exploited = Map.groupBy(
    fixing.toSorted((a, b) => compareNamed(b, a)),
    ({ platform, version }) => lineOf(platform, version),
  );
  return { releases, exploited };
}

export const NO_SECURITY: Security = securityOf([]);

/** `known` with what a feed says of it at `at`, or `known` itself where that adds nothing. Nothing is ever taken away. */
export function mergeSecurity(
  known: SecurityRelease | undefined,
  { cves: given, ...said }: FeedRelease,
  at: number,
): SecurityRelease {
  const cves = new Map<string, Cve>(known?.cves.map((cve) => [cve.id, cve]));
  const postedOn = known !== undefined && known.postedOn < said.postedOn ? known.postedOn : said.postedOn;
  let changed = known === undefined || postedOn !== known.postedOn;
  for (const { id, exploited } of given) {
    const before = cves.get(id);
    const exploitedSince = before?.exploitedSince ?? (exploited ? at : null);
    if (before !== undefined && before.exploitedSince === exploitedSince) continue;
    cves.set(id, { id, firstSeenAt: before?.firstSeenAt ?? at, exploitedSince });
    changed = true;
  }
  if (known !== undefined && !changed) return known;
  // The name that was seen first stays, however a later feed writes it.
  return {
    ...(known ?? said),
    postedOn,
    cves: [...cves.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

/** Whether an OS lacks what a release of its major fixes; a beta of that release lacks it too. */
function isBelow({ version, extra }: SecurityRelease, installed: Observation): boolean {
  const supplemental = extra === undefined ? {} : { supplemental: { extra, build: "" } };
  return !isSatisfied(positionOf({ version, ...supplemental }, installed));
}

/** The releases above what is installed and at or below `upTo`, in the installed major, that fix an exploited CVE; the newest first. */
export const fixesExploited = (
  { exploited }: Security,
  platform: Platform,
  installed: Observation,
  upTo: Named,
): SecurityRelease[] =>
  (exploited.get(lineOf(platform, installed.version)) ?? []).filter(
    (one) => isBelow(one, installed) && compareNamed(one, upTo) <= 0,
  );

/**
 * The newest release of a rollout's major, up to the rollout's own release, that fixes an exploited CVE: a device of that major that
 * runs anything below it is urgent. Undefined: none is.
 */
export const urgentBelow = ({ exploited }: Security, platform: Platform, upTo: Named): SecurityRelease | undefined =>
  exploited.get(lineOf(platform, upTo.version))?.find((one) => compareNamed(one, upTo) <= 0);

/** Why a device is exposed. */
export interface Exposure {
  /** Exploited CVEs that the release fixes, by id; at least one. */
  readonly cves: readonly string[];
  /** The newest release of the installed major that fixes an exploited CVE. */
  readonly fixedIn: Named;
  /** YYYY-MM-DD */
  readonly postedOn: string;
}

/** Undefined: no release of the installed major that is above it is known to fix an exploited CVE. */
export function exposedBy({ exploited }: Security, platform: Platform, installed: Observation): Exposure | undefined {
  // Whoever has the newest has all that is older.
  const found = exploited.get(lineOf(platform, installed.version))?.[0];
  if (found === undefined || !isBelow(found, installed)) return undefined;
  const { version, extra, postedOn } = found;
  return { cves: exploitedIn(found), fixedIn: { version, ...(extra === undefined ? {} : { extra }) }, postedOn };
}
