/** The known word that a mistyped one is nearest to. */

/** Letters that may be wrong, missing or too many. */
const MOST_WRONG = 2;

/** The nearest word in any case; undefined where none is near. */
export function nearest(text: string, words: readonly string[]): string | undefined {
  // What is much longer is near to none, and would only take time.
  if (text.length > 40) return undefined;
  const near = words
    .map((word) => ({ word, wrong: distance(text.toLowerCase(), word.toLowerCase()) }))
    .filter(({ word, wrong }) => wrong <= MOST_WRONG && wrong < word.length)
    .toSorted((a, b) => a.wrong - b.wrong);
  return near[0]?.word;
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_value, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
