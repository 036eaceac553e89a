/**
 * Apple's list as it was at a moment in the past, as far as the kept releases tell it. A release was listed from when it was first seen
 * until it was last seen; a list that changed nothing has left no trace. What Apple has changed of a release since (its last day) is
 * known as it is now only.
 */
import { type Catalog, dayOf, type KnownRelease } from "./list.ts";
import type { Release } from "./release.ts";

export interface SightedRelease {
  readonly release: Release;
  /** ms UTC */
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
}

/** A list whose date is known: the newest, and the one before it. */
export interface DatedList {
  readonly date: string;
  readonly takenAt: number;
}

export interface PastCatalog extends Catalog {
  /** When the newest list that is known of by then was taken (ms UTC); null: none was. */
  readonly takenAt: number | null;
  /** Of which day that list was; null: not kept. */
  readonly date: string | null;
}

export function catalogAt(sighted: readonly SightedRelease[], lists: readonly DatedList[], at: number): PastCatalog {
  const moments = [
    ...lists.map(({ takenAt }) => takenAt),
    ...sighted.flatMap(({ firstSeenAt, lastSeenAt }) => [firstSeenAt, lastSeenAt]),
  ];
  const takenAt = moments.reduce<number | null>(
    (newest, moment) => (moment <= at && (newest === null || moment > newest) ? moment : newest),
    null,
  );
  if (takenAt === null) return { list: null, releases: [], takenAt, date: null };
  const date = lists.find((list) => list.takenAt === takenAt)?.date ?? null;
  const releases = sighted
    .filter(({ firstSeenAt }) => firstSeenAt <= at)
    .map(({ release, lastSeenAt }): KnownRelease => ({ ...release, absent: lastSeenAt >= takenAt ? 0 : 2 }));
  return { list: { date: date ?? dayOf(takenAt) }, releases, takenAt, date };
}
