/**
 * A list as an `IN` takes it: filled up with its last value to a power of two. A statement of each length would be prepared
 * and kept for every length that there is.
 */
export function padded<T>(values: readonly T[]): T[] {
  const last = values.at(-1);
  if (last === undefined) return [];
  const size = 2 ** Math.ceil(Math.log2(values.length));
  return [...values, ...Array.from({ length: size - values.length }, () => last)];
}
