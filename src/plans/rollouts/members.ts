/** Which ring of a plan a device is in (targets R2, R15): by the device alone, so that others who come or leave move nobody. */
import type { Ring, Share } from "./rollout.ts";

const SLOTS = 10_000;

/**
 * The device's place in a plan, 0 to 9,999. `sha256`: of a text in UTF-8, in hexadecimal digits. Another plan has another order,
 * so that not always the same devices go first.
 */
export function slotOf(planId: string, enrollmentId: string, sha256: (text: string) => string): number {
  const digits = Array.from(sha256(`${planId}\n${enrollmentId}`));
  return digits.reduce((rest, digit) => (rest * 16 + parseInt(digit, 16)) % SLOTS, 0);
}

export interface Candidate<R> {
  readonly slot: number;
  /** In Setup Assistant a device is brought to its version by other means, and is in no ring until it leaves. */
  readonly inSetupAssistant: boolean;
  readonly matches: (rule: R) => boolean;
}

/** The place of the first ring that takes the device, from 0; undefined: none does. */
export function ringOf<R>(rings: readonly Pick<Ring<R>, "who">[], device: Candidate<R>): number | undefined {
  if (device.inSetupAssistant) return undefined;
  let taken = 0;
  for (const [place, { who }] of rings.entries()) {
    if (who === "rest") return place;
    if (!isShare(who)) {
      if (device.matches(who)) return place;
      continue;
    }
    const share = Math.round((who.percent * SLOTS) / 100);
    // The next share: two rings of 5 % are 10 % of the devices. Past the last slot it begins again, for rings over other devices.
    const ahead = (device.slot - taken + SLOTS) % SLOTS;
    taken = (taken + share) % SLOTS;
    if (ahead < share && (who.of === undefined || device.matches(who.of))) return place;
  }
  return undefined;
}

export const isShare = <R>(who: Ring<R>["who"]): who is Share<R> =>
  typeof who === "object" && who !== null && "percent" in who;
