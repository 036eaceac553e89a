/** One line of words for each entry of a device's timeline. */
import type { Json, TimelineKind } from "../../store/index.ts";
import { DEVICE_ENTRIES } from "./device.ts";
import { type Entry, entryOf } from "./entry.ts";
import { WORK_ENTRIES } from "./work.ts";

const ENTRIES: Readonly<Record<TimelineKind, (entry: Entry) => string>> = { ...DEVICE_ENTRIES, ...WORK_ENTRIES };

/** A kind we do not know is shown by its name. */
export const timelineText = (kind: string, data: Json): string => (isKnown(kind) ? ENTRIES[kind](entryOf(data)) : kind);

const isKnown = (kind: string): kind is TimelineKind => Object.hasOwn(ENTRIES, kind);

/** What is said of a message of which `kept` bytes are stored, from the first; null: it is stored whole. */
export function rawNote({ bytes, kept }: { readonly bytes: number; readonly kept: number }): string | null {
  if (kept === 0) return "cut: the device's budget of kept bodies is used up";
  return kept === bytes ? null : `cut: the first ${kept} of ${bytes} bytes are kept`;
}
