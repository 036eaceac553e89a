/** Apple's list as it is taken: its releases, and what is known of the list itself. */
import { type DateSource, isTooSmall, type Release } from "../../catalog/index.ts";
import { transaction, type Json, type ReleaseRow, type Write } from "../../store/index.ts";

/** Setting that holds the newest list. */
export const LIST = "catalog";

/** A list that was taken. */
export interface ListRecord {
  /** YYYY-MM-DD: of which day it is. */
  readonly date: string;
  readonly from: DateSource;
  /** ms UTC, above that of any list before. A release is in the list when it was last seen then. */
  readonly takenAt: number;
  /** Pairs of a version and a device's id. */
  readonly pairs: number;
  /** When the newest list of an earlier day than this one was taken. */
  readonly before: { readonly date: string; readonly takenAt: number } | null;
}

export interface NoteListInput {
  readonly rows: readonly Omit<ReleaseRow, "firstSeenAt" | "lastSeenAt">[];
  readonly list: Pick<ListRecord, "date" | "from" | "pairs">;
  /** It may have less than half of what the list before had. */
  readonly acceptSmaller: boolean;
  readonly now: number;
}

export type NotedList =
  | { readonly kind: "smaller"; readonly before: number }
  | {
      readonly kind: "taken";
      readonly list: ListRecord;
      /** Releases that no list had before. */
      readonly added: number;
      /** What the list before had and this one lacks. */
      readonly left: readonly Pick<ReleaseRow, "platform" | "version" | "build">[];
      readonly before: ListRecord | null;
    };

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
  decide({ rows, list: given, acceptSmaller, now }: NoteListInput, seen): { writes: Write[]; result: NotedList } {
    const before = listIn(seen.list[0]?.value);
    if (before !== null && isTooSmall(given.pairs, before.pairs) && !acceptSmaller)
      return { writes: [], result: { kind: "smaller", before: before.pairs } };
    const takenAt = Math.max(now, (before?.takenAt ?? 0) + 1);
    const list: ListRecord = {
      ...given,
      takenAt,
      // A list that is taken again on its day, mended or not, is no second list without a release.
      before: before === null ? null : before.date === given.date ? before.before : before,
    };
    const known = new Map(seen.known.map((row) => [row.id, row]));
    const writes = rows.map((row): Write => {
      const old = known.get(row.id);
      const doc = old === undefined ? row.doc : remembering(old.doc, row.doc);
      return { put: "release", row: { ...row, doc, firstSeenAt: old?.firstSeenAt ?? takenAt, lastSeenAt: takenAt } };
    });
    const { before: previous, ...value } = list;
    const kept = {
      ...value,
      before: previous === null ? null : { date: previous.date, takenAt: previous.takenAt },
    };
    const inThis = new Set(rows.map(nameOf));
    const knownBefore = [...new Set(seen.known.map(nameOf))].filter((name) => inThis.has(name));
    const left = seen.known.filter((row) => row.lastSeenAt === before?.takenAt && !inThis.has(nameOf(row)));
    return {
      writes: [...writes, { put: "setting", row: { name: LIST, value: kept } }],
      result: { kind: "taken", list, added: inThis.size - knownBefore.length, left: left.map(named), before },
    };
  },
});

/** What a list says now, and what stays of the lists before: the first posting date (targets C4), and that it was public (T4). */
function remembering(old: Json, now: Json): Json {
  const [before, row] = [old, now] as unknown as [Release, Release];
  const wasPublic = !row.isPublic && (before.isPublic || before.wasPublic === true);
  return { ...row, postingDate: before.postingDate, ...(wasPublic ? { wasPublic } : {}) } as unknown as Json;
}

const nameOf = ({ platform, version, build }: Pick<ReleaseRow, "platform" | "version" | "build">): string =>
  `${platform} ${version} ${build}`;

const named = ({ platform, version, build }: ReleaseRow) => ({ platform, version, build });

export const listIn = (value: Json | undefined): ListRecord | null => (value ?? null) as unknown as ListRecord | null;
