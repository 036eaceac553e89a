/**
 * Keeps what a pure function of a text and another, or a number, has found: a fleet has a few zones and a few deadlines, and finding what a clock shows
 * costs more than everything else that a deadline needs.
 */
const MOST = 2000;

export function remember<A extends string, B extends string | number, V>(find: (a: A, b: B) => V): (a: A, b: B) => V {
  const found = new Map<string, V>();
  return (a, b) => {
    const key = `${a} ${b}`;
    const known = found.get(key);
    if (known !== undefined) return known;
    const value = find(a, b);
    if (found.size >= MOST) found.clear();
    found.set(key, value);
    return value;
  };
}
