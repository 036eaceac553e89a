/** Guesses what a mistyped name was meant to be. */

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

/** The known name that differs least; the earlier one among equals. */
export function nearest(given: string, known: readonly string[]): string | undefined {
  return known
    .map((name) => ({ name, away: distance(given.toLowerCase(), name.toLowerCase()) }))
    .reduce<{ name: string; away: number } | undefined>(
      (best, next) => (best === undefined || next.away < best.away ? next : best),
      undefined,
    )?.name;
}
