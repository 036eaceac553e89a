/** Apple's Software Lookup Service answer as releases. Source: gdmf.apple.com/v2/pmv, as its documentation describes it. */
import { UptickError } from "../errors/index.ts";
import { isVersion, type Platform, platformOf } from "../protocol/index.ts";

/** One OS version and build that Apple offers, for the devices it lists. */
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
  /** Product types; board ids for Macs. */
  readonly devices: readonly string[];
  readonly isPublic: boolean;
}

const IMPROVEMENTS = "PublicBackgroundSecurityImprovements";
const LISTS = ["PublicAssetSets", "AssetSets", IMPROVEMENTS] as const;
type Dict = Readonly<Record<string, unknown>>;

const isDict = (value: unknown): value is Dict => typeof value === "object" && value !== null && !Array.isArray(value);
const DATE = /^\d{4}-\d\d-\d\d$/;

/** Entries that can't be read are named in `problems`; the others count. @throws UptickError catalog-invalid */
export function parseLookupService(json: unknown): { releases: Release[]; problems: string[] } {
  if (!isDict(json) || !LISTS.some((list) => isDict(json[list]))) {
    throw new UptickError("catalog-invalid", `None of ${LISTS.join(", ")} is in it.`);
  }
  const found = new Map<string, Release>();
  const problems: string[] = [];
  for (const list of LISTS) {
    const platforms = json[list];
    if (!isDict(platforms)) continue;
    for (const [key, entries] of Object.entries(platforms)) {
      for (const [index, entry] of (Array.isArray(entries) ? (entries as unknown[]) : []).entries()) {
        const read = readEntry(entry, list);
        if (typeof read === "string") problems.push(`${list}.${key}[${index}]: ${read}`);
        else for (const release of read) merge(found, release);
      }
    }
  }
  return { releases: [...found.values()], problems };
}

/** One release for each family of devices in the entry: tvOS and watchOS stand in the list called iOS. */
function readEntry(entry: unknown, list: (typeof LISTS)[number]): Release[] | string {
  if (!isDict(entry)) return "not an object";
  const { ProductVersion: version, Build: build, PostingDate: posting, ExpirationDate: expiration } = entry;
  const devices = entry["SupportedDevices"];
  if (typeof version !== "string" || !isVersion(version)) return "ProductVersion is no version";
  if (typeof build !== "string" || build === "") return "Build is missing";
  if (typeof posting !== "string" || !DATE.test(posting)) return "PostingDate is no date";
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
  return [...families].map(([platform, ids]) => ({
    platform,
    version,
    build,
    postingDate: posting,
    devices: ids.sort(),
    isPublic: list === "PublicAssetSets",
    ...(typeof expiration === "string" && DATE.test(expiration) ? { expirationDate: expiration } : {}),
    ...(typeof extra === "string" ? { extra } : {}),
    ...(typeof prerequisite === "string" ? { prerequisiteBuild: prerequisite } : {}),
  }));
}

/** The family tells itself by the identifier; HomePods and what we do not know are left out. */
function familyOf(id: string): Platform | undefined {
  if (/^(J\d\w*AP|X\w*AP|VM\w*AP|VMM-.*|Mac-[0-9A-F]+)$/.test(id)) return "macOS";
  return platformOf({ productName: id });
}

function merge(found: Map<string, Release>, release: Release): void {
  const { platform, version, build, extra, devices, expirationDate } = release;
  const key = [platform, version, build, extra ?? "", expirationDate ?? "", devices.join(",")].join("|");
  const before = found.get(key);
  if (before === undefined) {
    found.set(key, release);
    return;
  }
  const postingDate = before.postingDate < release.postingDate ? before.postingDate : release.postingDate;
  found.set(key, { ...before, postingDate, isPublic: before.isPublic || release.isPublic });
}
