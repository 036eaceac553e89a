/** Ids as lists show them: a UUIDv7 begins with its time, which ids of one minute share, so its end is shown. */

/** Digits that are shown at least. */
const LEAST = 8;

/** For each id its shortest end that no other of these ids has; commands take it in place of the id. */
export function shortIds(ids: readonly string[]): (id: string) => string {
  const different = [...new Set(ids)];
  return (id) => {
    let length = LEAST;
    while (length < id.length && different.some((other) => other !== id && other.endsWith(id.slice(-length))))
      length += 1;
    return id.slice(-length);
  };
}
