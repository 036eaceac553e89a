/** The pace of a job: how long it waits for what, and the small moves that every state makes. */
import type { Event } from "./event.ts";
import type { Job, NextAction, Purpose } from "./job.ts";
import type { Effect } from "./effect.ts";
import { DAY, HOUR, MINUTE } from "./units.ts";

/** What is done when an event has led a job into a state; `then` names an event that follows at once. */
export interface Arrival {
  readonly job: Job;
  readonly effects: readonly Effect[];
  readonly then?: Event;
}

/** How long silence may last before the next push: silence is never answered with the same command. */
export const PUSH_DELAYS: readonly number[] = [15 * MINUTE, HOUR, 4 * HOUR, DAY];
/** How long between two looks at a download or an install under way. */
export const LOOK_DELAYS: readonly number[] = [15 * MINUTE, 15 * MINUTE, 30 * MINUTE, 30 * MINUTE, HOUR];
/** How long a download order is given to show before it is given again; by how many have been given. */
export const ORDER_AGAIN: readonly number[] = [15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR];

/** Orders a command; until it is answered the device is pushed on the schedule of silence. */
export function send(job: Job, purpose: Purpose, reason: string, now: number): Arrival {
  const told = say(job, reason, reason === job.reason ? job.params : {}, now);
  const at = now + (PUSH_DELAYS[0] ?? HOUR);
  return { job: next(told, "push-again", at), effects: [{ kind: "send", purpose, once: false }] };
}

/** Looks again later, at growing distances. */
export function look(job: Job, reason: string, params: Job["params"], now: number): Arrival {
  const delay = LOOK_DELAYS[Math.min(job.tries.looks, LOOK_DELAYS.length - 1)] ?? HOUR;
  const told = say({ ...job, tries: { ...job.tries, looks: job.tries.looks + 1 } }, reason, params, now);
  return { job: next(told, "look-again", now + delay), effects: [] };
}

/** The command stays in the queue and the device polls again without a push; one follows if it does not. */
export function waits(job: Job, reason: string, now: number): Arrival {
  return { job: next(say(job, reason, {}, now), "push-again", now + (PUSH_DELAYS[0] ?? HOUR)), effects: [] };
}

export function unheard(job: Job, now: number): Arrival {
  return unheardAs(job, "silent", now);
}

/** Nothing was heard by the time named: push again, less and less often; ask when nothing is outstanding. */
export function unheardAs(job: Job, reason: string, now: number): Arrival {
  const count = job.tries.unheard + 1;
  const delay = PUSH_DELAYS[Math.min(count, PUSH_DELAYS.length - 1)] ?? DAY;
  const params = { ...job.params, sinceAt: job.heardAt ?? job.createdAt };
  const told = say({ ...job, tries: { ...job.tries, unheard: count } }, reason, params, now);
  const effects: Effect[] =
    Object.keys(job.out).length > 0 ? [{ kind: "push" }] : [{ kind: "send", purpose: "ask", once: false }];
  return { job: next(told, "push-again", now + delay), effects };
}

/** A new reason begins now; the same one continues since it began. */
export function say(job: Job, reason: string, params: Job["params"], now: number): Job {
  return { ...job, reason, params, since: reason === job.reason ? job.since : now };
}

export function next(job: Job, action: NextAction, at: number): Job {
  return { ...job, next: { action, at } };
}

export function percent(job: Job): Job["params"] {
  return job.progress === undefined ? {} : { percent: Math.round(job.progress * 100) };
}
