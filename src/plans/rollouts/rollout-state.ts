/** What the gate decides about a whole rollout (targets R8, R11, R12). */
import { DAY } from "../jobs/units.ts";
import type { GatePlan, RunSince } from "./context.ts";
import { newerIn } from "./context.ts";
import type { RingCounts } from "./counts.ts";
import { failRule } from "./fail-rule.ts";
import { hasOpened, type Numbers, type Rollout, type RolloutState } from "./rollout.ts";
import { isOpenTo } from "./open-to.ts";
import { rolloutNext } from "./tables.ts";

export interface RolloutDecision {
  readonly what: "pause" | "supersede";
  readonly to: RolloutState;
  readonly reason: string;
  readonly numbers: Numbers;
  /** The run in which the failures are, or the run that a newer release opened. */
  readonly ring: number;
  readonly urgent: boolean;
}

export interface RolloutContext {
  readonly plan: Pick<GatePlan, "rings" | "maxFailurePercent">;
  /** Those of the plan and platform, and the runs of them all. */
  readonly rollouts: readonly Rollout[];
  readonly runs: readonly RunSince[];
  /** The counts of the rollout's own runs that are watched: see `isWatched`. */
  readonly counted: readonly { readonly run: RunSince; readonly counts: RingCounts }[];
}

/** The next step of a rollout, or null. Failures in any of its runs pause it whole: what is wrong with it is wrong everywhere. */
export function nextOfRollout(rollout: Rollout, context: RolloutContext): RolloutDecision | null {
  const ring = context.plan.rings.length - 1;
  const last = {
    rolloutId: rollout.id,
    ring,
    urgent: false,
    state: "waiting",
    openedAt: null,
    countFrom: null,
  } as const;
  const newer = newerIn(last, rollout, context);
  const replaced = rolloutNext(rollout.state, "superseded");
  if (newer !== undefined && replaced !== undefined) {
    const numbers = { version: newer.version };
    return { what: "supersede", to: replaced, reason: "newer-open", numbers, ring, urgent: false };
  }
  const paused = rolloutNext(rollout.state, "fails");
  if (paused === undefined) return null;
  const { maxFailurePercent } = context.plan;
  for (const { run, counts } of context.counted) {
    if (!isOpenTo(run, rollout, context, true)) continue;
    const { pause, ...rest } = failRule(counts, maxFailurePercent);
    if (!pause) continue;
    const numbers = { ...rest, maxFailurePercent };
    return { what: "pause", to: paused, reason: "failures", numbers, ring: run.ring, urgent: run.urgent };
  }
  return null;
}

/** The runs of a rollout that a person resumes after a pause: earlier failures stay visible and no longer count. */
export const runsAfterResume = (runs: readonly RunSince[], at: number): readonly RunSince[] =>
  runs.map((run) => (run.countFrom === null ? run : { ...run, countFrom: at }));

const WATCHED_AFTER_START = 14 * DAY;

/** Whether a run is still counted at `now`: a passed one until 14 days after the last start in it (R14). Times are ms UTC. */
export const isWatched = (run: RunSince, lastStartAt: number | null, now: number): boolean =>
  hasOpened(run) && (run.state !== "passed" || now <= (lastStartAt ?? run.since) + WATCHED_AFTER_START);
