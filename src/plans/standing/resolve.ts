/**
 * What the standing plans mean for one device now (targets W4): which of them governs it, its ring, the release that is open to it
 * and its deadline, and what follows for its job. The one function for dry run, creation, standing resolution and rehearsal. Pure.
 */
import { type Catalog, lookupIdsOf, type Named, stateOfNamed, type Wanted } from "../../catalog/index.ts";
import { lastShown, noticeOf } from "../deadlines/clock.ts";
import type { Given } from "../deadlines/given.ts";
import type { LocalDateTime } from "../deadlines/local.ts";
import type { Progress } from "../compliance/compliance.ts";
import { wantedIn } from "../compliance/wanted.ts";
import type { Decision, Params, PlannedDevice } from "../decisions/decision.ts";
import { decide as decideOne } from "../decisions/resolve.ts";
import type { Loss } from "../decisions/replace.ts";
import type { JobSeed, LiveJob } from "../jobs/job.ts";
import { DAY } from "../jobs/units.ts";
import { type Decide, decideAlike } from "./alike.ts";
import { countsFor, give, type GivenFor, momentOf } from "./deadlines.ts";
import { matching, ringIn } from "./governs.ts";
import { fateOfLive, namedIn } from "./live-job.ts";
import { openReleases, type OpenRelease } from "./open.ts";
import { isStillMeant } from "./still-meant.ts";
import { type ReadDevice, type StandingDevice, type StandingPlan, underPlan } from "./plan.ts";

/** What follows for the device's job. */
export type Act =
  | { readonly kind: "keep" }
  /** No plan has anything for it: the live job is withdrawn. */
  | { readonly kind: "withdraw" }
  /** A job is made, in place of the live one where there is one. */
  | {
      readonly kind: "make";
      readonly seed: JobSeed;
      readonly rolloutId: string;
      readonly ring: number;
      readonly urgent: boolean;
      readonly losesDownload?: Loss;
    };

/** What a plan refuses a device for, or has for it already. */
export type Outcome =
  | { readonly kind: "job" }
  | { readonly kind: "compliant" | "refused" | "waits"; readonly reason: string; readonly params: Params };

export interface Resolution {
  readonly plan: StandingPlan;
  /** Absent: it is in Setup Assistant. */
  readonly ring: number | undefined;
  readonly joinedAt: number;
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
  readonly moved: GivenFor["moved"];
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
  const joinedAt = device.under?.planId === plan.id ? device.under.joinedAt : now;
  const whole = decide(alone(device.planned), plan.spec, plan.id);
  const aim = aimOf(whole);
  const releases = ring === undefined ? [] : openReleases(plan, device, ring);
  const open = releases.map(({ rollout }) => rollout.version);
  const decision = whole.kind === "refused" ? whole : decide({ ...alone(device.planned), open }, plan.spec, plan.id);
  const chosen = releaseOf(decision, releases);
  const begins =
    whole.kind === "job" && aim !== undefined && !plan.rollouts.some((one) => isRolloutOf(one, device, aim));
  const given = chosen === undefined ? undefined : give(plan, lifted(device, chosen), chosen, joinedAt, now);
  const rows = given?.kind === "given" ? [given.given, ...others(device.given, given.given)] : device.given;
  const gone = chosen === undefined ? rows.filter((row) => isListedNoMore(device, row, catalog, now)) : [];
  const counts = countsFor(plan, device, { ring: ring ?? plan.rings.length - 1, given: rows, joinedAt, gone });
  const said = outcomeOf(decision, chosen, given, open);
  const base = {
    ...{ plan, ring, joinedAt, aim, begins },
    ...wantedOf(decision, chosen, device, plan),
    given: given?.kind === "given" && given.isNew ? [given.given] : [],
    moved: given?.kind === "given" ? given.moved : undefined,
    deadline: counts.deadline,
    deadlineAt: counts.deadline === undefined ? null : lastShown(counts.deadline, device.clock),
    overdueAt: counts.overdueAt,
  };
  const held = whyNothing(plan, device, halted, ring, now, chosen);
  if (held !== undefined) {
    const { over, ...why } = held;
    const outcome = said.kind === "job" ? { kind: "waits" as const, ...why } : said;
    const progress: Progress = over ? { kind: "job", reason: why.reason, over } : progressOf(outcome);
    return { ...base, outcome, act: KEEP, progress };
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

/** A person has lifted blackouts for the urgent devices of a release (targets U2). */
const lifted = (device: StandingDevice, { rollout, run }: OpenRelease): StandingDevice =>
  run.urgent && rollout.blackoutLifted ? { ...device, blackouts: [] } : device;

const KEEP: Act = { kind: "keep" };

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

const others = (rows: readonly Given[], { version, extra }: Given): readonly Given[] =>
  rows.filter((row) => row.version !== version || row.extra !== extra);

function outcomeOf(
  decision: Decision,
  chosen: OpenRelease | undefined,
  given: ReturnType<typeof give> | undefined,
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

/** Why nothing is made or moved now, whatever the plan means for the device. */
function whyNothing(
  plan: StandingPlan,
  { excluded, live, failed, planned }: StandingDevice,
  halted: boolean,
  ring: number | undefined,
  now: number,
  chosen: OpenRelease | undefined,
): Held | undefined {
  const because = (reason: string): Held => ({ reason, params: {}, over: false });
  if (live?.kind === "once") return because("once-plan");
  if (halted) return because("halted");
  if (excluded) return because("excluded");
  if (plan.state === "paused") return because("plan-paused");
  if (ring === undefined) return because("setup-assistant");
  if (live !== null || failed === null || chosen === undefined) return undefined;
  return isTooSoon(failed, chosen, planned, now)
    ? { reason: failed.reason, params: failed.params, over: true }
    : undefined;
}

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

interface Acting {
  readonly plan: StandingPlan;
  readonly device: StandingDevice;
  readonly decision: Decision;
  readonly chosen: OpenRelease | undefined;
  readonly deadline: LocalDateTime | undefined;
  readonly catalog: Catalog;
  readonly open: readonly string[];
  readonly decide: Decide;
  readonly now: number;
}

function actOf(of: Acting): Act | { readonly refused: Outcome } {
  const { plan, device, decision, chosen, deadline, catalog, now } = of;
  const { live } = device;
  const isNew = chosen !== undefined && decision.kind === "job";
  if (live !== null) {
    const own = namedIn(live.job.target);
    const fate = fateOfLive(
      live,
      device,
      {
        planId: plan.id,
        release: isNew ? namedIn(decision.job.target) : undefined,
        urgent: chosen?.run.urgent === true,
        isGone: isGone(plan, device, { ...own, rolloutId: live.rolloutId }, catalog, now),
        isMeant: isStillMeant(own, device.planned, plan.spec, catalog, now),
        deadlineMoved: device.deadlineLocal !== null && deadline !== undefined && device.deadlineLocal !== deadline,
        toldOtherwise: isToldOtherwise(live.job, plan),
      },
      now,
    );
    if (fate !== "move") return { kind: fate };
  }
  if (!isNew || deadline === undefined) return KEEP;
  return made({ ...of, device: lifted(device, chosen) }, chosen, deadline);
}

/** Apple does not offer it any more, and that is not the fault of one bad list. A block withdraws its jobs with its own cause. */
const GONE: ReadonlySet<string | undefined> = new Set(["expired", "replaced"]);

function isGone(
  plan: StandingPlan,
  device: StandingDevice,
  { rolloutId, ...release }: Named & { readonly rolloutId: string | null },
  catalog: Catalog,
  now: number,
): boolean {
  const state = plan.rollouts.find(({ id }) => id === rolloutId)?.state;
  return state === "aborted" || isListedNoMore(device, release, catalog, now);
}

function isListedNoMore({ planned }: StandingDevice, release: Named, catalog: Catalog, now: number): boolean {
  if (planned.platform === null) return true;
  const listed = { platform: planned.platform, lookupIds: lookupIdsOf({ ...planned, platform: planned.platform }) };
  return GONE.has(stateOfNamed(catalog, listed, release, now));
}

/** The job, with the moment that follows from its deadline. */
function made(
  { plan, device, open, decide, now }: Acting,
  { rollout, run }: OpenRelease,
  deadline: LocalDateTime,
): Act | { readonly refused: Outcome } {
  const moment = momentOf(plan, device, { deadline, urgent: run.urgent }, now);
  if (typeof moment !== "string")
    return { refused: { kind: "refused", reason: "no-day-left", params: { from: moment.from, to: moment.to } } };
  const spec = { ...plan.spec, deadline: moment, allowPastDeadline: true, replace: true };
  const decision = decide({ ...device.planned, open, busyWith: null }, spec, `${plan.id} ${moment}`);
  if (decision.kind !== "job") return KEEP;
  const seed = { ...decision.job, ...daysOf(plan, device, { deadline, moment, urgent: run.urgent }) };
  const act = { kind: "make", seed, rolloutId: rollout.id, ring: run.ring, urgent: run.urgent } as const;
  return decision.losesDownload === undefined ? act : { ...act, losesDownload: decision.losesDownload };
}

/** What the job must know of its plan's days: it may need another moment without being resolved again (targets D6). */
function daysOf(
  { spec }: StandingPlan,
  { clock, blackouts }: StandingDevice,
  {
    deadline,
    moment,
    urgent,
  }: { readonly deadline: LocalDateTime; readonly moment: LocalDateTime; readonly urgent: boolean },
): Partial<JobSeed> {
  const { noticeHours, skipWeekdays } = spec.standing;
  return {
    noticeMs: noticeOf(noticeHours, clock, urgent),
    ...(skipWeekdays.length === 0 || urgent ? {} : { skipWeekdays }),
    ...(blackouts.length === 0 ? {} : { blackouts }),
    ...(moment === deadline ? {} : { deadline, deadlineAt: lastShown(deadline, clock), moment }),
  };
}

const isToldOtherwise = ({ window, detailsUrl }: LiveJob, { spec }: StandingPlan): boolean =>
  window?.from !== spec.window?.from || window?.to !== spec.window?.to || detailsUrl !== spec.detailsUrl;

function progressOf(outcome: Outcome): Progress {
  if (outcome.kind === "job") return { kind: "waits", reason: "begun" };
  if (outcome.kind === "compliant") return { kind: "waits", reason: outcome.reason };
  return { kind: outcome.kind, reason: outcome.reason };
}
