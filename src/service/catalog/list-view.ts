/** Apple's list itself, as the API shows it. */
import { ageOf, type Release } from "../../catalog/index.ts";
import type { CatalogList } from "../../contract/index.ts";
import { listWords } from "../../words/index.ts";
import { isoTime } from "../iso-time.ts";
import type { ListRecord } from "./list-record.ts";

export const releaseId = ({ platform, version, build }: Release): string => `${platform}-${version}-${build}`;

export const listView = (list: ListRecord, now: number): CatalogList => ({
  listDate: list.date,
  listDateFrom: list.from,
  ageDays: ageOf(list, now),
  takenAt: isoTime(list.takenAt),
  confirmedAt: list.confirmedAt === undefined ? null : isoTime(list.confirmedAt),
  sentence: listWords(
    listParams(list, now),
    list.from === "fetch" ? "fetched" : "imported",
    list.confirmedAt ?? list.takenAt,
  ),
});

export const listParams = (list: { readonly date: string }, now: number): { listDate: string; listDays: number } => ({
  listDate: list.date,
  listDays: ageOf(list, now),
});
