/** What a decision about a run rests on; all of it is read in the transaction that decides. */
import type { RingCounts } from "./counts.ts";
import { hasOpened, isOlder, type Ring, type RingRun, type Rollout } from "./rollout.ts";

/** A run and since when it is in its state: the time of its last decision, or when its rollout began. ms UTC. */
export interface RunSince extends RingRun {
  readonly since: number;
}

export interface GatePlan {
  readonly kind: "once" | "standing";
  /** The plan's zone: an IANA name. */
  readonly zone: string;
  /** Not empty: a plan without rings has one ring (`ringsOf`). */
  readonly rings: readonly Pick<Ring, "opens" | "approval">[];
  readonly maxFailurePercent: number;
  /** Null: the plan has no urgent runs. */
  readonly urgentDays: number | null;
}

export interface GateContext {
  readonly plan: GatePlan;
  /** The rollouts of the plan and platform, and the runs of them all. */
  readonly rollouts: readonly Rollout[];
  readonly runs: readonly RunSince[];
  /** When the server saw the release; for an urgent run: when it knew that the release is urgent. ms UTC. */
  readonly knownAt: number;
  /** Of the run. */
  readonly counts: RingCounts;
  /** Of the run of the same kind in the ring before; absent for the first ring. */
  readonly before?: RingCounts;
  /** The ring's deadline; see `PassTerms`. ms UTC. */
  readonly deadlineAt: number;
  /** The reason of the last question about this run, while nobody has answered it. */
  readonly asked: string | null;
  /** The run is urgent, and a blackout that no person lifted covers this day. */
  readonly inBlackout: boolean;
}

/** A plan without rings has one. `days`: those of the plan's deadline. */
export const ringsOf = <R>(rings: readonly Ring<R>[], days: number): readonly Ring<R>[] =>
  rings.length > 0 ? rings : [{ name: "", who: "rest", opens: 0, due: days, approval: "gate" }];

/** The runs of the same kind and ring, with their rollouts. */
export function sameRing(
  run: RingRun,
  { runs, rollouts }: Pick<GateContext, "runs" | "rollouts">,
): readonly { readonly run: RunSince; readonly rollout: Rollout }[] {
  return runs.flatMap((one) => {
    if (one.ring !== run.ring || one.urgent !== run.urgent) return [];
    const rollout = rollouts.find(({ id }) => id === one.rolloutId);
    return rollout === undefined ? [] : [{ run: one, rollout }];
  });
}

/** Whether a newer release stands back: it was aborted, or it is paused while the release of `older` is given instead. */
const standsBack = ({ state, instead }: Rollout, older: Rollout): boolean =>
  state === "aborted" || (state === "paused" && instead !== null && instead === older.version);

/** The newest release that has opened in the ring and is newer than that of `rollout`. One that stands back replaces nothing. */
export function newerIn(run: RingRun, rollout: Rollout, context: Pick<GateContext, "runs" | "rollouts">) {
  const [newest] = sameRing(run, context)
    .filter((one) => isOlder(rollout, one.rollout) && !standsBack(one.rollout, rollout) && hasOpened(one.run))
    .map((one) => one.rollout)
    .toSorted((a, b) => (isOlder(a, b) ? 1 : -1));
  return newest;
}

/** Whether all that superseded a run stands back: then it counts as before. */
export function isBack(run: RingRun, rollout: Rollout, context: Pick<GateContext, "runs" | "rollouts">): boolean {
  const newer = sameRing(run, context).filter((one) => isOlder(rollout, one.rollout) && one.run.openedAt !== null);
  return newer.every((one) => standsBack(one.rollout, rollout));
}
