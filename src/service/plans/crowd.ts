/** Devices of one zone that are told to install from the same moment (targets L2): they download and restart together. */
import type { JobSeed } from "../../plans/index.ts";
import type { Decided } from "./decided.ts";

/** So many at one moment are not worth a word. */
export const MOST_TOGETHER = 500;

export interface Crowd {
  readonly devices: number;
  readonly zone: string;
  /** "2026-08-27T17:00"; null: of a standing plan, whose days hang on each release. */
  readonly at: string | null;
  /** Of a standing plan: the name of the ring; null: it has none. */
  readonly ring: string | null;
}

/** Counts them; `largest` is null while at no moment there are more than `MOST_TOGETHER`. */
export function createCrowds() {
  const crowds = new Map<string, Crowd>();
  return {
    add({ decision, ring = null, slot }: Pick<Decided, "decision" | "ring" | "slot">): void {
      if (decision.kind !== "job" || decision.job.goal !== "installed") return;
      const { zone } = decision.job;
      const at = slot === undefined ? momentIn(decision.job) : null;
      if (at === undefined) return;
      const key = `${zone}\n${at ?? ""}\n${slot ?? ""}\n${ring ?? ""}`;
      crowds.set(key, { devices: (crowds.get(key)?.devices ?? 0) + 1, zone, at, ring });
    },
    largest(): Crowd | null {
      const [first] = [...crowds.values()].toSorted((a, b) => b.devices - a.devices);
      return first === undefined || first.devices <= MOST_TOGETHER ? null : first;
    },
  };
}

/** From when the device of a job installs; undefined: at once, or in its window. The spread is part of the deadline. */
const momentIn = ({ enforcement, moment, deadline }: JobSeed): string | undefined =>
  enforcement?.local.slice(0, 16) ?? moment ?? deadline;
