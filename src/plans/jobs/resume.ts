/**
 * A paused job continues, from what is true then: it asks its device again, or declares again. A deadline that is nearer than the
 * notice that users get moves by whole days, so that it keeps its time of day; one that is further ahead stays, and with it a
 * declaration that the device has never let go of.
 */
import { Temporal } from "temporal-polyfill";
import { blackoutOn, coveredBy } from "../deadlines/days.ts";
import type { MoveCause } from "../deadlines/given.ts";
import { dateOf } from "../deadlines/local.ts";
import { type Enforcement, enforcementFor } from "./by-declaration/enforcement.ts";
import { type Deadline, deadlineIn } from "../decisions/deadline.ts";
import type { Declared, DeclaredJob, Job, LiveJob } from "./job.ts";
import { lifeOf } from "./new-job.ts";
import { type Arrival, drop } from "./pace.ts";
import { isPause, isStopping, type PauseCause } from "./state.ts";
import { rulesOf } from "./terms.ts";
import { DAY, HOUR } from "./units.ts";
import { FURTHEST_AHEAD, instantIn } from "./window.ts";

/** What users are given between the resumption and the moment at which their device installs. */
export const NOTICE = DAY;
/** The same where the plan names no deadline, and so promises none. */
const LEAD = HOUR;

/** Which cause of a later deadline the end of a pause is (targets D5). */
const MOVED_BY = {
  "plan-paused": "plan-resumed",
  halted: "plan-resumed",
  excluded: "device-excluded",
  "rollout-paused": "rollout-resumed",
} as const satisfies Record<PauseCause, MoveCause>;

/** Days that are tried: blackouts and skipped weekdays may cover most of them, and a window may keep the moment on the day before. */
const MOST_DAYS = 130;

export function resumed(job: LiveJob, now: number): Arrival {
  const due = deadlineIfResumed(job, now);
  const moved = due === undefined ? {} : { deadline: due.local, deadlineAt: due.at };
  const cause = isPause(job.stop?.cause) ? MOVED_BY[job.stop.cause] : undefined;
  const timed = isLeft(job, momentOf(job), now + noticeOf(job)) ? job : drop(job, "moment");
  const { stop: _stop, ...rest } = drop(timed, "block", "awaitsToken", "asked", "recalled");
  const begun = {
    ...rest,
    ...moved,
    // What has moved it before stays known until the device's deadline has followed.
    ...(cause === undefined || (due === undefined && job.again?.moved === true)
      ? {}
      : { again: { at: now, cause, moved: due !== undefined } }),
    state: "asking",
    since: now,
    tries: { ...job.tries, unheard: 0, looks: 0 },
  } as const;
  const living = { ...begun, expiresAt: Math.max(job.expiresAt, lifeOf(now, due?.at ?? job.deadlineAt)) };
  const again: LiveJob =
    living.mechanism === "command" || job.mechanism === "command"
      ? living
      : { ...living, declared: declaredAgain(job, { ...timed, ...moved }, now) };
  return { job: again, effects: [], then: { kind: "begun" } };
}

/** The deadline from which a job would be resumed now, where that is another than it has. */
export function deadlineIfResumed(job: Job, now: number): Deadline | undefined {
  if (job.deadline === undefined || isLeft(job, noticedBy(job), now + noticeOf(job))) return undefined;
  const base = drop(job, "moment");
  const late = Math.max(0, Math.floor((now - (job.deadlineAt ?? now)) / DAY));
  let due: Deadline | undefined;
  for (let days = late; days <= late + MOST_DAYS; days += 1) {
    const wall = Temporal.PlainDateTime.from(job.deadline).add({ days }).toString({ smallestUnit: "minute" });
    const one = deadlineIn(wall, job.zone);
    if (coveredBy(dateOf(one.local), rulesOf(job)) !== undefined) continue;
    due = one;
    const local =
      job.mechanism === "declaration" && job.noticeMs === undefined
        ? enforcementFor({ ...base, deadline: due.local }, now).local
        : due.local;
    if (isAhead(job, local, now + noticeOf(job))) break;
  }
  return due;
}

/** The local time at which the device is to install, or by which it must have. */
function momentOf(job: Job): string {
  const enforcement = job.mechanism === "declaration" ? job.declared.enforcement : undefined;
  return enforcement?.local ?? job.moment ?? job.deadline ?? "";
}

/** By what a deadline that moves is judged: a plan that promises a notice gives the device a new moment with it (targets D6, H1). */
const noticedBy = (job: Job): string => (job.noticeMs === undefined ? momentOf(job) : (job.deadline ?? ""));

const noticeOf = ({ noticeMs }: Job): number => noticeMs ?? NOTICE;

/** The moment leaves the notice, and no blackout covers it. */
const isLeft = (job: Job, local: string, at: number): boolean =>
  local !== "" && isAhead(job, local, at) && blackoutOn(dateOf(local), job.blackouts ?? []) === undefined;

/** No clock that the device may have shows `local` before `at`. */
function isAhead({ zone, zoneKnown, zoneNamed, window }: Job, local: string, at: number): boolean {
  const judged = zoneKnown || (zoneNamed === true && window === undefined);
  return instantIn(local, judged ? zone : FURTHEST_AHEAD) >= at;
}

/** What it declares from now on. What the device made of the declaration counts where it has never let go of the same one. */
function declaredAgain({ declared }: DeclaredJob, job: Job, now: number): Declared {
  const { enforcement, otherwise, unreported, ...had } = declared;
  const wanted: Enforcement | undefined = enforcement === undefined ? undefined : momentAfter(job, enforcement, now);
  const frozen = {
    ...(wanted === undefined ? {} : { enforcement: wanted }),
    ...(otherwise === undefined ? {} : { otherwise }),
    ...(unreported === undefined ? {} : { unreported }),
  };
  const kept = wanted === enforcement && job.end === undefined && isWithDevice(job);
  return kept ? { ...drop(had, "toldAt"), ...frozen } : frozen;
}

/** The device has the declaration still: it has not fetched a list without it. */
const isWithDevice = ({ state, stop }: LiveJob): boolean => isStopping(state) && stop?.droppedAt === undefined;

function momentAfter(job: Job, enforcement: Enforcement, now: number): Enforcement {
  const notice = job.deadline === undefined ? LEAD : noticeOf(job);
  return isLeft(job, enforcement.local, now + notice) ? enforcement : enforcementFor(job, now);
}
