/** Apple's list as a server has it that has fetched it now. */
import { dayOf } from "../catalog/index.ts";
import { confirmed, joined, readFetched, type StoredCatalog, taken } from "../service/index.ts";
import type { ReleaseRow } from "../store/index.ts";

/**
 * `json`: the answer of Apple's Software Lookup Service. Errors: `catalog-invalid`, `catalog-incomplete`.
 * @param now ms UTC
 */
export function catalogOf(json: unknown, now: number): StoredCatalog {
  const { given } = readFetched(json, dayOf(now));
  const { writes, result } = taken(given, null, [], now);
  const rows = writes.flatMap((write): ReleaseRow[] => ("put" in write && write.put === "release" ? [write.row] : []));
  return joined(result.list, rows);
}

/** The list is fetched each day, and stays as it is. */
export const onDay = (catalog: StoredCatalog, day: string, now: number): StoredCatalog =>
  catalog.list === null ? catalog : { ...catalog, list: confirmed(catalog.list, day, now) };
