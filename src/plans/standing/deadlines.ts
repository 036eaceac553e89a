/** The deadline of a device that counts, its moment, and the planned date of a release that waits (targets D4, D6, D13). */
import { compareNamed, isSameNamed, type Named } from "../../catalog/index.ts";
import { plannedFor } from "../deadlines/deadline-for.ts";
import { firstShown, lastShown, noticeOf } from "../deadlines/clock.ts";
import { deadlineOf, type Given, isVoid, type MoveCause } from "../deadlines/given.ts";
import { blackoutOn } from "../deadlines/days.ts";
import { dateOf, type LocalDateTime } from "../deadlines/local.ts";
import { momentFor } from "../deadlines/moment.ts";
import { plannedDateOf } from "../deadlines/overdue.ts";
import type { NoDayLeft } from "../deadlines/search.ts";
import { dueOf } from "./due.ts";
import type { By } from "./give.ts";
import { rolloutsFor } from "./open.ts";
import { installedOf, nameOf, type PlanRollout, type StandingDevice, type StandingPlan } from "./plan.ts";

/** What counts for a device: by when it must have its release, and since when it is late. */
export interface Counts {
  readonly deadline: LocalDateTime | undefined;
  /** The last moment (ms UTC) at which it is not overdue; null: it never will be. */
  readonly overdueAt: number | null;
  /** Deadlines above what is installed that do not count. */
  readonly setAside: readonly SetAside[];
}

export interface SetAside extends By {
  readonly row: Given;
  readonly cause: MoveCause;
}

export function countsFor(
  plan: StandingPlan,
  device: StandingDevice,
  {
    ring,
    given,
    joinedAt,
    replaced,
    voided,
    left,
  }: {
    readonly ring: number;
    readonly given: readonly Given[];
    readonly joinedAt: number;
    /** Apple has replaced them while nothing newer is open to the device: their deadline is over (targets C5). */
    readonly replaced: readonly Named[];
    /** Those of them that Apple will not offer again. */
    readonly voided: readonly Named[];
    /** The plan that gave their deadline no longer governs. */
    readonly left: readonly Named[];
  },
): Counts {
  const { clock, planned } = device;
  const { standing } = plan.spec;
  const installed = installedOf(device);
  const rollouts = rolloutsFor(plan, device);
  const blocked = planned.blocked ?? [];
  const aborted = rollouts.filter(({ state }) => state === "aborted");
  const dead = [...aborted.map(nameOf), ...blocked];
  const resting = rollouts.filter(({ state }) => state === "paused");
  const paused = resting.map(nameOf);
  // What was given before a block is given again once the release is open after it (targets C9).
  const isStale = (row: Given): boolean =>
    rollouts.some(
      ({ blockId, beganAt, ...one }) => blockId !== null && row.givenAt < beganAt && isSameNamed(nameOf(one), row),
    );
  const rows = given.filter((row) => !isStale(row) && !includes(left, row));
  const counting = rows.filter((row) => !isVoid(row));
  const deadline = deadlineOf(counting, installed, [...dead, ...paused, ...replaced]);
  const date = plannedDateOf({
    installed,
    given: rows,
    rollouts: rollouts.map((one) => ({ ...nameOf(one), due: dueOf(plan, one, ring, false) })),
    dead,
    paused,
    excluded: device.excluded,
    device: { clock, rules: { skipWeekdays: standing.skipWeekdays, blackouts: device.blackouts }, joinedAt },
  });
  /** The first that holds: a person's word about the release itself comes before what Apple's list says. */
  const asideBy = (row: Given): Omit<SetAside, "row"> | undefined => {
    const of = (one: PlanRollout): boolean => isSameNamed(nameOf(one), row);
    if (includes(blocked, row) || isStale(row)) return { cause: "release-blocked" };
    const over = aborted.find(of) ?? resting.find(of);
    if (over !== undefined) {
      const cause = over.state === "aborted" ? "rollout-aborted" : "rollout-paused";
      return { cause, ...(over.stateBy === undefined ? {} : { by: over.stateBy }) };
    }
    if (includes(replaced, row)) return { cause: includes(voided, row) ? "release-replaced" : "release-withdrawn" };
    return includes(left, row) ? { cause: "governing-plan-changed" } : undefined;
  };
  const setAside = given
    .filter((row) => !isVoid(row) && compareNamed(row, installed) > 0)
    .flatMap((row): SetAside[] => {
      const aside = asideBy(row);
      return aside === undefined ? [] : [{ row, ...aside }];
    });
  const late = [deadline, date].filter((local) => local !== undefined).toSorted()[0];
  return { deadline, setAside, overdueAt: late === undefined || device.excluded ? null : lastShown(late, clock) };
}

const includes = (all: readonly Named[], one: Named): boolean => all.some((other) => isSameNamed(other, one));

/** The local time from which the device is told to install: its deadline, or later where that leaves too little notice (D6). */
export function momentOf(
  plan: StandingPlan,
  { clock, blackouts }: StandingDevice,
  { deadline, urgent }: { readonly deadline: LocalDateTime; readonly urgent: boolean },
  now: number,
): LocalDateTime | NoDayLeft {
  const { window, standing } = plan.spec;
  const notice = noticeOf(standing.noticeHours, clock, urgent);
  // One that is ahead by its notice is told as it is: its window is the job's matter. Nothing is told to install in a blackout.
  if (firstShown(deadline, clock) >= now + notice && blackoutOn(dateOf(deadline), blackouts) === undefined)
    return deadline;
  const rules = { skipWeekdays: urgent ? [] : standing.skipWeekdays, blackouts };
  const found = momentFor({ deadline, ...(window === undefined ? {} : { window }), clock, rules, notice }, now);
  return found.kind === "no-day-left" ? found : found.local;
}

/** The planned date of a release in a ring, before it is open (targets D13); undefined: no day is left. */
export function plannedIn(plan: StandingPlan, device: StandingDevice, rollout: PlanRollout, ring: number) {
  const { skipWeekdays } = plan.spec.standing;
  const rules = { skipWeekdays, blackouts: device.blackouts };
  const found = plannedFor({ due: dueOf(plan, rollout, ring, false), clock: device.clock, rules });
  return found.kind === "no-day-left" ? undefined : found.local;
}
