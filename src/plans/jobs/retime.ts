/** The terms of a job that is under way change: its device is told again, or its moment is taken back. */
import type { Recall } from "../deadlines/moment.ts";
import type { Effect } from "./effect.ts";
import type { Event } from "./event.ts";
import type { Input } from "./input.ts";
import type { Job, LiveJob } from "./job.ts";
import { newMoment } from "./moment.ts";
import { lifeOf } from "./new-job.ts";
import { type Arrival, drop, next, PUSH_DELAYS } from "./pace.ts";
import { isWithheld } from "./state.ts";
import { HOUR } from "./units.ts";
import { inLine, knows } from "./with-blackouts.ts";

export interface Retimed {
  readonly job: Job;
  readonly events: readonly Event[];
}

/** What a contact, or a change of the blackouts, makes of the job. */
export function retime(job: Job, input: Extract<Input, { kind: "contact" | "blackouts" }>, now: number): Retimed {
  if (job.end !== undefined) return { job, events: [] };
  if (input.kind === "contact") {
    const found = newMoment(job, Math.max(input.heardAt ?? 0, job.heardAt ?? job.createdAt), now);
    return found === undefined ? { job, events: [] } : { job: found.job, events: told(found.job) };
  }
  if (knows(job, input.covering)) return { job, events: [] };
  const { job: inLineNow, deadline: other, moment } = inLine(job, input.covering, now);
  const again = other === undefined ? {} : { again: { at: now, cause: "blackout-added", moved: true } as const };
  const moved: LiveJob = { ...inLineNow, ...again };
  if (!isWithheld(job.state)) return { job: moved, events: moment === undefined ? [] : told(moved) };
  // Its declaration is in no list: what that says is worked out when the job is resumed.
  const { deadline, deadlineAt, blackouts } = moved;
  const dated = {
    ...(deadline === undefined ? {} : { deadline }),
    ...(deadlineAt === undefined ? {} : { deadlineAt }),
    ...(blackouts === undefined ? {} : { blackouts }),
    ...again,
  };
  return { job: { ...drop(job, "blackouts"), ...dated }, events: [] };
}

/** By declaration the device fetches another; by command what waits for the moment waits for the new one. */
function told({ mechanism, state }: LiveJob): readonly Event[] {
  if (mechanism === "declaration") return [{ kind: "retold" }];
  return state === "ready" || state === "installing" ? [{ kind: "windowClosed" }] : [];
}

/** Begins again with the declaration that the job has now: the device has none of it. */
export function toldAgain(job: LiveJob, now: number): Arrival {
  const rest = drop(job, "block", "awaitsToken", "asked", "recalled");
  const begun = { ...rest, state: "asking", since: now, tries: { ...job.tries, unheard: 0, looks: 0 } } as const;
  const lives = { expiresAt: Math.max(job.expiresAt, lifeOf(now, job.deadlineAt)) };
  if (begun.mechanism === "command") return { job: { ...begun, ...lives }, effects: [], then: { kind: "begun" } };
  const { enforcement, otherwise, unreported } = begun.declared;
  const declared = {
    ...(enforcement === undefined ? {} : { enforcement }),
    ...(otherwise === undefined ? {} : { otherwise }),
    ...(unreported === undefined ? {} : { unreported }),
  };
  return { job: { ...begun, ...lives, declared }, effects: [], then: { kind: "begun" } };
}

const WITHDRAW: readonly Effect[] = [{ kind: "withdraw", purpose: "install" }];

/** Nothing that makes the device install stays on its way. Its state stays: what is known of the device has not changed. */
export function recalled(job: LiveJob, why: Recall, now: number): Arrival {
  const back = { ...job, recalled: why };
  const due = job.next.at > now ? back : next(back, "push-again", now + (PUSH_DELAYS[0] ?? HOUR));
  return { job: due, effects: WITHDRAW };
}
