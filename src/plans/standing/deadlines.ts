/** The deadlines that a device is given, and the one that counts (targets D3 to D5). */
import { isSameNamed, type Named } from "../../catalog/index.ts";
import { deadlineFor, plannedFor, spreadSlotOf } from "../deadlines/deadline-for.ts";
import { firstShown, lastShown, noticeOf } from "../deadlines/clock.ts";
import { deadlineOf, type Given, keep, type MoveCause } from "../deadlines/given.ts";
import type { LocalDateTime } from "../deadlines/local.ts";
import { momentFor } from "../deadlines/moment.ts";
import { plannedDateOf } from "../deadlines/overdue.ts";
import type { NoDayLeft } from "../deadlines/search.ts";
import { urgentDue } from "../rollouts/urgent.ts";
import type { OpenRelease } from "./open.ts";
import { rolloutsFor } from "./open.ts";
import type { PlanRollout, StandingDevice, StandingPlan } from "./plan.ts";

export interface GivenFor {
  readonly kind: "given";
  readonly given: Given;
  /** It differs from what is stored. */
  readonly isNew: boolean;
  readonly moved?: { readonly from: LocalDateTime; readonly to: LocalDateTime; readonly cause?: MoveCause };
}

/** `ring`: the device's. `joinedAt`: when it came under the plan. */
export function give(
  plan: StandingPlan,
  device: StandingDevice,
  { rollout, run }: OpenRelease,
  joinedAt: number,
  now: number,
): GivenFor | NoDayLeft {
  const { standing } = plan.spec;
  const before = device.given.find((one) => isSameNamed(one, rollout));
  const cause = causeOf(plan, { rollout, run }, before);
  // What was edited, or was stopped and continues, leaves the notice again: now, and whenever this is worked out again.
  const { editedAt, unblockedAt, resumedAt } = againAt(plan, { rollout, run });
  const openAt = Math.max(
    run.openedAt ?? now,
    joinedAt,
    editedAt,
    unblockedAt,
    resumedAt,
    cause === undefined ? 0 : now,
  );
  const found = deadlineFor({
    due: dueOf(plan, rollout, run.ring, run.urgent),
    clock: device.clock,
    rules: { skipWeekdays: run.urgent ? [] : standing.skipWeekdays, blackouts: device.blackouts },
    noticeHours: standing.noticeHours,
    urgent: run.urgent,
    joinedAt,
    openAt,
    slot: spreadSlotOf(standing.spreadHours, plan.id, device.planned.enrollmentId, device.hash),
  });
  if (found.kind === "no-day-left") return found;
  const computed = { ...nameOf(rollout), planId: plan.id, ring: run.ring, local: found.local, givenAt: now };
  const { given, moved } = keep(before, computed, cause);
  if (before === undefined || given !== before) return { kind: "given", given, isNew: true, ...(moved && { moved }) };
  // Looked at for this cause: the next look must not find it again.
  return cause === undefined
    ? { kind: "given", given, isNew: false }
    : { kind: "given", given: { ...given, planId: plan.id, ring: run.ring, givenAt: now }, isNew: true };
}

/** When each cause came by which a deadline may move (ms UTC); 0: never. */
const againAt = ({ spec }: StandingPlan, { rollout, run }: OpenRelease) => ({
  editedAt: spec.standing.editedAt ?? 0,
  unblockedAt: rollout.blockId === null ? 0 : rollout.since,
  // A person resumed it: its numbers count from then.
  resumedAt: run.countFrom === null || run.countFrom === run.openedAt ? 0 : run.countFrom,
});

/** Why the deadline that a device has may move. */
function causeOf(plan: StandingPlan, open: OpenRelease, before: Given | undefined): MoveCause | undefined {
  if (before === undefined) return undefined;
  if (before.planId !== plan.id) return "governing-plan-changed";
  const { editedAt, unblockedAt, resumedAt } = againAt(plan, open);
  if (before.givenAt < editedAt) return "plan-edited";
  if (before.givenAt < unblockedAt) return "block-ended";
  return before.givenAt < resumedAt ? "rollout-resumed" : undefined;
}

export function dueOf({ spec, rings }: StandingPlan, { base }: PlanRollout, ring: number, urgent: boolean) {
  const { at, days, urgentDays } = spec.standing;
  if (urgent) return { base, at, days: urgentDue({ ring, rings: rings.length, urgentDays: urgentDays ?? days }) };
  return { base, at, days: rings[ring]?.due ?? days };
}

const nameOf = ({ version, extra }: PlanRollout): Named => ({ version, ...(extra === null ? {} : { extra }) });

const DEAD: ReadonlySet<string> = new Set(["aborted"]);

/** What counts for a device: by when it must have its release, and since when it is late. */
export interface Counts {
  readonly deadline: LocalDateTime | undefined;
  /** The last moment (ms UTC) at which it is not overdue; null: it never will be. */
  readonly overdueAt: number | null;
}

export function countsFor(
  plan: StandingPlan,
  device: StandingDevice,
  {
    ring,
    given,
    joinedAt,
    gone,
  }: {
    readonly ring: number;
    readonly given: readonly Given[];
    readonly joinedAt: number;
    /** Releases that Apple has replaced while nothing newer is open to the device: it waits for its ring (targets C5). */
    readonly gone: readonly Named[];
  },
): Counts {
  const { clock, planned } = device;
  const { standing } = plan.spec;
  const installed: Named = { version: planned.osVersion ?? "0", ...extraOf(device) };
  const rollouts = rolloutsFor(plan, device);
  const blocked = planned.blocked ?? [];
  const dead = [...rollouts.filter(({ state }) => DEAD.has(state)).map(nameOf), ...blocked];
  const paused = rollouts.filter(({ state }) => state === "paused").map(nameOf);
  const deadline = deadlineOf(given, installed, [...dead, ...paused, ...gone]);
  const date = plannedDateOf({
    installed,
    given,
    rollouts: rollouts.map((one) => ({ ...nameOf(one), due: dueOf(plan, one, ring, false) })),
    dead,
    paused,
    excluded: device.excluded,
    device: { clock, rules: { skipWeekdays: standing.skipWeekdays, blackouts: device.blackouts }, joinedAt },
  });
  const late = [deadline, date].filter((local) => local !== undefined).toSorted()[0];
  return { deadline, overdueAt: late === undefined || device.excluded ? null : lastShown(late, clock) };
}

const extraOf = ({ planned: { supplementalExtra } }: StandingDevice): { extra?: string } =>
  supplementalExtra === null || supplementalExtra === "" ? {} : { extra: supplementalExtra };

/** The local time from which the device is told to install: its deadline, or later where that leaves too little notice (D6). */
export function momentOf(
  plan: StandingPlan,
  { clock, blackouts }: StandingDevice,
  { deadline, urgent }: { readonly deadline: LocalDateTime; readonly urgent: boolean },
  now: number,
): LocalDateTime | NoDayLeft {
  const { window, standing } = plan.spec;
  const notice = noticeOf(standing.noticeHours, clock, urgent);
  // One that is ahead by its notice is told as it is: its window is the job's matter.
  if (firstShown(deadline, clock) >= now + notice) return deadline;
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
