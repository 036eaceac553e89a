/** The pace of a job: how long it waits for what, and the small moves that every state makes. */
import type { Event } from "./event.ts";
import type { Job, LiveJob, NextAction, Purpose, Said, Stop } from "./job.ts";
import type { Effect } from "./effect.ts";
import { isWithheld, type LiveState } from "./state.ts";
import { DAY, HOUR, MINUTE } from "./units.ts";

/** What is done when an event has led a job into a state; `then` names an event that follows at once. */
export interface Arrival {
  readonly job: Job;
  readonly effects: readonly Effect[];
  readonly then?: Event;
}

/** The same where the job is still under way. */
export interface LiveArrival extends Arrival {
  readonly job: LiveJob;
}

/** How long silence may last before the next push: silence is never answered with the same command. */
export const PUSH_DELAYS: readonly number[] = [15 * MINUTE, HOUR, 4 * HOUR, DAY];
/** How long between two looks at a download or an install that is under way. */
export const LOOK_DELAYS: readonly number[] = [15 * MINUTE, 15 * MINUTE, 30 * MINUTE, 30 * MINUTE, HOUR];
/** How long a download order is given to show before it is given again; by how many have been given. */
export const ORDER_AGAIN: readonly number[] = [15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR];

/** Orders a command; until it is answered the device is pushed on the schedule of silence. */
export function send(job: LiveJob, purpose: Purpose, reason: string, now: number): LiveArrival {
  const told = say(job, reason, reason === job.reason ? job.params : {}, now);
  const at = now + (PUSH_DELAYS[0] ?? HOUR);
  return { job: next(told, "push-again", at), effects: [{ kind: "send", purpose, once: false }] };
}

/** Looks again later, at growing distances. */
export function look(job: LiveJob, reason: string, params: Said["params"], now: number): LiveArrival {
  const delay = LOOK_DELAYS[Math.min(job.tries.looks, LOOK_DELAYS.length - 1)] ?? HOUR;
  const told = say({ ...job, tries: { ...job.tries, looks: job.tries.looks + 1 } }, reason, params, now);
  return { job: next(told, "look-again", now + delay), effects: [] };
}

/** The command stays in the queue and the device comes back unasked; a push follows if it does not. */
export function waits(job: LiveJob, reason: string, now: number): LiveArrival {
  return { job: next(say(job, reason, {}, now), "push-again", now + (PUSH_DELAYS[0] ?? HOUR)), effects: [] };
}

export function unheard(job: LiveJob, now: number): LiveArrival {
  return unheardAs(job, "silent", now);
}

/** Nothing was heard by the time named: push again, less and less often; ask when nothing is outstanding. */
export function unheardAs(job: LiveJob, reason: string, now: number): LiveArrival {
  const count = job.tries.unheard + 1;
  const delay = PUSH_DELAYS[Math.min(count, PUSH_DELAYS.length - 1)] ?? DAY;
  const params = { ...job.params, sinceAt: job.heardAt ?? job.createdAt };
  const told = say({ ...job, tries: { ...job.tries, unheard: count } }, reason, params, now);
  const effects: Effect[] =
    Object.keys(job.out).length > 0 ? [{ kind: "push" }] : [{ kind: "send", purpose: "ask", once: false }];
  return { job: next(told, "push-again", now + delay), effects };
}

/** A new reason begins now; the same one continues since it began. */
export function say<J extends LiveJob>(job: J, reason: string, params: Said["params"], now: number): J {
  if (reason === job.reason) return { ...job, params };
  return { ...drop(job, "asked"), reason, params, since: now };
}

/** Asks how far the update is. */
export const askProgress = (job: LiveJob, now: number): LiveArrival => question(job, "status", "asking-progress", now);

/** Asks, and remembers it: an answer that can't be read is not asked about again at once. */
export function question(job: LiveJob, purpose: "ask" | "status", reason: string, now: number): LiveArrival {
  const sent = send(job, purpose, reason, now);
  return { ...sent, job: { ...sent.job, asked: purpose === "status" ? "progress" : "version" } };
}

/**
 * The job as it comes into `state`: what belonged to the one before is over. The states of a stop or a pause follow each other as one:
 * what has been counted stays.
 */
export function enter<J extends LiveJob>(job: J, state: LiveState, now: number): J {
  if (state === job.state) return job;
  if (isWithheld(state) && isWithheld(job.state)) return { ...job, state };
  return { ...drop(job, "block", "awaitsToken", "stop"), state, since: now, tries: { ...job.tries, looks: 0 } };
}

/** The same job without fields that it may do without. */
export function drop<J extends object>(job: J, ...names: readonly (keyof J & string)[]): J {
  // Hardly a job has any of them.
  if (!names.some((name) => name in job)) return job;
  const left: Partial<J> = {};
  for (const name in job) if (!(names as readonly string[]).includes(name)) left[name] = job[name];
  return left as J;
}

export function next<J extends LiveJob>(job: J, action: NextAction, at: number): J {
  return { ...job, next: { action, at } };
}

export function percent({ known: { progress } }: Job): Said["params"] {
  return progress === undefined ? {} : { percent: Math.round(progress * 100) };
}

/** The stop or the pause of a job that had `before` and is taken back. */
export function stopBy({ cause, until }: Extract<Event, { kind: "withdrawn" }>, before?: Stop): Stop {
  const { until: _former, ...rest } = before ?? {};
  return { ...rest, cause, ...(until === undefined ? {} : { until }) };
}

/** The stop of a job that has one. */
export const stopOf = ({ stop }: LiveJob): Stop => stop ?? { cause: "plan-stopped" };
