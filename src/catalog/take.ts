/** Whether a list may be taken, and of which day it is. Pure. Requirement: an old file must not look fresh. */
import { UptickError } from "../errors/index.ts";
import { dayOf, furthestDay } from "./list.ts";
import type { ParsedList } from "./release.ts";

/**
 * Where a list's date is from: the file's last change, the newest posting date in it, or, if all lie ahead, the clock; of a list
 * that the server has fetched, the day of the fetch.
 */
export const DATE_SOURCES = ["file", "posting", "clock", "fetch"] as const;
export type DateSource = (typeof DATE_SOURCES)[number];

export interface ListDate {
  /** YYYY-MM-DD, not after today. */
  readonly date: string;
  readonly from: DateSource;
  /** True: the file says that it was changed in the future, which is not believed. */
  readonly fromFuture: boolean;
}

/** @throws UptickError `catalog-incomplete` for what is not a whole list, such as one that was cut off or filtered */
export function checkWhole({ lacks }: Pick<ParsedList, "lacks">): void {
  if (lacks.length === 0) return;
  throw new UptickError("catalog-incomplete", `The list has no readable entry in ${lacks.join(", ")}.`);
}

/**
 * The day of the file's last change, else the newest posting date in the list: never today for want of another. What lies in
 * the future says nothing: such a moment would make an old file look new, and such a posting date too.
 * @param modifiedAt ms UTC
 */
export function dateOf(
  { releases }: Pick<ParsedList, "releases">,
  modifiedAt: number | undefined,
  now: number,
): ListDate {
  const today = dayOf(now);
  if (modifiedAt !== undefined && dayOf(modifiedAt) <= today)
    return { date: dayOf(modifiedAt), from: "file", fromFuture: false };
  const fromFuture = modifiedAt !== undefined;
  const postings = releases.map(({ postingDate }) => postingDate).toSorted();
  const newest = postings.findLast((day) => day <= furthestDay(now));
  if (newest === undefined) return { date: today, from: "clock", fromFuture };
  return { date: newest < today ? newest : today, from: "posting", fromFuture };
}

/** How many pairs of a version and a device's id a list has. */
export function pairsIn({ releases }: Pick<ParsedList, "releases">): number {
  return new Set(
    releases.flatMap(({ version, extra, devices }) => devices.map((id) => `${version}${extra ?? ""} ${id}`)),
  ).size;
}

/** Less than half of what the list before had: rather a part of a list than Apple's change of mind. */
export const isTooSmall = (pairs: number, before: number): boolean => pairs * 2 < before;
