/** Ids inside a transaction, which stays pure: all follow from the one that the ask brings. */

/** Hex digits at the end of a UUID: the last part of its random bits. */
const TAIL = 12;

/** The n-th id after a UUIDv7, itself for 0. Only its random tail differs, so ids of two asks meet as seldom as random ones. */
export function nthId(first: string, n: number): string {
  if (n === 0) return first;
  const tail = (Number.parseInt(first.slice(-TAIL), 16) + n) % 16 ** TAIL;
  return first.slice(0, -TAIL) + tail.toString(16).padStart(TAIL, "0");
}
