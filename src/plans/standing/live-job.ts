/** What becomes of the live job of a device when its plan would give it something else (targets D7, D8, G5). */
import { compareNamed, isSameNamed, type Named } from "../../catalog/index.ts";
import { firstShown } from "../deadlines/clock.ts";
import type { Job, JobTarget, LiveJob } from "../jobs/job.ts";
import { isStopping, isWithheld } from "../jobs/state.ts";
import { momentOf } from "../jobs/terms.ts";
import { DAY, HOUR } from "../jobs/units.ts";
import type { LiveOf, StandingDevice } from "./plan.ts";

/** `move`: another job takes its place. `withdraw`: nothing does. */
export type Fate = "keep" | "move" | "withdraw";

/** So long before its moment a job keeps its release: its user was told. */
const BINDING = 48 * HOUR;
/** A device moves to a newer release at most so often. */
const MOVES_AFTER = 7 * DAY;

/** The install was ordered, or is reported. */
export const hasBegun = ({ state }: Pick<Job, "state">): boolean => state === "installing" || state === "too-late";

/** It has not begun and is not on its way back: it can end at once. */
export const isFree = (job: Pick<Job, "state">): boolean => !hasBegun(job) && !isStopping(job.state);

export interface Instead {
  /** Of the plan that governs the device now; undefined: none does, or it has nothing for the device. */
  readonly planId: string | undefined;
  /** The release that this plan would give it. */
  readonly release: Named | undefined;
  /** That release is urgent for it. */
  readonly urgent: boolean;
  /** The release of the live job is not for it any more: blocked, aborted, or gone from Apple's list (targets C5). */
  readonly isGone: boolean;
  /** The plan still means it for the device. */
  readonly isMeant: boolean;
  /** The device's deadline is another than the job's. */
  readonly deadlineMoved: boolean;
  /** The plan has another window or another page for users than the job. */
  readonly toldOtherwise: boolean;
}

/** Of a job of a standing plan. */
export function fateOfLive(live: LiveOf, device: StandingDevice, instead: Instead, now: number): Fate {
  const { job } = live;
  // What is being withdrawn ends first, and what has begun is followed to its end.
  if (!isFree(job)) return "keep";
  const { release } = instead;
  if (instead.planId !== live.planId) return release === undefined ? "withdraw" : "move";
  // It rests, and continues by what its own plan says then.
  if (isWithheld(job.state)) return "keep";
  const isOver = instead.isGone || !instead.isMeant;
  if (release === undefined) return isOver ? "withdraw" : "keep";
  const own = namedIn(job.target);
  if (isSameNamed(own, release)) return instead.deadlineMoved || instead.toldOtherwise ? "move" : "keep";
  if (isOver || compareNamed(release, own) < 0) return "move";
  // Its users are told another time in any case: what they were told before binds nothing.
  if (instead.urgent || instead.deadlineMoved) return "move";
  return isBound(job, device, now) || movedLately(job, device, now) ? "keep" : "move";
}

/** Its moment is near. One that has passed without an install binds nothing. */
function isBound(job: LiveJob, { clock }: StandingDevice, now: number): boolean {
  const local = momentOf(job);
  if (local === undefined) return false;
  const at = firstShown(local, clock);
  return at > now && at < now + BINDING;
}

/** The job came in place of another: an older release was given to the device and not reached. */
function movedLately(job: LiveJob, { given }: StandingDevice, now: number): boolean {
  const moved = given.some((one) => compareNamed(one, namedIn(job.target)) < 0 && compareNamed(one, job.from) > 0);
  return moved && now < job.createdAt + MOVES_AFTER;
}

export const namedIn = ({ version, supplemental }: JobTarget): Named => ({
  version,
  ...(supplemental === undefined ? {} : { extra: supplemental.extra }),
});
