/**
 * A feed of releases with their CVEs. Source: SOFA, version 2 of its feeds (github.com/macadmins/sofa), one for each platform. Its
 * `ActivelyExploitedCVEs` are those of which Apple says that they may have been exploited. Pure.
 */
import { UptickError } from "../errors/index.ts";
import { isVersion, type Platform } from "../protocol/index.ts";
import { dayOf, furthestDay } from "./list.ts";
import type { Named } from "./named.ts";
import { type FeedRelease, namedKey } from "./security.ts";

/** What can be updated; the feed of iOS is that of iPadOS too. */
export const FEED_PLATFORMS = ["iOS", "macOS", "tvOS", "visionOS"] as const satisfies readonly Platform[];
export type FeedPlatform = (typeof FEED_PLATFORMS)[number];

export interface SecurityFeed {
  readonly platform: FeedPlatform;
  /** YYYY-MM-DD, not after today. */
  readonly date: string;
  /** Where that is from: the feed's `LastCheck`, or the newest release in it. */
  readonly dateFrom: "feed" | "posting";
  /** By name, each once; at least one. */
  readonly releases: readonly FeedRelease[];
  /** Entries that can't be read, in whole or in part, each with its position. */
  readonly problems: readonly string[];
}

/** The largest feed of August 2026 has 126 releases with 4,834 CVEs, at most 165 in one. */
const MOST_RELEASES = 2000;
const MOST_CVES = 50_000;
const MOST_IN_RELEASE = 1000;
/** Problems that are named. */
const MOST_NAMED = 100;
/** A feed with more is not read: too little of it has the form that is known. */
const MOST_PROBLEMS = 1000;

const PRODUCTS: Readonly<Record<string, FeedPlatform>> = {
  macOS: "macOS",
  iOS: "iOS",
  iPadOS: "iOS",
  "iOS and iPadOS": "iOS",
  tvOS: "tvOS",
  visionOS: "visionOS",
};

type Dict = Readonly<Record<string, unknown>>;
const isDict = (value: unknown): value is Dict => typeof value === "object" && value !== null && !Array.isArray(value);
const refused = (why: string): UptickError => new UptickError("cve-feed-invalid", why);

/** @throws UptickError `cve-feed-invalid` for another kind of file, for one without a readable release, and for one that is too large */
export function parseSecurityFeed(json: unknown, now: number): SecurityFeed {
  if (!isDict(json) || !Array.isArray(json["OSVersions"])) throw refused("OSVersions is not in it, or is not a list.");
  const reading: Reading = { platform: platformOf(json), now, found: new Map(), problems: new Problems(), count: 0 };
  for (const [position, entry] of entriesOf(json, reading.problems)) take(reading, position, entry);
  const { platform, found, problems } = reading;
  if (platform === undefined || found.size === 0) {
    const [first] = problems.list;
    throw refused(`No release in it can be read.${first === undefined ? "" : ` The first problem is ${first}.`}`);
  }
  const releases = [...found.values()];
  const { date, dateFrom, problem } = dateOf(json["LastCheck"], releases, now);
  const all = problem === undefined ? problems.list : [problem, ...problems.list];
  const more = all.length - MOST_NAMED;
  return {
    platform,
    date,
    dateFrom,
    releases,
    problems: more > 0 ? [...all.slice(0, MOST_NAMED), `and ${more} more`] : all,
  };
}

/** Bounded, so that a large file of something else fills no memory. */
class Problems {
  readonly list: string[] = [];

  push(problem: string): void {
    if (this.list.length >= MOST_PROBLEMS) throw refused(`More than ${MOST_PROBLEMS} entries in it can't be read.`);
    this.list.push(problem);
  }
}

interface Reading {
  /** The feed's; until an entry has told it, undefined. */
  platform: FeedPlatform | undefined;
  readonly now: number;
  readonly found: Map<string, FeedRelease>;
  readonly problems: Problems;
  /** CVEs so far. */
  count: number;
}

/** Feeds of tvOS and visionOS name their platform; those of macOS and iOS leave it to their entries. */
function platformOf({ OSName: name }: Dict): FeedPlatform | undefined {
  if (name === undefined) return undefined;
  const platform = productNamed(name);
  if (platform === undefined) throw refused("OSName is not a platform that Uptick updates.");
  return platform;
}

const productNamed = (name: unknown): FeedPlatform | undefined =>
  typeof name === "string" && Object.hasOwn(PRODUCTS, name) ? PRODUCTS[name] : undefined;

/** Every entry with its position: each major's newest and its list, and the improvements. */
function* entriesOf(json: Dict, problems: Problems): Generator<[position: string, entry: unknown]> {
  for (const [at, major] of (json["OSVersions"] as unknown[]).entries()) {
    const position = `OSVersions[${at}]`;
    const list = isDict(major) ? major["SecurityReleases"] : undefined;
    if (!Array.isArray(list)) problems.push(`${position}: SecurityReleases is not a list`);
    for (const [n, entry] of (Array.isArray(list) ? (list as unknown[]) : []).entries())
      yield [`${position}.SecurityReleases[${n}]`, entry];
    // It stands in the list too; a feed where it does not is read as well.
    if (isDict(major) && major["Latest"] !== undefined) yield [`${position}.Latest`, major["Latest"]];
  }
  const improvements = json["BackgroundSecurityImprovements"];
  for (const [at, list] of isDict(improvements) ? Object.values(improvements).entries() : []) {
    const position = `BackgroundSecurityImprovements[${at}]`;
    if (!Array.isArray(list)) problems.push(`${position}: not a list`);
    for (const [n, entry] of (Array.isArray(list) ? (list as unknown[]) : []).entries())
      yield [`${position}[${n}]`, improvementOf(entry)];
  }
}

/** An improvement under the names of a release: its entry has others, and leaves out its platform. */
function improvementOf(entry: unknown): unknown {
  if (!isDict(entry)) return entry;
  const { Version: version, VersionExtra: extra, PostingDate: date, CVEs: cves = [] } = entry;
  // Without its letter it would be taken for the version that it is installed on.
  const name = typeof version === "string" && typeof extra === "string" ? `${version} ${extra}` : undefined;
  return { ...entry, ProductVersion: name, ReleaseDate: date, CVEs: cves };
}

function take(reading: Reading, position: string, entry: unknown): void {
  const fail = (why: string): void => reading.problems.push(`${position}: ${why}`);
  if (!isDict(entry)) return fail("not an object");
  const name = nameOf(entry["ProductVersion"]);
  if (name === undefined) return fail("ProductVersion is not a version");
  const product = entry["ProductName"];
  const platform = product === undefined ? reading.platform : productNamed(product);
  if (platform === undefined) return fail("ProductName is not a platform that Uptick updates");
  if (reading.platform !== undefined && platform !== reading.platform)
    return fail(`a release of ${platform} in a feed of ${reading.platform}`);
  const postedOn = dayIn(entry["ReleaseDate"]);
  if (postedOn === undefined) return fail("ReleaseDate is not a date");
  if (postedOn > furthestDay(reading.now)) return fail("ReleaseDate is in the future");
  const cves = cvesOf(entry, fail);
  if (cves === undefined) return;
  reading.platform = platform;
  const key = namedKey(name);
  const before = reading.found.get(key);
  const merged = before === undefined ? { platform, ...name, postedOn, cves } : joined(before, postedOn, cves);
  reading.count += merged.cves.length - (before?.cves.length ?? 0);
  reading.found.set(key, merged);
  if (reading.found.size > MOST_RELEASES) throw refused(`It has more than ${MOST_RELEASES} releases.`);
  if (reading.count > MOST_CVES) throw refused(`It has more than ${MOST_CVES} CVEs.`);
}

/** Two entries of one name: each build of a version may have its own. */
function joined(before: FeedRelease, postedOn: string, cves: FeedRelease["cves"]): FeedRelease {
  const exploited = new Map(before.cves.map((cve) => [cve.id, cve.exploited]));
  for (const cve of cves) exploited.set(cve.id, cve.exploited || exploited.get(cve.id) === true);
  return {
    ...before,
    postedOn: before.postedOn < postedOn ? before.postedOn : postedOn,
    cves: [...exploited].map(([id, one]) => ({ id, exploited: one })),
  };
}

/** "18.7.8", or "18.7.8 (a)" of an improvement. */
function nameOf(value: unknown): Named | undefined {
  const [, version = "", extra] =
    typeof value === "string" ? (/^([\d.]{1,60})(?: (\([a-z]\)))?$/.exec(value) ?? []) : [];
  if (!isVersion(version)) return undefined;
  return { version, ...(extra === undefined ? {} : { extra }) };
}

const CVE_ID = /^CVE-\d{4}-\d{4,7}$/;

/** The CVEs that can be read; the others are problems. Undefined: none of the entry counts. */
function cvesOf(entry: Dict, fail: (why: string) => void): FeedRelease["cves"] | undefined {
  const { CVEs: given, ActivelyExploitedCVEs: marked = [] } = entry;
  const listed = isDict(given) ? Object.keys(given) : given;
  if (!Array.isArray(listed)) {
    fail("CVEs is not an object or a list");
    return undefined;
  }
  const exploited = Array.isArray(marked) ? (marked as unknown[]) : [];
  if (!Array.isArray(marked)) fail("ActivelyExploitedCVEs is not a list");
  if (listed.length > MOST_IN_RELEASE || exploited.length > MOST_IN_RELEASE) {
    fail(`more than ${MOST_IN_RELEASE} CVEs`);
    return undefined;
  }
  const found = new Map<string, boolean>();
  const read = (name: string, list: readonly unknown[], isExploited: (id: string) => boolean): void => {
    for (const [at, id] of list.entries()) {
      // The text is not repeated: it may hold anything.
      if (typeof id !== "string" || !CVE_ID.test(id)) fail(`${name}[${at}] is not the id of a CVE`);
      else found.set(id, isExploited(id));
    }
  };
  read("CVEs", listed as unknown[], (id) => isDict(given) && isMarked(given[id]));
  read("ActivelyExploitedCVEs", exploited, () => true);
  return [...found].map(([id, one]) => ({ id, exploited: one }));
}

const isMarked = (details: unknown): boolean => isDict(details) && details["ActivelyExploited"] === true;

/** The day of "2026-08-17" and of "2026-08-17T00:00:00Z". */
function dayIn(value: unknown): string | undefined {
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\d(T[\d:.]{5,20}(Z|[+-]\d\d:\d\d))?$/.test(value)) return undefined;
  const day = value.slice(0, 10);
  const at = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && dayOf(at.getTime()) === day ? day : undefined;
}

/** An old feed must not look fresh: without a readable day of its making it is as old as its newest release. */
function dateOf(
  lastCheck: unknown,
  releases: readonly FeedRelease[],
  now: number,
): Pick<SecurityFeed, "date" | "dateFrom"> & { readonly problem?: string } {
  const today = dayOf(now);
  const day = dayIn(lastCheck);
  if (day !== undefined && day <= today) return { date: day, dateFrom: "feed" };
  const newest = releases.reduce((best, { postedOn }) => (postedOn > best ? postedOn : best), "");
  return {
    date: newest < today ? newest : today,
    dateFrom: "posting",
    problem: `LastCheck: ${day === undefined ? "not a date" : "in the future"}`,
  };
}
