/** What happened to a device, entry by entry. */
import type { Page, TimelineEntry } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import type { AdminStore, RawRef, TimelineRow } from "../../store/index.ts";
import { rawNote, timelineText } from "../../words/index.ts";
import { cursorOf, keyIn } from "../cursor.ts";
import { isoTime } from "../iso-time.ts";
import { bytesOf } from "./kept-bytes.ts";

/** Newest first; `before`: a seq. */
export async function entriesOf(
  admin: AdminStore,
  enrollmentId: string,
  before: number | undefined,
  limit: number,
): Promise<TimelineEntry[]> {
  const rows = await admin.timeline(enrollmentId, before, limit);
  const batches = new Set(await admin.bodyBatches(enrollmentId));
  return rows.map((row) => timelineEntry(row, batches));
}

/** A page of it, newest first. Throws `request-invalid` for a cursor of another list. */
export async function pageOf(
  admin: AdminStore,
  enrollmentId: string,
  after: string | undefined,
  limit: number,
): Promise<Page<TimelineEntry>> {
  const list = `timeline ${enrollmentId}`;
  const key = keyIn(list, after);
  const found = await entriesOf(admin, enrollmentId, key === undefined ? undefined : Number(key), limit + 1);
  const rows = found.slice(0, limit);
  const last = found.length > limit ? rows.at(-1)?.seq : undefined;
  return { rows, next: cursorOf(list, last === undefined ? undefined : String(last)) };
}

/** The message of an entry. Throws `timeline-entry-unknown`, `raw-not-kept`. */
export async function messageOf(admin: AdminStore, enrollmentId: string, seq: number): Promise<Uint8Array> {
  const entry = await admin.timelineEntry(enrollmentId, seq);
  if (entry === undefined || entry.raw === null) {
    const why = entry === undefined ? "has no entry" : "has no message with its entry";
    throw new UptickError("timeline-entry-unknown", `The device's timeline ${why} ${seq}.`);
  }
  return bytesOf(admin, enrollmentId, entry.raw);
}

/** `batches`: those of the device's bodies that are still there. */
function rawView(ref: RawRef, batches: ReadonlySet<number>): NonNullable<TimelineEntry["raw"]> {
  const { bytes } = ref;
  if ("commandUuid" in ref) return { bytes, kept: bytes, note: null };
  const kept = batches.has(ref.batch) ? ref.kept : 0;
  return { bytes, kept, note: rawNote({ bytes, kept }) };
}

function timelineEntry(row: TimelineRow, batches: ReadonlySet<number>): TimelineEntry {
  return {
    seq: row.seq ?? 0,
    recordedAt: isoTime(row.at),
    kind: row.kind,
    sentence: timelineText(row.kind, row.data),
    data: row.data,
    raw: row.raw === null ? null : rawView(row.raw, batches),
  };
}
