/** The fail rule (targets R8): a rollout pauses when more members failed than chance explains. */
import type { RingCounts } from "./counts.ts";

/** Two failures of two devices prove nothing. */
const LEAST_STARTED = 3;
/** The chance, at each look, that a release is paused though it fails on the allowed share only. */
const CHANCE = 0.05;

export interface FailVerdict {
  readonly pause: boolean;
  readonly started: number;
  readonly failures: number;
  /** How often so many failures or more happen where `maxFailurePercent` is the true rate, 0 to 1. */
  readonly chance: number;
}

/** `maxFailurePercent`: 1 to 100; with 100 nothing pauses, as all may fail. */
export function failRule(counts: RingCounts, maxFailurePercent: number): FailVerdict {
  const failures = counts.failuresSince;
  // After a resume a device can fail that started before it: then it is one of those that were tried.
  const started = Math.max(counts.startedSince, failures);
  const chance = chanceOf(started, failures, maxFailurePercent / 100);
  return { pause: started >= LEAST_STARTED && chance <= CHANCE, started, failures, chance };
}

/**
 * P(X ≥ failures) for X ~ Binomial(n, p). The terms are multiplied in logarithms: with 100,000 devices the first of them is far
 * below what a number can hold, and what is lost there is nothing in the sum. Exact to about 9 digits.
 */
export function chanceOf(n: number, failures: number, p: number): number {
  if (failures <= 0) return 1;
  if (failures > n) return 0;
  if (p >= 1) return 1;
  const odds = Math.log(p) - Math.log1p(-p);
  let term = n * Math.log1p(-p);
  let below = 0;
  for (let k = 0; k < failures; k += 1) {
    below += Math.exp(term);
    term += Math.log((n - k) / (k + 1)) + odds;
  }
  if (below < 0.5) return 1 - below;
  // The rest is small: as a difference to 1 it would lose its digits.
  let rest = 0;
  for (let k = failures; k <= n; k += 1) {
    const share = Math.exp(term);
    rest += share;
    if (share < rest * Number.EPSILON) break;
    term += Math.log((n - k) / (k + 1)) + odds;
  }
  return Math.min(1, rest);
}
