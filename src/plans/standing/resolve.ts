/**
 * What the standing plans mean for one device now (targets W4): which of them governs it, its ring, the release that is open to it
 * and its deadline, and what follows for its job. The one function for dry run, creation, standing resolution and rehearsal. Pure.
 */
import { type Catalog, isSameNamed, type Named, type Wanted } from "../../catalog/index.ts";
import { lastShown } from "../deadlines/clock.ts";
import { type Given, isVoid } from "../deadlines/given.ts";
import type { LocalDateTime } from "../deadlines/local.ts";
import type { Progress } from "../compliance/compliance.ts";
import { wantedIn } from "../compliance/wanted.ts";
import type { Decision, Params, PlannedDevice } from "../decisions/decision.ts";
import { decide as decideOne } from "../decisions/resolve.ts";
import { DAY } from "../jobs/units.ts";
import { type Act, actOf, isListedNoMore, isReplaced } from "./act.ts";
import { type Decide, decideAlike } from "./alike.ts";
import { countsFor, type SetAside } from "./deadlines.ts";
import type { GivenFor } from "./give.ts";
import { givenNow } from "./given-now.ts";
import type { NoDayLeft } from "../deadlines/search.ts";
import { matching, ringIn } from "./governs.ts";
import { isFree, namedIn } from "./live-job.ts";
import { openReleases, type OpenRelease } from "./open.ts";
import { type ReadDevice, type StandingDevice, type StandingPlan, underPlan } from "./plan.ts";

/** What a plan refuses a device for, or has for it already. */
export type Outcome =
  | { readonly kind: "job" }
  | { readonly kind: "compliant" | "refused" | "waits"; readonly reason: string; readonly params: Params };

export interface Resolution {
  readonly plan: StandingPlan;
  /** Absent: it is in Setup Assistant. */
  readonly ring: number | undefined;
  readonly joinedAt: number;
  /** Whether all its deadlines were looked at for this plan: not where another has given them and nothing may be given now. */
  readonly isSettled: boolean;
  /** The newest release that the plan means for it, open or not; absent: none. */
  readonly aim: Named | undefined;
  /** That release has no rollout: one begins, and then the device is resolved again. */
  readonly begins: boolean;
  /** All that is open to it. Null: that is not known. */
  readonly wanted: Wanted | null;
  readonly word: boolean;
  readonly belowFloor: boolean;
  readonly outcome: Outcome;
  /** Given now, or moved. */
  readonly given: readonly Given[];
  readonly moved: readonly NonNullable<GivenFor["moved"]>[];
  /** Why deadlines that it was given do not count. */
  readonly setAside: readonly SetAside[];
  readonly deadline: LocalDateTime | undefined;
  /** ms UTC */
  readonly deadlineAt: number | null;
  readonly overdueAt: number | null;
  readonly act: Act;
  /** What is said of it where it has no live job. */
  readonly progress: Progress;
}

export interface At {
  readonly halted: boolean;
  /** ms UTC */
  readonly now: number;
  /** For devices that are resolved together. */
  readonly decide?: Decide;
}

/** Undefined: no standing plan matches. `halted`: nothing is given. */
export function resolve(
  read: ReadDevice,
  plans: readonly StandingPlan[],
  catalog: Catalog,
  { halted, now, decide = decideAlike(catalog, now) }: At,
): Resolution | undefined {
  const [plan] = matching(plans, read);
  if (plan === undefined) return undefined;
  const device = underPlan(read, plan);
  const ring = ringIn(plan, device);
  const joinedAt = joinedOf(device, plan, ring, now);
  const whole = decide(alone(device.planned), plan.spec, plan.id);
  const aim = aimOf(whole);
  const releases = ring === undefined ? [] : openReleases(plan, device, ring);
  const open = releases.map(({ rollout }) => rollout.version);
  const decision = whole.kind === "refused" ? whole : decide({ ...alone(device.planned), open }, plan.spec, plan.id);
  const chosen = releaseOf(decision, releases);
  const begins =
    whole.kind === "job" && aim !== undefined && !plan.rollouts.some((one) => isRolloutOf(one, device, aim));
  const holds = holdsBack(plan, device, halted, ring);
  const place = ring ?? plan.rings.length - 1;
  const { deadlines, given, rows, left, isSettled } = givenNow({
    plan,
    device,
    chosen,
    place,
    isHeld: holds !== undefined,
    joinedAt,
    plans,
    now,
  });
  const replaced = chosen === undefined ? rows.filter((row) => isListedNoMore(device, row, catalog, now)) : [];
  const voided = replaced.filter((row) => !isVoid(row) && isReplaced(device, row, catalog, now));
  const counts = countsFor(plan, device, { ring: place, given: rows, joinedAt, replaced, voided, left });
  const said = outcomeOf(decision, chosen, given, open);
  const base = {
    ...{ plan, ring, joinedAt, isSettled, aim, begins },
    ...wantedOf(decision, chosen, device, plan),
    ...deadlines,
    given: [
      ...deadlines.given.filter((row) => !voided.some((one) => isSameNamed(one, row))),
      ...voided.map((row): Given => ({ ...row, cause: "release-replaced", givenAt: now })),
    ],
    setAside: counts.setAside,
    deadline: counts.deadline,
    deadlineAt: counts.deadline === undefined ? null : lastShown(counts.deadline, device.clock),
    overdueAt: counts.overdueAt,
  };
  const held = holds ?? failedLately(device, chosen, now);
  if (held !== undefined) {
    const { over, ...why } = held;
    const outcome = said.kind === "job" ? { kind: "waits" as const, ...why } : said;
    const progress: Progress = over ? { kind: "job", reason: why.reason, over } : progressOf(outcome);
    return { ...base, outcome, act: isLeftBehind(device, plan) ? WITHDRAW : KEEP, progress };
  }
  const act = actOf({ plan, device, decision, chosen, deadline: counts.deadline, catalog, open, decide, now });
  const outcome = "refused" in act ? act.refused : said;
  return { ...base, outcome, act: "refused" in act ? KEEP : act, progress: progressOf(outcome) };
}

/** What a plan means for a device in the end, whatever is open now: for a dry run. Undefined: its scope does not have the device. */
export interface Preview {
  /** Place of its ring; absent: it is in Setup Assistant. */
  readonly ring: number | undefined;
  readonly decision: Decision;
}

export function previewOf(read: ReadDevice, plan: StandingPlan, catalog: Catalog, now: number): Preview | undefined {
  const [first] = matching([plan], read);
  if (first === undefined) return undefined;
  return { ring: ringIn(plan, read), decision: decideOne(alone(read.planned), plan.spec, catalog, now) };
}

const KEEP: Act = { kind: "keep" };
const WITHDRAW: Act = { kind: "withdraw" };

/** When it came under the plan, or was let out of Setup Assistant into one of its rings (ms UTC). */
function joinedOf({ under }: StandingDevice, { id }: StandingPlan, ring: number | undefined, now: number): number {
  if (under?.planId !== id) return now;
  return under.ring === null && ring !== undefined ? now : under.joinedAt;
}

/** Without its job: what a plan means for it does not hang on what it does now. */
const alone = ({ held: _held, ...device }: PlannedDevice): PlannedDevice => ({ ...device, busyWith: null });

function aimOf(decision: Decision): Named | undefined {
  if (decision.kind === "refused") return undefined;
  return namedIn(decision.kind === "job" ? decision.job.target : decision.wanted);
}

const isRolloutOf = (one: StandingPlan["rollouts"][number], { planned }: StandingDevice, aim: Named): boolean =>
  one.platform === planned.platform && one.version === aim.version && (one.extra ?? undefined) === aim.extra;

/** The open release that the device is sent to. One that was named exactly may not be open yet. */
function releaseOf(decision: Decision, releases: readonly OpenRelease[]): OpenRelease | undefined {
  if (decision.kind !== "job") return undefined;
  const { version, extra } = namedIn(decision.job.target);
  return releases.find(({ rollout }) => rollout.version === version && (rollout.extra ?? undefined) === extra);
}

function outcomeOf(
  decision: Decision,
  chosen: OpenRelease | undefined,
  given: GivenFor | NoDayLeft | undefined,
  open: readonly string[],
): Outcome {
  if (decision.kind === "refused") return decision;
  if (given?.kind === "no-day-left")
    return { kind: "refused", reason: "no-day-left", params: { from: given.from, to: given.to } };
  if (decision.kind === "compliant") return decision;
  if (chosen === undefined) return { kind: "waits", reason: "ring-waits", params: {} };
  return open.length === 0 ? { kind: "waits", reason: "ring-waits", params: {} } : { kind: "job" };
}

/** Nothing is open to a device whose release waits: it has all that it may have. */
function wantedOf(
  decision: Decision,
  chosen: OpenRelease | undefined,
  { planned }: StandingDevice,
  plan: StandingPlan,
) {
  const target = planned.platform === null ? undefined : plan.spec.targets[planned.platform];
  const word = target !== undefined && target.kind !== "exact";
  const belowFloor = decision.kind === "job" && decision.heldBack?.["belowFloor"] !== undefined;
  const own = planned.osVersion === null ? null : { version: planned.osVersion };
  if (decision.kind === "refused") return { wanted: null, word, belowFloor };
  if (decision.kind === "compliant") return { wanted: wantedIn(decision.wanted), word, belowFloor };
  return { wanted: chosen === undefined ? own : wantedIn(decision.job.target), word, belowFloor };
}

interface Held {
  readonly reason: string;
  readonly params: Params;
  /** Its job has failed, and is not tried again yet. */
  readonly over: boolean;
}

/** Why nothing is given, made or moved now, whatever the plan means for the device. */
function holdsBack(
  plan: StandingPlan,
  { excluded, live }: StandingDevice,
  halted: boolean,
  ring: number | undefined,
): Held | undefined {
  const because = (reason: string): Held => ({ reason, params: {}, over: false });
  if (live?.kind === "once") return because("once-plan");
  if (halted) return because("halted");
  if (excluded) return because("excluded");
  if (plan.state === "paused") return because("plan-paused");
  return ring === undefined ? because("setup-assistant") : undefined;
}

/** Its job has failed, and is not made again yet. */
function failedLately(
  { live, failed, planned }: StandingDevice,
  chosen: OpenRelease | undefined,
  now: number,
): Held | undefined {
  if (live !== null || failed === null || chosen === undefined) return undefined;
  return isTooSoon(failed, chosen, planned, now)
    ? { reason: failed.reason, params: failed.params, over: true }
    : undefined;
}

/** Its job is of a plan that no longer governs it, and the one that does gives nothing now (targets G1, G5). */
const isLeftBehind = ({ live }: StandingDevice, plan: StandingPlan): boolean =>
  live?.kind === "standing" && live.planId !== plan.id && isFree(live.job);

/** A job that failed opens again after a week, or for another release or from another version. */
const TRIED_AGAIN_AFTER = 7 * DAY;

function isTooSoon(
  failed: NonNullable<StandingDevice["failed"]>,
  { rollout }: OpenRelease,
  { osVersion }: PlannedDevice,
  now: number,
): boolean {
  const same = failed.target.version === rollout.version && failed.from.version === osVersion;
  return same && now < (failed.end?.at ?? 0) + TRIED_AGAIN_AFTER;
}

function progressOf(outcome: Outcome): Progress {
  if (outcome.kind === "job") return { kind: "waits", reason: "begun" };
  if (outcome.kind === "compliant") return { kind: "waits", reason: outcome.reason };
  return { kind: outcome.kind, reason: outcome.reason };
}
