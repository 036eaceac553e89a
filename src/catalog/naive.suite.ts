/**
 * A second implementation of targets in words, after the text of targets T2, T4, T5 and T6 and straight from Apple's JSON: slow, without
 * the product's tables, and sharing none of its code. For tests only.
 */

export interface NaiveEntry {
  readonly ProductVersion: string;
  readonly PostingDate: string;
  readonly ExpirationDate?: string;
  readonly SupportedDevices: readonly string[];
}
export type NaiveFeed = Readonly<Record<string, Readonly<Record<string, readonly NaiveEntry[]>>>>;

export interface NaiveAsk {
  readonly id: string;
  readonly installed: string;
  readonly pick: "latest" | "latest-minor" | "n-1";
  readonly allowMajor: boolean;
  readonly below?: string;
  readonly floor?: string;
  readonly ageDays?: number;
  readonly afterDays: number;
  /** Noon UTC of this day is now. */
  readonly today: string;
}

const family = (id: string): string => {
  if (/^(iPhone|iPad|iPod)/.test(id)) return "iOS";
  if (id.startsWith("AppleTV")) return "tvOS";
  if (id.startsWith("Watch")) return "watchOS";
  if (id.startsWith("RealityDevice")) return "visionOS";
  return /^(J\d|X\d|VM|Mac-)/.test(id) ? "macOS" : "other";
};

const numbers = (version: string): number[] => version.split(".").map(Number);
const above = (a: string, b: string): boolean => {
  for (let i = 0; i < 4; i++) {
    const [x, y] = [numbers(a)[i] ?? 0, numbers(b)[i] ?? 0];
    if (x !== y) return x > y;
  }
  return false;
};
const same = (a: string, b: string): boolean => !above(a, b) && !above(b, a);
const major = (version: string): number => numbers(version)[0] ?? 0;
const plus = (day: string, days: number): string =>
  new Date(new Date(`${day}T12:00:00Z`).getTime() + days * 86_400_000).toISOString().slice(0, 10);

function* entriesOf(feed: NaiveFeed): Generator<{ readonly list: string; readonly entry: NaiveEntry }> {
  for (const list of ["PublicAssetSets", "AssetSets"])
    for (const entries of Object.values(feed[list] ?? {})) for (const entry of entries) yield { list, entry };
}

/** The version to go to; "satisfied", or a code where there is nothing to go to. */
export function naively(feed: NaiveFeed, ask: NaiveAsk): string {
  const { id, installed, today } = ask;
  if (ask.floor !== undefined && !above(ask.floor, installed)) return "satisfied";
  const versions = versionsFor(feed, id);
  // Noon UTC is 02:00 of the next day at UTC+14.
  const alive = [...versions].filter(([, { posted, until }]) => posted <= plus(today, 1) && until >= today);
  if (alive.length === 0) return "no-release";
  const mayBe = alive.filter(
    ([version, { posted }]) =>
      isMajorOpen(feed, ask, major(version)) &&
      (ask.below === undefined || above(ask.below, version)) &&
      (ask.ageDays === undefined || plus(posted, ask.ageDays) <= today),
  );
  let best: string | undefined;
  for (const [version] of mayBe) if (best === undefined || above(version, best)) best = version;
  if (best === undefined || same(best, installed) || above(installed, best))
    return ask.floor === undefined ? "satisfied" : "floor-not-offered";
  return best;
}

type Versions = ReadonlyMap<string, { readonly posted: string; readonly until: string }>;

/** Every version that any list has for an id. Remembered, since a test asks it thousands of times. */
function versionsFor(feed: NaiveFeed, id: string): Versions {
  return remembered(feed, `versions ${id}`, () => {
    const versions = new Map<string, { posted: string; until: string }>();
    for (const { entry } of entriesOf(feed)) {
      if (!entry.SupportedDevices.includes(id)) continue;
      const before = versions.get(entry.ProductVersion) ?? { posted: "9999-12-31", until: "" };
      const until = entry.ExpirationDate ?? "9999-12-31";
      versions.set(entry.ProductVersion, {
        posted: entry.PostingDate < before.posted ? entry.PostingDate : before.posted,
        until: until > before.until ? until : before.until,
      });
    }
    return versions;
  });
}

const memory = new WeakMap<NaiveFeed, Map<string, unknown>>();

function remembered<T>(feed: NaiveFeed, key: string, make: () => T): T {
  const known = memory.get(feed) ?? new Map<string, unknown>();
  memory.set(feed, known);
  if (!known.has(key)) known.set(key, make());
  return known.get(key) as T;
}

function isMajorOpen(feed: NaiveFeed, ask: NaiveAsk, candidate: number): boolean {
  const own = major(ask.installed);
  if (candidate === own) return true;
  if (ask.pick === "latest-minor" || !ask.allowMajor || candidate < own) return false;
  const counted = countedMajors(feed, ask);
  if (ask.pick === "latest") return counted.includes(candidate);
  const ceiling = counted[1] ?? counted[0];
  return ceiling !== undefined && candidate <= ceiling;
}

const countedMajors = (feed: NaiveFeed, { id, afterDays, today }: NaiveAsk): number[] =>
  remembered(feed, `counted ${family(id)} ${afterDays} ${today}`, () => countMajors(feed, id, afterDays, today));

function countMajors(feed: NaiveFeed, id: string, afterDays: number, today: string): number[] {
  const earliest = new Map<number, string>();
  const isPublic = new Set<number>();
  for (const { list, entry } of entriesOf(feed)) {
    if (!entry.SupportedDevices.some((other) => family(other) === family(id))) continue;
    const one = major(entry.ProductVersion);
    const before = earliest.get(one);
    if (before === undefined || entry.PostingDate < before) earliest.set(one, entry.PostingDate);
    if (list === "PublicAssetSets") isPublic.add(one);
  }
  return [...earliest]
    .filter(([one, posted]) => isPublic.has(one) && plus(posted, afterDays) <= today)
    .map(([one]) => one)
    .toSorted((a, b) => b - a);
}
