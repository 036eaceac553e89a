/**
 * The bytes of messages that are kept of one device: 8 MiB in all, so that no device fills the disk. They lie in batches of
 * half a MiB, and where room is needed the oldest batch goes: the newest messages are the most useful. A device decides
 * how much it sends, so what it sends unasked never pushes out what an admin has sent or asked for.
 */
import type { BodyBatchRow, Flag, Json, RawRef, TimelineKind, TimelineRow, Write } from "../../store/index.ts";

export interface BodyLimits {
  /** Bytes kept of one device. */
  readonly budget: number;
  /** Of these at most for what admins have sent and asked for, so that there is room for the rest; one such body may be larger. */
  readonly asked: number;
  /** Bytes kept of one body that no admin has asked for: a device with large ones keeps some history nevertheless. */
  readonly unasked: number;
  /** A batch this large takes nothing further. */
  readonly batch: number;
}

const MIB = 1024 * 1024;
export const BODY_LIMITS: BodyLimits = { budget: 8 * MIB, asked: 6 * MIB, unasked: MIB, batch: MIB / 2 };

/** What a transaction must look up to keep bodies. */
export const bodyLookup = { from: "bodyBatch", where: { enrollmentId: { of: "enrollment", column: "id" } } } as const;

export interface Body {
  readonly enrollmentId: string;
  readonly at: number;
  readonly bytes: Uint8Array;
  /** An admin has sent it, or asked for it. */
  readonly asked: boolean;
}

export interface Kept {
  readonly ref: RawRef;
  /** As they are after it. */
  readonly batches: readonly BodyBatchRow[];
}

/** Keeps a body, or as much of its beginning as there is room for; adds the writes for it to `writes`. */
export function keepBody(
  writes: Write[],
  batches: readonly BodyBatchRow[],
  { enrollmentId, at, bytes, asked }: Body,
  limits: BodyLimits = BODY_LIMITS,
): Kept {
  const most = Math.min(bytes.length, asked ? limits.budget : limits.unasked);
  const left = roomFor(batches, most, asked, limits);
  const size = Math.min(most, limits.budget - sumOf(left));
  if (size <= 0) return { ref: { bytes: bytes.length, kept: 0, batch: 0, n: 0 }, batches };
  const newest = Math.max(0, ...batches.map(({ batch }) => batch));
  const flag: Flag = asked ? 1 : 0;
  const current = left.findLast((row) => row.asked === flag && row.keptBytes < limits.batch);
  // A number is never given twice, or a reference to what has gone would find something else.
  const stays = left.some(({ batch }) => batch === newest);
  const row: BodyBatchRow =
    current === undefined || !stays
      ? { enrollmentId, batch: newest + 1, asked: flag, keptBytes: size, last: 1 }
      : { ...current, keptBytes: current.keptBytes + size, last: current.last + 1 };
  for (const { batch } of batches) {
    if (left.some((other) => other.batch === batch)) continue;
    writes.push(
      { drop: "body", where: { enrollmentId, batch } },
      { drop: "bodyBatch", where: { enrollmentId, batch } },
    );
  }
  // Where a transaction keeps several bodies, their batch is written once.
  const before = writes.findIndex((one) => "put" in one && one.put === "bodyBatch" && one.row.batch === row.batch);
  const put: Write = { put: "bodyBatch", row };
  if (before < 0) writes.push(put);
  else writes[before] = put;
  const { batch, last: n } = row;
  // A copy, where it is a part: the store would be handed the whole.
  const kept = size === bytes.length ? bytes : bytes.slice(0, size);
  writes.push({ insert: "body", row: { enrollmentId, batch, n, at, size, bytes: kept } });
  const others = left.filter((other) => other.batch !== batch);
  return {
    ref: { bytes: bytes.length, kept: size, batch, n },
    batches: [...others, row].toSorted((a, b) => a.batch - b.batch),
  };
}

/** The batches that may stay beside a body of `size`; those that time has emptied go as well. */
function roomFor(
  batches: readonly BodyBatchRow[],
  size: number,
  asked: boolean,
  limits: BodyLimits,
): readonly BodyBatchRow[] {
  let left = batches.filter(({ keptBytes }, i) => keptBytes > 0 || i === batches.length - 1);
  const drop = (flag: Flag, enough: () => boolean): void => {
    while (!enough()) {
      const oldest = left.find((row) => row.asked === flag);
      if (oldest === undefined) return;
      left = left.filter((row) => row !== oldest);
    }
  };
  if (asked) drop(1, () => sumOf(left.filter((row) => row.asked === 1)) + size <= limits.asked);
  drop(0, () => sumOf(left) + size <= limits.budget);
  return left;
}

const sumOf = (batches: readonly BodyBatchRow[]): number => batches.reduce((sum, { keptBytes }) => sum + keptBytes, 0);

/** Text of a device, in what is searched, listed or shown beside its messages: longer is no name, code or reason. */
const MOST_TEXT = 2000;
const MOST_MEMBERS = 256;

export const clipText = (text: string, most = MOST_TEXT): string =>
  text.length <= most ? text : `${text.slice(0, most)}… (cut: ${text.length} characters)`;

/** Data of an entry within bounds, whatever a device has sent: what is longer stands in its message. */
export function clipJson(value: Json): Json {
  // Nearly all of it is, and need not be made once more.
  if (isWithin(value)) return value;
  if (typeof value === "string") return clipText(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return (value as readonly Json[]).slice(0, MOST_MEMBERS).map(clipJson);
  const members = Object.entries(value).slice(0, MOST_MEMBERS);
  return Object.fromEntries(members.map(([name, member]) => [clipText(name), clipJson(member as Json)]));
}

function isWithin(value: Json): boolean {
  if (typeof value === "string") return value.length <= MOST_TEXT;
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.length <= MOST_MEMBERS && (value as readonly Json[]).every(isWithin);
  const members = value as Readonly<Record<string, Json>>;
  let count = 0;
  for (const name in members) {
    count += 1;
    if (count > MOST_MEMBERS || name.length > MOST_TEXT || !isWithin(members[name] ?? null)) return false;
  }
  return true;
}

/** An entry of a timeline. */
export const timelineNote = (
  enrollmentId: string,
  at: number,
  kind: TimelineKind,
  data: Json,
  raw: RawRef | null,
): Write => {
  const row: TimelineRow = { enrollmentId, at, kind, data: clipJson(data), raw };
  return { insert: "timeline", row };
};
