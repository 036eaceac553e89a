/** Guesses what a mistyped word was meant to be, for the remedy of an error. */

/** Number of letters to insert, delete or replace to get from `a` to `b` (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/**
 * The known word that differs least in any case, the earlier one among equals. Undefined where all of them differ in more than
 * `most` letters.
 */
export function nearest(given: string, known: readonly string[], most = Number.POSITIVE_INFINITY): string | undefined {
  return known
    .map((name) => ({ name, away: distance(given.toLowerCase(), name.toLowerCase()) }))
    .filter(({ away }) => away <= most)
    .reduce<{ name: string; away: number } | undefined>(
      (best, next) => (best === undefined || next.away < best.away ? next : best),
      undefined,
    )?.name;
}
