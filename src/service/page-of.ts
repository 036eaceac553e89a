/** A page of rows that are all in memory. */
import type { Page } from "../contract/index.ts";
import { cursorOf, keyIn } from "./cursor.ts";

/** Of `rows` in the order of their keys; `list`: what cursors are of. Throws `request-invalid` for a damaged cursor. */
export function pageOf<T>(
  list: string,
  rows: readonly T[],
  key: (row: T) => string,
  after: string | undefined,
  limit: number,
): Page<T> {
  const from = keyIn(list, after);
  const left = rows
    .filter((row) => from === undefined || key(row) > from)
    .toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
  const shown = left.slice(0, limit);
  const last = left.length > limit ? shown.at(-1) : undefined;
  return { rows: shown, next: cursorOf(list, last === undefined ? undefined : key(last)) };
}
