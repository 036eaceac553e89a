/** Apple's list as it is taken: its releases, and what is known of the list itself. */
import { isTooSmall, type Release } from "../../catalog/index.ts";
import { type Change, type Decision, transaction, type Json, type ReleaseRow, type Write } from "../../store/index.ts";
import { sweepFor } from "../compliance/sweep.ts";
import {
  fetchIn,
  type FetchState,
  type GivenList,
  LIST,
  listIn,
  type ListRecord,
  listSetting,
  SMALLER,
} from "./list-record.ts";

export interface NoteListInput extends GivenList {
  /** It may have less than half of what the list before had. */
  readonly acceptSmaller: boolean;
  readonly now: number;
}

export interface TakenList {
  readonly kind: "taken";
  readonly list: ListRecord;
  /** Releases that no list had before. */
  readonly added: number;
  /** What the list before had and this one lacks. */
  readonly left: readonly Pick<ReleaseRow, "platform" | "version" | "build">[];
  readonly before: ListRecord | null;
}

export type NotedList = { readonly kind: "smaller"; readonly before: number } | TakenList;

/**
 * Takes a list, or changes nothing. What was known keeps its posting date and the moment it was first seen; nothing is ever
 * deleted by a list.
 */
export const noteList = transaction({
  name: "noteList",
  reads: (_ask: NoteListInput) => ({
    known: { from: "release", where: {} },
    list: { from: "setting", where: { name: LIST } },
  }),
  changes: ({ list }) => ({ id: null, detail: `list of ${list.date}` }),
  decide(given: NoteListInput, seen): Decision<NotedList> {
    const value = seen.list[0]?.value;
    const before = listIn(value);
    if (isSmaller(given, before) && !given.acceptSmaller)
      return { writes: [], result: { kind: "smaller", before: before?.pairs ?? 0 } };
    const { writes, result } = taken(given, before, seen.known, given.now);
    const fetch = fetchIn(value);
    // The next fetch must not be told that nothing has changed since a list that is no longer the newest.
    const failure = withoutSmaller(fetch.failure);
    const now: FetchState = { ...fetch, validators: null, problems: [], smaller: null, failure };
    const change = listChange(before, result.list);
    return { writes: [...writes, listSetting(result.list, now), ...dropped(fetch)], change, result };
  },
});

/** Of Apple's list its day and its size. */
export const listChange = (before: ListRecord | null, after: ListRecord): Change => ({
  before: before === null ? null : { listDate: before.date, pairs: before.pairs },
  after: { listDate: after.date, pairs: after.pairs },
});

/** A list that was only too small was compared with a list that is not in force any more. */
const withoutSmaller = (failure: FetchState["failure"]): FetchState["failure"] =>
  failure?.cause === "smaller" || failure?.cause === "smaller-not-stored" ? null : failure;

export const isSmaller = ({ list }: GivenList, before: ListRecord | null): boolean =>
  before !== null && isTooSmall(list.pairs, before.pairs);

/** Any list that is taken makes one that waits worthless. */
export const dropped = ({ smaller }: FetchState): Write[] =>
  smaller === null ? [] : [{ drop: "setting", where: { name: SMALLER } }];

/** What becomes of the releases that are known, of the list, and of what is offered to devices. */
export function taken(
  { rows, list: given }: GivenList,
  before: ListRecord | null,
  known: readonly ReleaseRow[],
  now: number,
): { readonly writes: Write[]; readonly result: TakenList } {
  const takenAt = Math.max(now, (before?.takenAt ?? 0) + 1);
  // A list that is taken again on its day, mended or not, is no second list without a release.
  const earlier = before?.date === given.date ? before.before : before;
  const list: ListRecord = {
    ...given,
    takenAt,
    before: earlier === null ? null : { date: earlier.date, takenAt: earlier.takenAt },
  };
  const byId = new Map(known.map((row) => [row.id, row]));
  const releases = rows.map((row): Write => {
    const old = byId.get(row.id);
    const doc = old === undefined ? row.doc : remembering(old.doc, row.doc);
    return { put: "release", row: { ...row, doc, firstSeenAt: old?.firstSeenAt ?? takenAt, lastSeenAt: takenAt } };
  });
  const inThis = new Set(rows.map(nameOf));
  const knownBefore = [...new Set(known.map(nameOf))].filter((name) => inThis.has(name));
  const left = known.filter((row) => row.lastSeenAt === before?.takenAt && !inThis.has(nameOf(row)));
  return {
    writes: [...releases, sweepFor(list.takenAt, now)],
    result: { kind: "taken", list, added: inThis.size - knownBefore.length, left: left.map(named), before },
  };
}

/**
 * The same list was fetched on `date`. On a later day than the list's it is another list: what the first lacked, two lists lack now.
 * Its releases keep the moment at which they were last seen, so none of them is written.
 */
export function confirmed(list: ListRecord, date: string, now: number): ListRecord {
  const before = date > list.date ? { date: list.date, takenAt: list.takenAt } : list.before;
  return { ...list, date, from: "fetch", confirmedAt: now, before };
}

/** What a list says now, and what stays of the lists before: the first posting date (targets C4), and that it was public (T4). */
function remembering(old: Json, now: Json): Json {
  const [before, row] = [old, now] as unknown as [Release, Release];
  const wasPublic = !row.isPublic && (before.isPublic || before.wasPublic === true);
  return { ...row, postingDate: before.postingDate, ...(wasPublic ? { wasPublic } : {}) } as unknown as Json;
}

const nameOf = ({ platform, version, build }: Pick<ReleaseRow, "platform" | "version" | "build">): string =>
  `${platform} ${version} ${build}`;

const named = ({ platform, version, build }: ReleaseRow) => ({ platform, version, build });
