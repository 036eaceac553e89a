/** Apple's lists over the weeks: newer releases are posted in waves, and some lists are not what they should be. */
import { type Random, sampleReleases, type SimRelease } from "../../../simulator/index.ts";
import { sampleLookupService } from "../../../src/catalog/index.ts";
import { DAY, HOUR, START } from "../time.ts";

type Platform = SimRelease["platform"];
type Posted = Pick<SimRelease, "platform" | "version" | "build">;

/** Invented: what follows the releases of the sample. */
export const WAVES: readonly (readonly Posted[])[] = [
  [
    { platform: "iOS", version: "26.6.2", build: "23G91" },
    { platform: "macOS", version: "26.6.3", build: "25G91" },
    { platform: "tvOS", version: "26.6.1", build: "23L791" },
    { platform: "visionOS", version: "26.6.2", build: "23O791" },
  ],
  [
    { platform: "iOS", version: "26.6.3", build: "23G95" },
    { platform: "macOS", version: "26.6.4", build: "25G95" },
    { platform: "macOS", version: "15.7.10", build: "24G840" },
  ],
  [
    { platform: "iOS", version: "26.6.5", build: "23G99" },
    { platform: "macOS", version: "26.6.5", build: "25G99" },
    { platform: "visionOS", version: "26.6.3", build: "23O799" },
  ],
];

/** What comes in: a good list, one that lacks what the newest wave has posted, or one of those that must change nothing. */
export const LIST_KINDS = [
  "good",
  "lacking",
  "failed",
  "empty",
  "shrunken",
  "cut",
  "posted-ahead",
  "dated-ahead",
] as const;
export type ListKind = (typeof LIST_KINDS)[number];

/** A list that comes in, ms after the start. */
export interface ListDay {
  readonly at: number;
  readonly kind: ListKind;
}

/** A good list a day or two after the other, one soon after each wave, and some others in between. */
export function drawLists(dice: Random, days: number, waves: readonly number[]): ListDay[] {
  const lists: ListDay[] = waves.map((at) => ({ at: at + Math.floor(dice.between(HOUR, 12 * HOUR)), kind: "good" }));
  for (let at = dice.between(DAY, 2 * DAY); at < days * DAY; at += dice.between(DAY, 3 * DAY))
    lists.push({ at: Math.floor(at), kind: "good" });
  for (let n = dice.integer(0, 5); n > 0; n -= 1) {
    const at = Math.floor(dice.between(DAY, days * DAY));
    lists.push({ at, kind: dice.pick(LIST_KINDS) });
  }
  return lists.toSorted((a, b) => a.at - b.at);
}

/** What simulated devices are offered. */
export const releasesOver = (waves: readonly number[]): readonly SimRelease[] => [
  ...sampleReleases,
  ...waves.flatMap((at, wave) => (WAVES[wave] ?? []).map((one) => ({ ...one, offeredFrom: START + at }))),
];

interface Entry {
  readonly ProductVersion: string;
  readonly Build: string;
  readonly PostingDate: string;
  readonly ExpirationDate: string;
  readonly SupportedDevices: readonly string[];
}
export type Sets = Readonly<Record<string, readonly Entry[]>>;

/** The list of a kind, `now` ms after the start; undefined: none comes. */
export function listOf(kind: ListKind, waves: readonly number[], now: number): unknown {
  const there = waves.filter((at) => at <= now);
  switch (kind) {
    case "good":
    case "dated-ahead":
      return whole(there);
    case "lacking":
      return whole(there.slice(0, -1));
    case "posted-ahead":
      return whole([...there, now + 10 * DAY]);
    case "empty":
      return { PublicAssetSets: {}, AssetSets: {} };
    case "cut":
      return { PublicAssetSets: whole(there).PublicAssetSets };
    case "shrunken":
      return shrunken(whole(there));
    case "failed":
      return undefined;
  }
}

function whole(waves: readonly number[]): { readonly PublicAssetSets: Sets; readonly AssetSets: Sets } {
  const { PublicAssetSets, AssetSets } = sampleLookupService() as { PublicAssetSets: Sets; AssetSets: Sets };
  const more = waves.flatMap((at, wave) => (WAVES[wave] ?? []).map((one) => entryOf(one, at, AssetSets)));
  const withMore = (sets: Sets): Sets =>
    Object.fromEntries(
      Object.entries(sets).map(([set, entries]) => [
        set,
        [...entries, ...more.filter((one) => one.set === set).map(({ entry }) => entry)],
      ]),
    );
  return { PublicAssetSets: withMore(PublicAssetSets), AssetSets: withMore(AssetSets) };
}

/** tvOS is in the set of iOS. */
const setOf = (platform: Platform): string => (platform === "tvOS" ? "iOS" : platform);

function entryOf({ platform, version, build }: Posted, at: number, sets: Sets): { set: string; entry: Entry } {
  const set = setOf(platform);
  const isTv = platform === "tvOS";
  const major = version.split(".")[0] ?? "";
  const like = (sets[set] ?? []).findLast(
    ({ ProductVersion, SupportedDevices }) =>
      ProductVersion.startsWith(`${major}.`) && SupportedDevices.some((id) => id.startsWith("AppleTV")) === isTv,
  );
  if (like === undefined) throw new Error(`the sample has nothing like ${platform} ${version}`);
  const PostingDate = new Date(START + at).toISOString().slice(0, 10);
  return { set, entry: { ...like, ProductVersion: version, Build: build, PostingDate } };
}

/** One entry of each set. */
function shrunken(list: ReturnType<typeof whole>): unknown {
  const few = (sets: Sets): Sets =>
    Object.fromEntries(
      Object.entries(sets).map(([set, entries]) => [
        set,
        entries.slice(0, 1).map((one) => ({ ...one, SupportedDevices: one.SupportedDevices.slice(0, 1) })),
      ]),
    );
  return { PublicAssetSets: few(list.PublicAssetSets), AssetSets: few(list.AssetSets) };
}

/** A feed of CVEs for a platform by which the newest of these waves fixes one that is exploited. */
export function cveFeed(platform: "iOS" | "macOS", waves: readonly number[], now: number): unknown {
  const there = waves.filter((at) => at <= now);
  const posted = there.flatMap((at, wave) =>
    (WAVES[wave] ?? []).filter((one) => one.platform === platform).map((one) => ({ ...one, at })),
  );
  const newest = posted.at(-1) ?? { version: platform === "iOS" ? "26.6.1" : "26.6.2", at: 0 };
  const id = `CVE-2026-${newest.version.replaceAll(".", "")}00`;
  return {
    LastCheck: new Date(START + now).toISOString(),
    OSVersions: [
      {
        OSVersion: platform === "iOS" ? "26" : "Tahoe 26",
        SecurityReleases: [
          {
            ProductName: platform,
            ProductVersion: newest.version,
            ReleaseDate: `${new Date(START + newest.at).toISOString().slice(0, 10)}T00:00:00Z`,
            CVEs: { [id]: {} },
            ActivelyExploitedCVEs: [id],
          },
        ],
      },
    ],
  };
}
