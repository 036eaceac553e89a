/** A device's place in a plan, by the two alone (targets R2, D3 step 5): others who come or leave move nobody. */

/** A hash of a text in UTF-8, in hexadecimal digits. */
export type Sha256 = (text: string) => string;

/**
 * The place, from 0 to `slots` - 1. Another plan has another order, so that not always the same devices go first. `slots`: at most
 * 2^48.
 */
export function placeIn(slots: number, planId: string, enrollmentId: string, sha256: Sha256): number {
  const digits = Array.from(sha256(`${planId}\n${enrollmentId}`));
  return digits.reduce((rest, digit) => (rest * 16 + parseInt(digit, 16)) % slots, 0);
}
