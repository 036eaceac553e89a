/** Releases and Apple's lists of them in words. Days are YYYY-MM-DD. */
import type { ReleaseState } from "../catalog/index.ts";
import { dayText, listText } from "./day.ts";
import { utc } from "./local-time.ts";

/** An Apple list that was taken. */
export interface ListParams {
  /** The day that it is of, and how many days ago that was. */
  readonly listDate: string;
  readonly listDays: number;
}

/**
 * "Apple's list of 22 Aug 2026 (5 days old), imported on 24 Aug 2026." `at`: when the list was imported, or was last fetched (ms UTC).
 */
export function listWords(list: ListParams, how: "imported" | "fetched", at: number): string {
  const when = how === "fetched" ? `at ${utc(at)} UTC` : `on ${dayText(new Date(at).toISOString().slice(0, 10))}`;
  return `${listText({ ...list })}, ${how} ${when}.`;
}

/** What is odd about a list that an admin imports. */
export interface ListNotes {
  readonly listDays: number;
  /** The file says that it was last changed in the future. */
  readonly fromFuture: boolean;
  /** Its day is today's, since every release in it is posted in the future. */
  readonly dayOfImport: boolean;
  /** The day of the list before, where that is newer. */
  readonly newerBefore: string | null;
  /** Older than the days that a list is believed for. */
  readonly old: boolean;
}

export function listNotes({ listDays, fromFuture, dayOfImport, newerBefore, old }: ListNotes): string[] {
  const counts = dayOfImport ? "today counts" : "the newest posting date in it counts";
  return [
    ...(fromFuture ? [`The file says that it was last changed in the future: ${counts} as the date of the list.`] : []),
    ...(dayOfImport ? ["Every release in it is posted in the future. Check the server's clock."] : []),
    ...(newerBefore === null ? [] : [`It is older than the list before it, which was of ${dayText(newerBefore)}.`]),
    ...(old
      ? [
          `It is ${listDays} days old. Run uptick catalog fetch, or download a newer one from https://gdmf.apple.com/v2/pmv.`,
        ]
      : []),
  ];
}

/** `list`: null where there is none. `postedOn`, `until`: its posting day and the last day that Apple signs it. */
export function releaseWords(
  state: ReleaseState | "no-devices",
  list: ListParams | null,
  { postedOn, until }: { readonly postedOn: string; readonly until: string | null },
): string {
  const where = list === null ? "" : listText({ ...list });
  const end = until === null ? "" : dayText(until);
  switch (state) {
    case "offered":
      return `In ${where}${end === "" ? "" : `, until ${end}`}.`;
    case "maybe-expired":
      return `By ${where}, Apple signs it until ${end}. Whether it still does is not known.`;
    case "missing":
      return `It was in the previous list and is not in ${where}.`;
    case "replaced":
      return `Apple replaced it: it is missing from ${where} and from the list before, and a newer release of its major version is there.`;
    case "withdrawn":
      return `Apple withdrew it: it is missing from ${where} and from the list before, and no newer release of its major version is there.`;
    case "not-posted":
      return `${where} has it for ${dayText(postedOn)}, which is in the future.`;
    case "no-devices":
      return `${where} names no device for it.`;
    case "expired":
      return `By ${where}, Apple signed it until ${end} only.`;
  }
}
