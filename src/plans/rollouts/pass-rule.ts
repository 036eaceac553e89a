/** The pass rule (targets R9, R10): whether the next ring may have the release, or a person must say so. */
import { DAY, HOUR } from "../jobs/units.ts";
import type { RingCounts } from "./counts.ts";

export interface PassTerms {
  readonly maxFailurePercent: number;
  /** Nothing opens after the last ring, so it asks nobody. */
  readonly last: boolean;
  readonly approval: "gate" | "person";
  /** The ring's deadline in the plan's zone; later where the ring opened late or a person resumed the rollout (D3). ms UTC. */
  readonly deadlineAt: number;
  /** Since when the run is open; later than `openedAt` where a person chose to wait. ms UTC. */
  readonly openSince: number;
  readonly openedAt: number;
}

export type PassReason =
  /** Why it passes. */
  | "enough-good"
  | "few-members"
  | "no-members"
  /** Why it does not: the first that holds. */
  | "unreachable"
  | "failures"
  | "too-few-good"
  | "less-than-half"
  /** It would pass, and a person lets the next ring open. */
  | "approval";

export interface PassVerdict {
  readonly what: "pass" | "ask" | "nothing";
  readonly reason: PassReason;
  readonly numbers: PassNumbers;
}

/** What a person is told: "44 of 45 reachable are good, 39 needed; 1 of 45 failed, 2 allowed". */
export interface PassNumbers {
  readonly members: number;
  /** All except those that are away. */
  readonly reachable: number;
  /** The reachable ones without those that were hindered before they were given the release. */
  readonly expected: number;
  readonly settled: number;
  /** So many must be good for 48 h. */
  readonly needed: number;
  readonly started: number;
  readonly failures: number;
  readonly unclear: number;
  /** So many may have failed or be unclear. */
  readonly allowed: number;
}

const COVERAGE_PERCENT = 85;
const FEW = 10;
const FEW_PASS_AFTER = 48 * HOUR;
const ASK_AFTER = 5 * DAY;

/** Whether an open run passes, asks a person, or neither yet. */
export function passRule(counts: RingCounts, terms: PassTerms, now: number): PassVerdict {
  const numbers = numbersOf(counts, terms.maxFailurePercent);
  const passes = passReason(numbers, terms, now);
  if (passes !== undefined) {
    if (terms.approval === "gate" || terms.last) return { what: "pass", reason: passes, numbers };
    return {
      what: hasWaited(terms) && now < terms.openSince + ASK_AFTER ? "nothing" : "ask",
      reason: "approval",
      numbers,
    };
  }
  const asks = !terms.last && now >= asksAt(numbers, terms);
  return { what: asks ? "ask" : "nothing", reason: lackOf(numbers, terms), numbers };
}

export function numbersOf(counts: RingCounts, maxFailurePercent: number): PassNumbers {
  const { members, settled } = counts;
  const reachable = members - counts.away;
  const expected = reachable - counts.hinderedBefore;
  // In whole numbers: 0.85 × 20 is a little more than 17.
  const needed = Math.max(Math.ceil((expected * COVERAGE_PERCENT) / 100), Math.ceil(members / 2));
  const started = counts.startedSince;
  return {
    members,
    reachable,
    expected,
    settled,
    needed,
    started,
    failures: counts.failuresSince,
    unclear: counts.unclearSince,
    allowed: allowedOf(started, maxFailurePercent),
  };
}

/** How many of so many may have failed or be unclear: with fewer than two of them expected, one proves too much. */
export const allowedOf = (started: number, maxFailurePercent: number): number =>
  started * maxFailurePercent < 200 ? 0 : Math.floor((started * maxFailurePercent) / 100);

function passReason(numbers: PassNumbers, { last, deadlineAt }: PassTerms, now: number): PassReason | undefined {
  const { members, reachable } = numbers;
  if (members === 0) return "no-members";
  if (covers(numbers) && (last || isClean(numbers))) return "enough-good";
  const few = members < FEW && reachable > 0 && numbers.failures + numbers.unclear === 0;
  return few && now >= deadlineAt + FEW_PASS_AFTER ? "few-members" : undefined;
}

/** R9 (a). */
const covers = ({ settled, needed }: PassNumbers): boolean => settled >= needed;
/** R9 (b). */
const isClean = ({ failures, unclear, allowed }: PassNumbers): boolean => failures + unclear <= allowed;

function lackOf(numbers: PassNumbers, { last }: PassTerms): PassReason {
  const { reachable, expected, settled } = numbers;
  if (reachable === 0) return "unreachable";
  if (!last && !isClean(numbers)) return "failures";
  return settled * 100 < expected * COVERAGE_PERCENT ? "too-few-good" : "less-than-half";
}

/** A person was asked and chose to wait. */
const hasWaited = ({ openSince, openedAt }: PassTerms): boolean => openSince > openedAt;

/** Where nobody can be reached, more days bring nothing, unless a person chose to wait. */
function asksAt({ reachable }: PassNumbers, terms: PassTerms): number {
  const from = Math.max(terms.deadlineAt, terms.openSince);
  return reachable === 0 && !hasWaited(terms) ? from : from + ASK_AFTER;
}
