/**
 * Apple's list as it was last taken, and what can be said from it today. A list is a statement of one day: what it says is
 * true as of then, and less sure the older it is. Pure; days are UTC.
 */
import type { Release } from "./release.ts";

/** Everything that is known of Apple's releases. */
export interface Catalog {
  /** The newest list; null: none was ever taken. */
  readonly list: { readonly date: string } | null;
  readonly releases: readonly KnownRelease[];
}

export interface KnownRelease extends Release {
  /** When it was first seen for these devices, ms UTC. Absent: not known. */
  readonly since?: number;
  /** How many lists in a row, the newest first, lack it; 2 stands for more, too. Lists of one day count once. */
  readonly absent: 0 | 1 | 2;
}

export const NO_CATALOG: Catalog = { list: null, releases: [] };

/** Older than this many days: what it says of "newest" may not be true any more. */
export const OLD_AFTER = 7;
/** Older than this many days: nobody is brought to its newest release, and nobody is said to run it. */
export const STALE_AFTER = 30;

/** Where a release stands for a device, the best first (targets C5). */
export const RELEASE_STATES = [
  /** In the newest list, posted, and its last day has not passed. */
  "offered",
  /** Its last day has passed since the newest list: Apple may have extended it. */
  "maybe-expired",
  /** The newest list lacks it, before its last day. */
  "missing",
  /** Its posting date is in the future in every time zone. */
  "not-posted",
  /** Its last day had passed when the newest list was made. */
  "expired",
  /** The last two lists lack it, and Apple offers the device a newer one of its major. */
  "replaced",
  /** The last two lists lack it, and nothing newer of its major is offered to the device. */
  "withdrawn",
] as const;
export type ReleaseState = (typeof RELEASE_STATES)[number];

/** What a list alone can say: whether a release was replaced depends on the device. */
export type ListedState = Exclude<ReleaseState, "replaced" | "withdrawn"> | "dropped";

const DAY = 24 * 3_600_000;

/** Days that are remembered: each release of a list is asked about the same few. */
const MOST_DAYS = 2000;
const DAYS = new Map<number, string>();

export function dayOf(ms: number): string {
  const number = Math.floor(ms / DAY);
  const known = DAYS.get(number);
  if (known !== undefined) return known;
  const day = new Date(ms).toISOString().slice(0, 10);
  if (DAYS.size >= MOST_DAYS) DAYS.clear();
  DAYS.set(number, day);
  return day;
}

/** The day so many days after a day, YYYY-MM-DD. */
export const dayAfter = (day: string, days: number): string => dayOf(Date.parse(day) + days * DAY);

/** The latest day that it is anywhere (UTC+14). */
export const furthestDay = (now: number): string => dayOf(now + 14 * 3_600_000);

/** Whole days from the list's date to today. */
export const ageOf = ({ date }: { readonly date: string }, now: number): number =>
  Math.max(0, Math.round((Date.parse(dayOf(now)) - Date.parse(date)) / DAY));

/** `list`: the newest; a release can't be known without one. */
export function stateOf(release: KnownRelease, list: { readonly date: string }, now: number): ListedState {
  const { absent, expirationDate, postingDate } = release;
  if (expirationDate !== undefined && expirationDate < list.date) return "expired";
  if (absent > 0) return absent > 1 ? "dropped" : "missing";
  if (postingDate > furthestDay(now)) return "not-posted";
  return expirationDate !== undefined && expirationDate < dayOf(now) ? "maybe-expired" : "offered";
}

/** The best of some states; undefined: there is none. */
export const bestOf = (states: readonly ReleaseState[]): ReleaseState | undefined =>
  RELEASE_STATES.find((state) => states.includes(state));
