/** The gate over devices in memory: one round of decisions, rollouts first and then runs, from the oldest release to the newest. */
import {
  type Counted,
  countsOf,
  deadlineFor,
  type GateDecision,
  hasOpened,
  isOlder,
  lastShown,
  NO_COUNTS,
  nextOf,
  nextOfRollout,
  outcomeOf,
  type PlanRollout,
  type RingCounts,
  runAfter,
  type RunSince,
  type StandingPlan,
} from "../plans/index.ts";
import { memberFacts, type Player } from "./device.ts";

export type Decided = Pick<GateDecision, "ring" | "urgent" | "what" | "at" | "reason" | "numbers"> & {
  readonly version: string;
  readonly platform: string;
};

export interface Round {
  readonly plan: StandingPlan;
  readonly decided: readonly Decided[];
}

/** Devices are given what a round opened before the next one: a ring without members would pass at once. */
export function decideOnce(start: StandingPlan, players: readonly Player[], now: number): Round {
  const members = Map.groupBy(players, ({ member }) =>
    member === null ? "" : keyOf(member.rolloutId, member.ring, member.urgent),
  );
  const known = new Map<string, RingCounts>();
  const counts = (run: RunSince): RingCounts => {
    const key = keyOf(run.rolloutId, run.ring, run.urgent);
    const found = known.get(key) ?? countRun(run, members.get(key) ?? [], now);
    known.set(key, found);
    return found;
  };
  const decided: Decided[] = [];
  let plan = start;
  for (const of of oldestFirst(plan.rollouts)) {
    const own = plan.runs.filter((run) => run.rolloutId === of.id && hasOpened(run));
    const context = contextOf(plan, of);
    const next = nextOfRollout(of, { ...context, counted: own.map((run) => ({ run, counts: counts(run) })) });
    if (next === null) continue;
    const after = { ...of, state: next.to, reason: next.reason, since: now };
    plan = { ...plan, rollouts: plan.rollouts.map((one) => (one === of ? after : one)) };
    decided.push(rowOf(of, next, next, now));
  }
  for (const of of oldestFirst(plan.rollouts)) {
    for (const run of plan.runs.filter(({ rolloutId }) => rolloutId === of.id)) {
      const before = plan.runs.find(
        (one) => one.rolloutId === of.id && one.ring === run.ring - 1 && one.urgent === run.urgent,
      );
      const context = {
        ...contextOf(plan, of),
        ...{
          knownAt: of.since,
          counts: counts(run),
          deadlineAt: deadlineAt(plan, of, run),
          asked: null,
          inBlackout: false,
        },
        ...(before === undefined ? {} : { before: counts(before) }),
      };
      const next = nextOf(run, of, context, now);
      if (next === null) continue;
      plan = { ...plan, runs: plan.runs.map((one) => (one === run ? runAfter(one, next.to, now) : one)) };
      decided.push(rowOf(of, run, next, now));
    }
  }
  return { plan, decided };
}

const keyOf = (rolloutId: string, ring: number, urgent: boolean): string => `${rolloutId}/${ring}/${urgent}`;

const oldestFirst = (rollouts: readonly PlanRollout[]): readonly PlanRollout[] =>
  rollouts.toSorted((a, b) => (isOlder(a, b) ? -1 : isOlder(b, a) ? 1 : 0));

function contextOf({ spec, rings, rollouts, runs }: StandingPlan, { platform }: PlanRollout) {
  const { maxFailurePercent } = spec.standing;
  const own = rollouts.filter((one) => one.platform === platform);
  const ids = new Set(own.map(({ id }) => id));
  return {
    plan: { kind: "standing", zone: spec.zone, rings, maxFailurePercent, urgentDays: null } as const,
    rollouts: own,
    runs: runs.filter(({ rolloutId }) => ids.has(rolloutId)),
  };
}

function countRun(run: RunSince, players: readonly Player[], now: number): RingCounts {
  const { openedAt, countFrom } = run;
  if (openedAt === null || run.state === "superseded") return NO_COUNTS;
  const counted = players.flatMap((player): Counted[] => {
    if (player.member === null) return [];
    const { facts, startedAt } = memberFacts(player, player.member, openedAt, now);
    return [{ outcome: outcomeOf(facts, now, run.urgent ? "urgent" : "normal"), startedAt }];
  });
  return countsOf(counted, countFrom ?? openedAt, now);
}

/** In the plan's zone; nothing is asked of a ring that has not opened. */
function deadlineAt({ spec, rings }: StandingPlan, { base }: PlanRollout, { ring, openedAt }: RunSince): number {
  if (openedAt === null) return Number.POSITIVE_INFINITY;
  const { at, days, skipWeekdays, noticeHours } = spec.standing;
  const clock = { kind: "known", zone: spec.zone } as const;
  const found = deadlineFor({
    due: { base, days: rings[ring]?.due ?? days, at },
    rules: { skipWeekdays, blackouts: [] },
    ...{ clock, noticeHours, urgent: false, openAt: openedAt, slot: 0 },
  });
  return found.kind === "deadline" ? lastShown(found.local, clock) : Number.POSITIVE_INFINITY;
}

const rowOf = (
  { version, platform }: PlanRollout,
  { ring, urgent }: Pick<RunSince, "ring" | "urgent">,
  { what, reason, numbers }: Pick<GateDecision, "what" | "reason" | "numbers">,
  at: number,
): Decided => ({ version, platform, ring, urgent, what, reason, numbers, at });
