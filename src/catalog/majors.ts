/**
 * Which majors of a platform count, and so may be gone to automatically (targets T4). On the day that Apple posts a new major,
 * nothing may move automatically. Pure; days are UTC.
 */
import { majorOf, type Platform } from "../protocol/index.ts";
import { type Catalog, dayAfter, dayOf } from "./list.ts";

/** How a plan takes new majors. */
export interface MajorTerms {
  /** Days from the posting of a major's first known release until the major counts. */
  readonly afterDays: number;
  /** Majors that a person holds back for this plan. */
  readonly held: readonly number[];
}

export const MAJOR_TERMS: MajorTerms = { afterDays: 30, held: [] };

interface Major {
  readonly major: number;
  /** The earliest posting date in any list, YYYY-MM-DD. */
  readonly postedOn: string;
  /** It stands, or has stood, in PublicAssetSets. */
  readonly isPublic: boolean;
}

const REMEMBERED = new WeakMap<Catalog, Map<Platform, readonly Major[]>>();

/** Over all devices and all lists that this server has seen, the newest first. */
function majorsOf(catalog: Catalog, platform: Platform): readonly Major[] {
  let platforms = REMEMBERED.get(catalog);
  if (platforms === undefined) REMEMBERED.set(catalog, (platforms = new Map()));
  const known = platforms.get(platform);
  if (known !== undefined) return known;
  const found = new Map<number, Major>();
  for (const { platform: of, version, extra, postingDate, isPublic, wasPublic } of catalog.releases) {
    const major = majorOf(version);
    if (of !== platform || extra !== undefined || major === undefined) continue;
    const before = found.get(major);
    found.set(major, {
      major,
      postedOn: before === undefined || postingDate < before.postedOn ? postingDate : before.postedOn,
      isPublic: isPublic || wasPublic === true || before?.isPublic === true,
    });
  }
  const majors = [...found.values()].toSorted((a, b) => b.major - a.major);
  platforms.set(platform, majors);
  return majors;
}

/** The day from which a major counts; null: Apple has not offered it to the public, or a person holds it back. */
export function countsFrom(
  catalog: Catalog,
  platform: Platform,
  { afterDays, held }: MajorTerms,
  major: number,
): string | null {
  const known = majorsOf(catalog, platform).find((one) => one.major === major);
  if (known === undefined || !known.isPublic || held.includes(major)) return null;
  return dayAfter(known.postedOn, afterDays);
}

/** The majors that count today, the newest first. */
export function countedMajors(catalog: Catalog, platform: Platform, terms: MajorTerms, now: number): number[] {
  const today = dayOf(now);
  return majorsOf(catalog, platform)
    .filter(({ major }) => {
      const from = countsFrom(catalog, platform, terms, major);
      return from !== null && from <= today;
    })
    .map(({ major }) => major);
}

/** The major that `n-1` goes up to: the second newest that counts, or the only one. Undefined: none counts. */
export function ceilingOf(catalog: Catalog, platform: Platform, terms: MajorTerms, now: number): number | undefined {
  const [newest, second] = countedMajors(catalog, platform, terms, now);
  return second ?? newest;
}
