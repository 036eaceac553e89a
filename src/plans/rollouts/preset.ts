/** The preset "three rings" (targets R4). */
import type { Ring } from "./rollout.ts";

export interface PresetRules<R> {
  readonly pilot: R;
  readonly notLate: R;
  /** Whether any device has the tag `pilot`. */
  readonly hasPilots: boolean;
}

export const PRESET = { days: 17, noticeHours: 24, skipWeekdays: ["fri", "sat", "sun"] } as const;

/** Its rings; of devices that have the tag `late` none goes first. */
export function threeRings<R>({ pilot, notLate, hasPilots }: PresetRules<R>): readonly Ring<R>[] {
  return [
    {
      name: "Pilot",
      who: hasPilots ? pilot : { percent: 5, of: notLate },
      opens: 0,
      due: 2,
      approval: "gate",
    },
    { name: "Early", who: { percent: 20, of: notLate }, opens: 8, due: 9, approval: "gate" },
    { name: "Everyone", who: "rest", opens: 15, due: PRESET.days, approval: "gate" },
  ];
}
