/** Pages of what was found. */
import type { Page } from "./admin-store.ts";

/** `found` holds one row more than `limit` when there is a next page. */
export function page<T>(found: readonly T[], limit: number, key: (row: T) => string): Page<T> {
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  return { rows, next: found.length > limit && last !== undefined ? key(last) : undefined };
}
