/** Which ring of a plan a device is in (targets R2, R15): by the device alone, so that others who come or leave move nobody. */
import { placeIn, type Sha256 } from "../slots.ts";
import type { Ring, Share } from "./rollout.ts";

const SLOTS = 10_000;

/** The device's place in a plan, 0 to 9,999. */
export const slotOf = (planId: string, enrollmentId: string, sha256: Sha256): number =>
  placeIn(SLOTS, planId, enrollmentId, sha256);

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
