/** Moments as text. */

/** RFC 3339 in UTC with milliseconds; a moment (integer ms UTC) that no date can have becomes its number. */
export function isoTime(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : date.toISOString();
}

/** The same of a moment that may not be there. */
export const isoTimeOrNull = (at: number | null): string | null => (at === null ? null : isoTime(at));
