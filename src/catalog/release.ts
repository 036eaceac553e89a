/** Apple's Software Lookup Service answer as releases. Source: gdmf.apple.com/v2/pmv, as its documentation describes it. */
import { UptickError } from "../errors/index.ts";
import { isVersion, type Platform, platformNamed, platformOf } from "../protocol/index.ts";

/** One OS version and build that Apple lists, for the devices it names. */
export interface Release {
  readonly platform: Platform;
  readonly version: string;
  readonly build: string;
  /** "(a)" of a Background Security Improvement; `version` is then the version that it is installed on. */
  readonly extra?: string;
  /** The build that must be installed before it, the version's own. */
  readonly prerequisiteBuild?: string;
  /** YYYY-MM-DD, the earliest of the lists it stands in. */
  readonly postingDate: string;
  /** YYYY-MM-DD: Apple signs it until then. */
  readonly expirationDate?: string;
  /** Product types; board ids for Macs. Empty: Apple lists it for no device. */
  readonly devices: readonly string[];
  /** It stands in PublicAssetSets. */
  readonly isPublic: boolean;
  /** It does not stand there in the newest list, and has in an earlier one. */
  readonly wasPublic?: boolean;
}

const IMPROVEMENTS = "PublicBackgroundSecurityImprovements";
const LISTS = ["PublicAssetSets", "AssetSets", IMPROVEMENTS] as const;
type Dict = Readonly<Record<string, unknown>>;

const isDict = (value: unknown): value is Dict => typeof value === "object" && value !== null && !Array.isArray(value);

/** A day that is in the calendar. */
const isDay = (value: unknown): value is string => {
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\d$/.test(value)) return false;
  const at = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(value);
};

/** A list as it was read. */
export interface ParsedList {
  readonly releases: Release[];
  /** Entries that can't be read, or that name no device, each with its position: "AssetSets.iOS[3]: Build is missing". */
  readonly problems: string[];
  /** What every list of Apple's holds and this one does not: "PublicAssetSets.macOS". */
  readonly lacks: string[];
}

/** Lists and platforms without which an answer is not whole. */
const WHOLE = ["PublicAssetSets.iOS", "PublicAssetSets.macOS", "AssetSets.iOS", "AssetSets.macOS"];

/** Entries that can't be read are named in `problems`; the others count. @throws UptickError catalog-invalid */
export function parseLookupService(json: unknown): ParsedList {
  if (!isDict(json) || !LISTS.some((list) => isDict(json[list]))) {
    throw new UptickError("catalog-invalid", `None of ${LISTS.join(", ")} is in it.`);
  }
  const found = new Map<string, Release>();
  const problems: string[] = [];
  const read = new Set<string>();
  for (const list of LISTS) {
    const platforms = json[list];
    if (!isDict(platforms)) continue;
    for (const [key, entries] of Object.entries(platforms)) {
      if (!Array.isArray(entries)) problems.push(`${list}.${key}: not a list`);
      for (const [index, entry] of (Array.isArray(entries) ? (entries as unknown[]) : []).entries()) {
        const releases = readEntry(entry, list, key);
        if (typeof releases === "string") {
          problems.push(`${list}.${key}[${index}]: ${releases}`);
          continue;
        }
        if (releases.some(({ devices }) => devices.length === 0))
          problems.push(`${list}.${key}[${index}]: SupportedDevices is empty`);
        else read.add(`${list}.${key}`);
        for (const release of releases) merge(found, release);
      }
    }
  }
  return { releases: [...found.values()], problems, lacks: WHOLE.filter((one) => !read.has(one)) };
}

/** One release for each family of devices in the entry: tvOS and watchOS stand in the list called iOS. */
function readEntry(entry: unknown, list: (typeof LISTS)[number], key: string): Release[] | string {
  if (!isDict(entry)) return "not an object";
  const { ProductVersion: version, Build: build, PostingDate: posting, ExpirationDate: expiration } = entry;
  const devices = entry["SupportedDevices"];
  if (typeof version !== "string" || !isVersion(version)) return "ProductVersion is no version";
  if (typeof build !== "string" || build === "") return "Build is missing";
  if (!isDay(posting)) return "PostingDate is no date";
  // Without its last day it would be taken for one that has none.
  if (expiration !== undefined && !isDay(expiration)) return "ExpirationDate is no date";
  if (!Array.isArray(devices)) return "SupportedDevices is no list";
  const extra = entry["ProductVersionExtra"];
  const prerequisite = entry["PrerequisiteBuild"];
  // Without its letter it would be taken for a release of the version that it only adds to.
  if (list === IMPROVEMENTS && (typeof extra !== "string" || !/^\([a-z]\)$/.test(extra)))
    return "ProductVersionExtra is no letter in brackets";
  const families = new Map<Platform, string[]>();
  for (const id of devices as unknown[]) {
    const platform = typeof id === "string" ? familyOf(id) : undefined;
    if (platform !== undefined) families.set(platform, [...(families.get(platform) ?? []), String(id)]);
  }
  // Nothing but the name of its list says what it is for.
  const named = devices.length === 0 ? platformNamed(key) : undefined;
  if (named !== undefined) families.set(named, []);
  return [...families].map(([platform, ids]) => ({
    platform,
    version,
    build,
    postingDate: posting,
    devices: ids.sort(),
    isPublic: list === "PublicAssetSets",
    ...(expiration === undefined ? {} : { expirationDate: expiration }),
    ...(typeof extra === "string" ? { extra } : {}),
    ...(typeof prerequisite === "string" ? { prerequisiteBuild: prerequisite } : {}),
  }));
}

/** The family tells itself by the identifier; HomePods and what we do not know are left out. */
function familyOf(id: string): Platform | undefined {
  if (/^(J\d\w*AP|X\w*AP|VM\w*AP|VMM-.*|Mac-[0-9A-F]+)$/.test(id)) return "macOS";
  return platformOf({ productName: id });
}

/** The same release in two lists is one: public if one of them is, posted on the earlier day, signed until the later one. */
function merge(found: Map<string, Release>, release: Release): void {
  const { platform, version, build, extra, devices } = release;
  const key = [platform, version, build, extra ?? "", devices.join(",")].join("|");
  const before = found.get(key);
  if (before === undefined) {
    found.set(key, release);
    return;
  }
  const postingDate = before.postingDate < release.postingDate ? before.postingDate : release.postingDate;
  const ends = [before.expirationDate, release.expirationDate].filter((day) => day !== undefined).toSorted();
  const expirationDate = ends.at(-1);
  found.set(key, {
    ...before,
    postingDate,
    isPublic: before.isPublic || release.isPublic,
    ...(expirationDate === undefined ? {} : { expirationDate }),
  });
}
