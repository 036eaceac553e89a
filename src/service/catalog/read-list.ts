/** A list as it will be taken. Pure. */
import {
  checkWhole,
  dateOf,
  type ListDate,
  pairsIn,
  type ParsedList,
  parseLookupService,
  type Release,
} from "../../catalog/index.ts";
import { hashSecret } from "../../identity/index.ts";
import type { Json } from "../../store/index.ts";
import type { GivenList } from "./list-record.ts";
import type { NoteListInput } from "./note-list.ts";

/** How a list is given. */
export interface ImportOptions {
  /** When the file was last changed, ms UTC. */
  readonly modifiedAt?: number;
  readonly acceptSmaller?: boolean;
}

export interface ReadList {
  readonly parsed: ParsedList;
  readonly given: GivenList;
}

/** A list that an admin imports. Throws `catalog-invalid`, `catalog-incomplete`. */
export function readList(
  json: unknown,
  { modifiedAt, acceptSmaller = false }: ImportOptions,
  now: number,
): { readonly input: NoteListInput; readonly parsed: ParsedList; readonly fromFuture: boolean } {
  const { parsed, given, fromFuture } = read(json, (list) => dateOf(list, modifiedAt, now));
  return { input: { ...given, acceptSmaller, now }, parsed, fromFuture };
}

/** A list that the server has fetched on `date`. Throws as `readList`. */
export const readFetched = (json: unknown, date: string): ReadList =>
  read(json, () => ({ date, from: "fetch", fromFuture: false }));

function read(json: unknown, dated: (list: ParsedList) => ListDate): ReadList & { readonly fromFuture: boolean } {
  const parsed = parseLookupService(json);
  checkWhole(parsed);
  const { date, from, fromFuture } = dated(parsed);
  const rows = parsed.releases.map(rowOf);
  return { parsed, given: { rows, list: { date, from, pairs: pairsIn(parsed), mark: markOf(rows) } }, fromFuture };
}

/** A release with another set of devices is another row: when it was seen is known for each of its devices then. */
const rowOf = (release: Release): GivenList["rows"][number] => ({
  id: `${release.platform}/${release.version}/${release.build}/${hashSecret([...release.devices].sort().join(",")).slice(0, 12)}`,
  platform: release.platform,
  version: release.version,
  build: release.build,
  doc: release as unknown as Json,
});

/** The same for the same releases: Apple's order changes from answer to answer. */
function markOf(rows: GivenList["rows"]): string {
  const lines = rows.map(({ id, doc }) => `${id} ${JSON.stringify(doc, Object.keys(doc as object).toSorted())}`);
  return hashSecret(lines.toSorted().join("\n"));
}
