/** The numbers of a ring by which its gate decides: all that it knows of its members. */
import { HOUR } from "../jobs/units.ts";
import type { Outcome } from "./outcome.ts";

export interface RingCounts {
  readonly members: number;
  readonly good: number;
  /** Good, and started at least 48 h ago: successes are seen within a day, failures only by silence. */
  readonly settled: number;
  readonly failed: number;
  readonly lost: number;
  readonly unclear: number;
  readonly away: number;
  readonly hinderedBefore: number;
  readonly hindered: number;
  readonly pending: number;
  /** Members that started since `countFrom`. */
  readonly startedSince: number;
  /** Members that failed or were lost since `countFrom`. */
  readonly failuresSince: number;
  /** Members that are unclear since `countFrom` or later. */
  readonly unclearSince: number;
}

export const NO_COUNTS: RingCounts = {
  members: 0,
  good: 0,
  settled: 0,
  failed: 0,
  lost: 0,
  unclear: 0,
  away: 0,
  hinderedBefore: 0,
  hindered: 0,
  pending: 0,
  startedSince: 0,
  failuresSince: 0,
  unclearSince: 0,
};

const SETTLED_AFTER = 48 * HOUR;

const FIELD = {
  good: "good",
  failed: "failed",
  lost: "lost",
  unclear: "unclear",
  away: "away",
  "hindered-before": "hinderedBefore",
  hindered: "hindered",
  pending: "pending",
} as const satisfies Record<Outcome["kind"], keyof RingCounts>;

export interface Counted {
  readonly outcome: Outcome;
  /** See `startOf`; ms UTC. */
  readonly startedAt: number | null;
}

/** `countFrom`: that of the run, ms UTC. */
export function countsOf(members: Iterable<Counted>, countFrom: number, now: number): RingCounts {
  const counts: { -readonly [K in keyof RingCounts]: number } = { ...NO_COUNTS };
  for (const { outcome, startedAt } of members) {
    const { kind, since } = outcome;
    counts.members += 1;
    counts[FIELD[kind]] += 1;
    if (startedAt !== null && startedAt >= countFrom) counts.startedSince += 1;
    if (kind === "good" && startedAt !== null && now - startedAt >= SETTLED_AFTER) counts.settled += 1;
    if ((kind === "failed" || kind === "lost") && since >= countFrom) counts.failuresSince += 1;
    if (kind === "unclear" && since >= countFrom) counts.unclearSince += 1;
  }
  return counts;
}
