/** The deadline that a device is given for a release, and for which causes it moves (targets D3 step 6, D5, H1). */
import { compareNamed, isSameNamed, type Named } from "../../catalog/index.ts";
import { firstShown, noticeOf } from "../deadlines/clock.ts";
import { blackoutOn } from "../deadlines/days.ts";
import { deadlineFor, spreadSlotOf } from "../deadlines/deadline-for.ts";
import { type Given, isVoid, keep, type Kept, type MoveCause } from "../deadlines/given.ts";
import { dateOf, type LocalDateTime } from "../deadlines/local.ts";
import type { NoDayLeft } from "../deadlines/search.ts";
import { HOUR } from "../jobs/units.ts";
import { dueOf } from "./due.ts";
import { namedIn } from "./live-job.ts";
import { isUrgentFor, type OpenRelease, rolloutsFor } from "./open.ts";
import { installedOf, nameOf, type StandingDevice, type StandingPlan } from "./plan.ts";

export interface GivenFor {
  readonly kind: "given";
  readonly given: Given;
  /** It differs from what is stored. */
  readonly isNew: boolean;
  readonly moved?: NonNullable<Kept["moved"]> & By;
}

/** Who has done what moves a deadline, as far as the rows of its release say it. */
export interface By {
  readonly by?: string;
}

/** A device under a plan, as deadlines are given to it. */
export interface Giving {
  readonly plan: StandingPlan;
  readonly device: StandingDevice;
  /** When it came under the plan. */
  readonly joinedAt: number;
  /** Whether a plan that governed it would still do so if the device were what it was then (targets D5). */
  readonly isByFact: (formerPlanId: string) => boolean;
  /** Nothing is given or shortened now: a person holds the device, its plan or all plans back. */
  readonly isHeld: boolean;
  readonly now: number;
}

/** A ring that opens is carried out within this time: its notice counts from the opening. */
const CARRIED_OUT = HOUR;

/** Of a release that is open to the device. A deadline that it has stays, unless a cause moves it or it has come to be in a hurry. */
export function give(of: Giving, open: OpenRelease): GivenFor | NoDayLeft {
  const { plan, device, joinedAt, isHeld, now } = of;
  const { rollout, run, hurries: urgent } = open;
  const { standing } = plan.spec;
  const before = device.given.find((one) => isSameNamed(one, rollout) && !isVoid(one));
  const cause = before === undefined ? undefined : causeOf(of, open, before);
  // One that was taken over while this plan's ring waited is looked at once the ring is open.
  const stays = before?.planId === plan.id && before.ring === run.ring && before.givenAt >= (run.openedAt ?? 0);
  if (before !== undefined && cause === undefined && (isHeld || (!urgent && stays)))
    return { kind: "given", given: before, isNew: false };
  const found = deadlineFor({
    due: dueOf(plan, rollout, run.ring, urgent),
    clock: device.clock,
    rules: { skipWeekdays: urgent ? [] : standing.skipWeekdays, blackouts: device.blackouts },
    noticeHours: standing.noticeHours,
    urgent,
    joinedAt,
    openAt: Math.max(run.openedAt ?? now, joinedAt, ...againAt(plan, open), tellsAt(of, open, before, cause)),
    slot: spreadSlotOf(standing.spreadHours, plan.id, device.planned.enrollmentId, device.hash),
  });
  if (found.kind === "no-day-left") return found;
  const as = { planId: plan.id, ring: run.ring, revision: plan.revision };
  const computed = { ...nameOf(rollout), local: found.local, givenAt: now, ...as };
  const { given, moved } = keep(before, computed, cause);
  if (before === undefined || given !== before)
    return { kind: "given", given, isNew: true, ...(moved && { moved: { ...moved, ...byOf(rollout, cause) } }) };
  // Looked at for this cause, or given by another plan before: the next look must not find that again.
  return cause === undefined && before.planId === plan.id
    ? { kind: "given", given, isNew: false }
    : { kind: "given", given: { ...given, ...as, givenAt: now }, isNew: true };
}

function byOf({ state, stateBy, blockEndedBy }: OpenRelease["rollout"], cause: MoveCause | undefined): By {
  const resumed = cause === "rollout-resumed" && state === "running" ? stateBy : undefined;
  const by = cause === "block-ended" ? blockEndedBy : resumed;
  return by === undefined ? {} : { by };
}

/** When the release comes to be open to the device, as far as that is not the opening of its ring (ms UTC). */
function tellsAt(
  { plan, device: { under }, now }: Giving,
  { run, hurries }: OpenRelease,
  before: Given | undefined,
  cause: MoveCause | undefined,
): number {
  if (cause !== undefined) return now;
  if (before === undefined) {
    const sameRing = under?.ring === run.ring;
    return sameRing && now - (run.openedAt ?? now) < CARRIED_OUT ? 0 : now;
  }
  if (before.planId !== plan.id || before.ring !== run.ring) return now;
  // It came to hurry after its ring had opened: the shorter time leaves its notice too.
  if (hurries && (!run.urgent || now - (run.openedAt ?? now) >= CARRIED_OUT)) return now;
  // What gave time back then left the notice from then on.
  return before.cause === undefined ? 0 : before.givenAt;
}

/** When each cause came by which deadlines of all devices may move (ms UTC); 0: never. */
const againAt = (
  { spec }: StandingPlan,
  { rollout, run }: Pick<OpenRelease, "rollout" | "run">,
): readonly [number, number, number] => [
  spec.standing.editedAt ?? 0,
  // It begins when its block ends. What a person does with it later is another cause.
  rollout.blockId === null ? 0 : rollout.beganAt,
  // A person resumed it: its numbers count from then.
  run.countFrom === null || run.countFrom === run.openedAt ? 0 : run.countFrom,
];

/** Why the deadline that a device has may move. What has moved its job is followed: the job was told to the device. */
function causeOf({ plan, device, isByFact, now }: Giving, open: OpenRelease, before: Given): MoveCause | undefined {
  const { live, excludedEndsAt } = device;
  const isOther = before.planId !== plan.id;
  if (isOther && !isByFact(before.planId)) return "governing-plan-changed";
  const [, unblockedAt, resumedAt] = againAt(plan, open);
  if (!isOther && isBeforeEdit(before, plan)) return "plan-edited";
  if (before.givenAt < unblockedAt) return "block-ended";
  const leaves = (at: number): boolean => leavesNotice(plan, device, { local: before.local, urgent: open.hurries }, at);
  if (live?.rolloutId === open.rollout.id) {
    const { again } = live.job;
    return again !== undefined && before.givenAt < again.at && !leaves(again.at) ? again.cause : undefined;
  }
  if (!isOther && before.givenAt < resumedAt) return "rollout-resumed";
  if (excludedEndsAt !== null && before.givenAt < excludedEndsAt && excludedEndsAt <= now && !leaves(excludedEndsAt))
    return "device-excluded";
  const follows = live?.kind === "standing" && live.job.deadline === before.local;
  const covered = blackoutOn(dateOf(before.local), device.blackouts) !== undefined;
  return covered && !follows && firstShown(before.local, device.clock) > now ? "blackout-added" : undefined;
}

/** By revisions, since a device may be given its deadline between the moment of an edit and its commit. */
function isBeforeEdit({ revision, givenAt }: Given, { spec: { standing } }: StandingPlan): boolean {
  const { editedRevision, editedAt = 0 } = standing;
  return revision === undefined || editedRevision === undefined ? givenAt < editedAt : revision < editedRevision;
}

function leavesNotice(
  { spec }: StandingPlan,
  { clock }: StandingDevice,
  { local, urgent }: { readonly local: LocalDateTime; readonly urgent: boolean },
  at: number,
): boolean {
  return firstShown(local, clock) >= at + noticeOf(spec.standing.noticeHours, clock, urgent);
}

/** The device's deadlines where the job has moved its own later since they were given: they follow. */
export function followJob(device: StandingDevice): readonly Given[] {
  const { live, given } = device;
  if (live?.kind !== "standing") return [];
  const installed = installedOf(device);
  const { again, deadline, target } = live.job;
  if (again?.moved !== true || deadline === undefined) return [];
  const own = namedIn(target);
  return (
    given
      // What one rollout has waited for gives no time for other releases.
      .filter((row) => !isVoid(row) && (again.cause !== "rollout-resumed" || isSameNamed(row, own)))
      .filter((row) => compareNamed(row, installed) > 0 && row.givenAt < again.at && row.local < deadline)
      .map((row) => ({ ...row, local: deadline, cause: again.cause, givenAt: again.at }))
  );
}

/** What becomes of the deadlines that a device has for other releases than the one it is sent to. */
export interface OtherGiven {
  /** Moved by a cause, or taken over from a plan that no longer governs. */
  readonly moved: readonly GivenFor[];
  /** Of a plan that no longer governs, by a person's act, where this plan has not given the release: they no longer count. */
  readonly left: readonly Named[];
}

export function giveOthers(of: Giving, rows: readonly Given[], ring: number): OtherGiven {
  const { plan, device, isByFact, isHeld } = of;
  const installed = installedOf(device);
  const rollouts = rolloutsFor(plan, device);
  const { blocked = [] } = device.planned;
  const moved: GivenFor[] = [];
  const left: Named[] = [];
  for (const row of rows) {
    if (compareNamed(row, installed) <= 0 || isVoid(row)) continue;
    // It is given again when the block has ended (targets C9): until then it is nothing that could move.
    if (blocked.some((one) => isSameNamed(one, row))) continue;
    const rollout = rollouts.find((one) => isSameNamed(nameOf(one), row));
    const run =
      rollout === undefined ? undefined : runOf(plan, device, rollout, row.ring < plan.rings.length ? row.ring : ring);
    const open = rollout === undefined || run === undefined ? undefined : { rollout, run, hurries: run.urgent };
    const isOther = row.planId !== plan.id;
    const comesByFact = isOther && isByFact(row.planId);
    if (open !== undefined && (comesByFact || causeOf(of, open, row) !== undefined)) {
      const found = give(of, open);
      if (found.kind === "given") {
        if (found.isNew) moved.push(found);
        continue;
      }
    }
    if (comesByFact && !isHeld) moved.push({ kind: "given", given: takenOver(row, plan, ring), isNew: true });
    else if (open === undefined && isOther && !comesByFact) left.push(row);
  }
  return { moved, left };
}

/** The deadline stays; what was edited in the plan before the device came under it is no cause for it. */
const takenOver = (row: Given, { id: planId, revision, spec }: StandingPlan, ring: number): Given => ({
  ...{ ...row, planId, revision, ring },
  givenAt: Math.max(row.givenAt, spec.standing.editedAt ?? 0),
});

/** Its run of that release, once it has opened. */
function runOf(plan: StandingPlan, { planned }: StandingDevice, rollout: OpenRelease["rollout"], ring: number) {
  const urgent = isUrgentFor(plan, rollout, planned.osVersion ?? "");
  return plan.runs.find(
    (one) => one.rolloutId === rollout.id && one.ring === ring && one.urgent === urgent && one.openedAt !== null,
  );
}
