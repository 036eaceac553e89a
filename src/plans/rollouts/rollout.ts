/** Rings, rollouts and their runs as plain data. `R` stands for a rule over devices, which nothing here reads. */
import { compareNamed } from "../../catalog/index.ts";
import { majorOf, type Platform } from "../../protocol/index.ts";
import type { LocalDate } from "../deadlines/local.ts";

/** `token:NAME`, `account:ID`, or the server's own `gate` and `system`. */
export type Actor = `token:${string}` | `account:${string}` | "gate" | "system";

/** `percent`: 0.01 to 100, of the devices that match `of` (absent: of all). */
export interface Share<R> {
  readonly percent: number;
  readonly of?: R;
}

export interface Ring<R = unknown> {
  readonly name: string;
  readonly who: R | Share<R> | "rest";
  /** Days after `base` from which the ring is given the release. */
  readonly opens: number;
  /** Days after `base` of its deadline. */
  readonly due: number;
  /** "person": a person lets the next ring open, also where the numbers are good. */
  readonly approval: "gate" | "person";
}

export const RUN_STATES = ["waiting", "open", "asks", "passed", "superseded"] as const;
export type RunState = (typeof RUN_STATES)[number];

export const ROLLOUT_STATES = ["running", "held", "paused", "aborted", "superseded"] as const;
export type RolloutState = (typeof ROLLOUT_STATES)[number];

/** One release on its way through one plan. Times are ms UTC. */
export interface Rollout {
  readonly id: string;
  readonly planId: string;
  readonly platform: Platform;
  readonly version: string;
  /** The letter of a background security improvement: "(a)". */
  readonly extra: string | null;
  /** The first day on which the plan could pick the release, in the plan's zone. Its days count from it. */
  readonly base: LocalDate;
  /** Devices below this version are in the urgent runs. */
  readonly urgentBelow: string | null;
  /** The block after whose end these devices take the release. */
  readonly blockId: string | null;
  /** A person lifted the blackout for the urgent runs of this release. */
  readonly blackoutLifted: boolean;
  /** While paused: the older release that a person gives instead. */
  readonly instead: string | null;
  readonly state: RolloutState;
  readonly reason: string;
  /** Since when it is in this state. */
  readonly since: number;
  readonly beganAt: number;
}

/** A ring of a rollout. Its key is (rolloutId, ring, urgent). Times are ms UTC. */
export interface RingRun {
  readonly rolloutId: string;
  /** The ring's place in the plan, from 0. */
  readonly ring: number;
  /** The run of the devices for which the release is urgent. */
  readonly urgent: boolean;
  readonly state: RunState;
  readonly openedAt: number | null;
  /** Starts and failures before it do not count: the opening, or when a person resumed the rollout. */
  readonly countFrom: number | null;
}

/** Filled into the sentence about a decision. */
export type Numbers = Readonly<Record<string, string | number>>;

/**
 * What a person says: the first two of a run, the others of a whole rollout. "instead": its devices are given an older release while it is
 * paused; "lift-blackout": its urgent devices are not held back by blackouts any more.
 */
export type RunVerb = "promote" | "wait";
export type RolloutVerb = "hold" | "pause" | "resume" | "abort" | "instead" | "lift-blackout";
export type PersonsVerb = RunVerb | RolloutVerb;

/** What was decided about a run, and on which numbers. Its key is (rolloutId, ring, urgent, n). */
export interface GateDecision {
  readonly rolloutId: string;
  readonly ring: number;
  readonly urgent: boolean;
  readonly n: number;
  readonly what: "open" | "pass" | "ask" | "supersede" | PersonsVerb;
  readonly by: Actor;
  readonly at: number;
  readonly reason: string;
  readonly numbers: Numbers;
}

/** A run that has opened, whatever it says of the next ring: its devices are given the release. */
export const hasOpened = ({ state }: Pick<RingRun, "state">): boolean =>
  state === "open" || state === "asks" || state === "passed";

/**
 * Whether `one` has an older release than `other`, on the same way: same plan, platform and major. Two rollouts of one release
 * are neither, so that what follows a block leaves the first alone.
 */
export function isOlder(one: Rollout, other: Rollout): boolean {
  if (one.planId !== other.planId || one.platform !== other.platform) return false;
  if (majorOf(one.version) !== majorOf(other.version)) return false;
  return compareNamed(one, other) < 0;
}
