/**
 * What the device side has refused, counted and kept where an admin sees it: a device that is refused has no timeline, or
 * must not write on that of the device whose identity it shows more than once a day.
 */
import type { ErrorCode } from "../../errors/index.ts";
import { hashSecret } from "../../identity/index.ts";
import { timelineNote } from "../enrollment/bodies.ts";
import { transaction, type Json, type Lookup, type RefusalRow, type Write } from "../../store/index.ts";

/** One refusal, or several that are counted together. */
export interface Refusal extends Omit<RefusalRow, "id" | "reason" | "notedAt"> {
  readonly reason: ErrorCode;
  /** What else tells it from others of its kind: the note of a SCEP challenge; empty where there is none. */
  readonly group: string;
}

const DAY = 24 * 3_600_000;
/** Rows in all, and how long one lasts after it was last counted. */
const MOST = 1000;
export const REFUSALS_LAST = 30 * DAY;
/** Of one reason: UDIDs that are listed for one certificate, and for requests that prove none. The others are counted in one row. */
const MOST_UDIDS = 20;
const MOST_STRANGERS = 200;
/** How often the owner's timeline says that a refusal continues. */
const NOTE_EVERY = DAY;

/** What is counted together has the same id. */
export function idOf({ source, reason, fingerprint, udid, group }: Refusal): string {
  return hashSecret(JSON.stringify([source, reason, fingerprint, udid, group])).slice(0, 32);
}

/** The sum of both: the newer one's words stand for both. */
export function addUp<R extends Pick<Refusal, "count" | "firstAt" | "lastAt" | "owner">>(before: R, one: Refusal): R {
  const { group: _group, ...newest } = one;
  return {
    ...before,
    ...newest,
    owner: one.owner ?? before.owner,
    count: before.count + one.count,
    firstAt: Math.min(before.firstAt, one.firstAt),
    lastAt: Math.max(before.lastAt, one.lastAt),
  };
}

export interface NoteRefusalsInput {
  readonly refusals: readonly Refusal[];
  /** Time of the timelines (ms UTC). */
  readonly now: number;
}

export const noteRefusals = transaction({
  name: "noteRefusals",
  reads: (input: NoteRefusalsInput): Record<string, Lookup> => ({
    kept: { from: "refusal", where: {} },
    ...Object.fromEntries(
      printsOf(input).map((fingerprint): [string, Lookup] => [
        `of ${fingerprint}`,
        { from: "certificate", where: { fingerprint } },
      ]),
    ),
  }),
  decide(input: NoteRefusalsInput, seen): { writes: Write[]; result: null } {
    const kept = (seen["kept"] ?? []) as readonly RefusalRow[];
    const rows = new Map(kept.map((row) => [row.id, row]));
    const changed = new Set<string>();
    for (const one of input.refusals) {
      const [certificate] = (seen[`of ${one.fingerprint}`] ?? []) as readonly { enrollmentId: string | null }[];
      const refusal = listed(rows, { ...one, owner: one.owner ?? certificate?.enrollmentId ?? null });
      const id = idOf(refusal);
      const { group: _group, ...first } = refusal;
      const before = rows.get(id);
      rows.set(id, before === undefined ? { ...first, id, notedAt: null } : addUp(before, refusal));
      changed.add(id);
    }
    const writes: Write[] = [];
    for (const id of surplus([...rows.values()])) {
      rows.delete(id);
      if (kept.some((row) => row.id === id)) writes.push({ drop: "refusal", where: { id } });
    }
    for (const id of changed) {
      const row = rows.get(id);
      if (row === undefined) continue;
      const note = noteFor(row, input.now);
      if (note !== undefined) writes.push(note);
      writes.push({ put: "refusal", row: note === undefined ? row : { ...row, notedAt: row.lastAt } });
    }
    return { writes, result: null };
  },
});

const printsOf = ({ refusals }: NoteRefusalsInput): string[] => [
  ...new Set(refusals.flatMap(({ fingerprint }) => (fingerprint === null ? [] : [fingerprint]))),
];

/** Under its own UDID, or under none where its certificate has named as many as are listed. */
function listed(rows: ReadonlyMap<string, RefusalRow>, one: Refusal): Refusal {
  if (one.udid === null || rows.has(idOf(one))) return one;
  const most = one.fingerprint === null ? MOST_STRANGERS : MOST_UDIDS;
  const same = [...rows.values()].filter(
    (row) => row.source === one.source && row.reason === one.reason && row.fingerprint === one.fingerprint,
  );
  return same.length < most ? one : { ...one, udid: null };
}

/**
 * Ids of what goes: too old, or more than are kept. The reason with the most rows gives up its oldest, so that whoever makes
 * many refusals of one reason pushes out none of another.
 */
function surplus(rows: readonly RefusalRow[]): string[] {
  const newest = Math.max(...rows.map(({ lastAt }) => lastAt), 0);
  const gone = rows.filter(({ lastAt }) => lastAt < newest - REFUSALS_LAST).map(({ id }) => id);
  const old = new Set(gone);
  const left = Map.groupBy(
    rows.filter(({ id }) => !old.has(id)).toSorted((a, b) => b.lastAt - a.lastAt),
    ({ reason }) => reason,
  );
  for (let more = rows.length - gone.length - MOST; more > 0; more -= 1) {
    const largest = [...left.values()].reduce((a, b) => (b.length > a.length ? b : a));
    const oldest = largest.pop();
    if (oldest !== undefined) gone.push(oldest.id);
  }
  return gone;
}

/** The first time, and once a day while it continues. */
function noteFor(row: RefusalRow, at: number): Write | undefined {
  const { owner, notedAt, lastAt, reason, sentence, remedy, udid, fingerprint, address, count } = row;
  if (owner === null) return undefined;
  if (notedAt !== null && lastAt - notedAt < NOTE_EVERY) return undefined;
  const data: Json = { code: reason, message: sentence, remedy, udid, fingerprint, address, count };
  const kind = reason.startsWith("certificate-") ? "identity-refused" : "message-rejected";
  return timelineNote(owner, at, kind, data, null);
}

/** Forgets what was last counted before `before` (real time). */
export const forgetRefusals = transaction({
  name: "forgetRefusals",
  reads: (_ask: { readonly before: number }) => ({ kept: { from: "refusal", where: {} } }),
  decide(input: { readonly before: number }, seen): { writes: Write[]; result: null } {
    const old = seen.kept.filter(({ lastAt }) => lastAt < input.before);
    return { writes: old.map(({ id }) => ({ drop: "refusal", where: { id } })), result: null };
  },
});
