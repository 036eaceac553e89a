/**
 * A job's moment over time (targets D6): it is taken back where the device could not have been told of it, and the next contact gives
 * a new one with the notice. Only for jobs whose plan promises a notice. The deadline stays as it is.
 */
import { type Clock, firstShown } from "../deadlines/clock.ts";
import { later, type LocalDateTime, minutesBefore } from "../deadlines/local.ts";
import { momentFor, type Recall, recallOf } from "../deadlines/moment.ts";
import { clockOf } from "./clock-of.ts";
import { enforcementFor } from "./by-declaration/enforcement.ts";
import { declaredOf, type Job, type LiveJob } from "./job.ts";
import { isJudged } from "./last-clock.ts";
import { isWithheld } from "./state.ts";
import { momentOf, rulesOf } from "./terms.ts";
import { DAY, MINUTE } from "./units.ts";
import { FURTHEST_BEHIND } from "./window.ts";

/** By command there is nothing to take before the moment: a device that is here then takes its order in the hour after it. */
const GRACE_MINUTES = 60;
const SILENT = 3 * DAY;
/** From a contact to the fetch of what it has brought: a moment that would just leave the notice would not leave it any more then. */
const SYNC = 15 * MINUTE;

/** What decides about a moment; undefined: nothing of the job can be taken back. */
interface Subject {
  readonly job: LiveJob;
  readonly moment: LocalDateTime;
  readonly deadline: LocalDateTime;
  readonly clock: Clock;
  readonly notice: number;
}

function subjectOf(job: Job): Subject | undefined {
  const { noticeMs: notice, deadline } = job;
  if (notice === undefined || deadline === undefined || job.end !== undefined || job.goal !== "installed")
    return undefined;
  if (isWithheld(job.state) || hasBegun(job)) return undefined;
  const moment = momentOf(job);
  return moment === undefined ? undefined : { job, moment, deadline, clock: clockOf(job), notice };
}

/** The install was ordered, or is reported as under way. */
const hasBegun = ({ orders, mechanism, state }: Job): boolean =>
  orders.installs > 0 || (mechanism === "declaration" && state === "installing");

/** When the device fetched its declaration; by command nothing is fetched before the order. */
function fetchedAtOf(job: Job): number | undefined {
  const { fetchedAt, takenAt } = declaredOf(job);
  return fetchedAt ?? takenAt;
}

/** Until when what was sent may be taken, by local time. */
const until = ({ job, moment, deadline }: Subject): LocalDateTime =>
  job.mechanism === "command" ? later(deadline, minutesBefore(moment, -GRACE_MINUTES)) : deadline;

/** An order leaves when the last of the clocks that the device may have has come to the moment. */
const clockOfRecall = ({ job, clock }: Subject): Clock =>
  job.mechanism === "command" && !isJudged(job) ? { kind: "known", zone: FURTHEST_BEHIND } : clock;

/** Why the job's moment is taken back now. `heardAt`: when the device was last heard (ms UTC). */
export function recallNow(job: Job, heardAt: number, now: number): Recall | undefined {
  const subject = job.recalled === undefined ? subjectOf(job) : undefined;
  if (subject === undefined) return undefined;
  const { moment } = subject;
  const { mechanism } = job;
  const clock = clockOfRecall(subject);
  // A device that was heard after the moment has its order, or something else is in its way.
  if (mechanism === "command" && heardAt >= firstShown(moment, clock)) return undefined;
  const fetchedAt = fetchedAtOf(job);
  const told = { moment, mechanism, heardAt, begun: false, ...(fetchedAt === undefined ? {} : { fetchedAt }) };
  return recallOf(told, until(subject), clock, now);
}

/** When the moment may have to be taken back (ms UTC); undefined: it can't be, as far as the job knows. */
export function recallDueAt(job: Job): number | undefined {
  const subject = job.recalled === undefined ? subjectOf(job) : undefined;
  if (subject === undefined) return undefined;
  const { moment } = subject;
  const clock = clockOfRecall(subject);
  const heard = (job.heardAt ?? job.createdAt) >= firstShown(moment, clock);
  if (job.mechanism === "command") return heard ? undefined : firstShown(until(subject), clock);
  if (fetchedAtOf(job) === undefined) return firstShown(moment, clock);
  return heard ? undefined : firstShown(moment, clock) + SILENT;
}

/** The device has not been told of its moment before: it is heard for the first time, or has not fetched its declaration. */
const isFirstTold = (job: Job): boolean =>
  job.mechanism === "declaration" ? fetchedAtOf(job) === undefined : (job.heardAt ?? 0) <= job.createdAt;

/** Why a device that is heard gets a new moment. */
export type WhyNewMoment = Recall | "late";

/** The device is heard: the job with its new moment, and why; undefined: it keeps the one that it has. */
export function newMoment(
  job: Job,
  heardAt: number,
  now: number,
): { readonly job: LiveJob; readonly why: WhyNewMoment } | undefined {
  const subject = subjectOf(job);
  if (subject === undefined) return undefined;
  const { deadline, moment, clock, notice } = subject;
  const late = isFirstTold(job) && firstShown(moment, clock) < now + notice ? "late" : undefined;
  const why = job.recalled ?? recallNow(job, heardAt, now) ?? late;
  if (why === undefined) return undefined;
  const { window } = job;
  const leaves = notice + (job.mechanism === "declaration" ? SYNC : 0);
  const terms = { deadline, clock, rules: rulesOf(job), notice: leaves, ...(window === undefined ? {} : { window }) };
  const found = momentFor(terms, now);
  if (found.kind === "no-day-left") return undefined;
  const { recalled: _recalled, ...rest } = subject.job;
  return { job: withMoment(rest as LiveJob, found.local, now), why };
}

/** The job with another moment; what its declaration says follows. */
export function withMoment(job: LiveJob, moment: LocalDateTime, now: number): LiveJob {
  const moved = { ...job, moment };
  if (moved.mechanism === "command") return moved;
  return { ...moved, declared: { ...moved.declared, enforcement: enforcementFor(moved, now) } };
}
