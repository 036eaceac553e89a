/** What becomes of a device's job by its plan: it stays, ends, or another takes its place (targets D6 to D8, C5, G5). */
import { type Catalog, lookupIdsOf, type Named, stateOfNamed } from "../../catalog/index.ts";
import { lastShown, noticeOf } from "../deadlines/clock.ts";
import type { LocalDateTime } from "../deadlines/local.ts";
import type { Decision, Params } from "../decisions/decision.ts";
import type { Loss } from "../decisions/replace.ts";
import type { JobSeed, LiveJob } from "../jobs/job.ts";
import type { Decide } from "./alike.ts";
import { momentOf } from "./deadlines.ts";
import { fateOfLive, namedIn } from "./live-job.ts";
import { isLifted, lifted, type OpenRelease } from "./open.ts";
import { unknownTo } from "../jobs/with-blackouts.ts";
import { isStillMeant } from "./still-meant.ts";
import type { StandingDevice, StandingPlan } from "./plan.ts";

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

/** What a plan refuses a device for. */
export interface Refused {
  readonly kind: "refused";
  readonly reason: string;
  readonly params: Params;
}

const KEEP: Act = { kind: "keep" };

export interface Acting {
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

export function actOf(of: Acting): Act | { readonly refused: Refused } {
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
        urgent: chosen?.hurries === true,
        isGone: isGone(plan, device, { ...own, rolloutId: live.rolloutId }, catalog, now),
        isMeant: isStillMeant(own, device.planned, plan.spec, catalog, now),
        deadlineMoved: deadline !== undefined && live.job.deadline !== deadline,
        toldOtherwise: isToldOtherwise(live.job, plan, decision),
      },
      now,
    );
    if (fate !== "move") return { kind: fate };
    // A blackout moves the job first, and with it what was given: one that is made in its place would not be asked any more.
    if (live.job.blackoutsLifted !== true && unknownTo(live.job, device.blackouts).length > 0) return KEEP;
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

export const isListedNoMore = (device: StandingDevice, release: Named, catalog: Catalog, now: number): boolean =>
  device.planned.platform === null || GONE.has(listedAs(device, release, catalog, now));

/** For good: one that has expired may be offered again. */
export const isReplaced = (device: StandingDevice, release: Named, catalog: Catalog, now: number): boolean =>
  listedAs(device, release, catalog, now) === "replaced";

function listedAs({ planned }: StandingDevice, release: Named, catalog: Catalog, now: number): string | undefined {
  if (planned.platform === null) return undefined;
  const listed = { platform: planned.platform, lookupIds: lookupIdsOf({ ...planned, platform: planned.platform }) };
  return stateOfNamed(catalog, listed, release, now);
}

/** The job, with the moment that follows from its deadline. */
function made(
  { plan, device, open, decide, now }: Acting,
  release: OpenRelease,
  deadline: LocalDateTime,
): Act | { readonly refused: Refused } {
  const { rollout, run, hurries: urgent } = release;
  const moment = momentOf(plan, device, { deadline, urgent }, now);
  if (typeof moment !== "string")
    return { refused: { kind: "refused", reason: "no-day-left", params: { from: moment.from, to: moment.to } } };
  const spec = { ...plan.spec, deadline: moment, allowPastDeadline: true, replace: true };
  const decision = decide({ ...device.planned, open, busyWith: null }, spec, `${plan.id} ${moment}`);
  if (decision.kind !== "job") return KEEP;
  const days = daysOf(plan, device, { deadline, moment, urgent });
  const seed = { ...decision.job, ...days, ...(isLifted(release) ? { blackoutsLifted: true as const } : {}) };
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
    ...(moment === deadline ? { deadline } : { deadline, deadlineAt: lastShown(deadline, clock), moment }),
  };
}

/** By command it is told by a clock: that of the zone that the device has now. */
function isToldOtherwise(job: LiveJob, { spec }: StandingPlan, decision: Decision): boolean {
  const { window, detailsUrl } = job;
  if (window?.from !== spec.window?.from || window?.to !== spec.window?.to || detailsUrl !== spec.detailsUrl)
    return true;
  if (job.mechanism !== "command" || decision.kind !== "job") return false;
  return job.zone !== decision.job.zone || job.zoneKnown !== decision.job.zoneKnown;
}
