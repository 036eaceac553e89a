/**
 * One step of a job: an input, the job as it was and the time give the job as it is and the effects to carry out. Pure:
 * the same code runs in the server, in tests and in a rehearsal. Where an event leads is said by the mechanism's table.ts, what
 * is done on arrival by its arrive.ts, which command is out by books.ts; this file joins them.
 */
import { withoutFormer } from "../decisions/replace.ts";
import { finished } from "./finish.ts";
import { authorised, fold, hear, isPresent, keepBooks, keptBack, offered } from "./books.ts";
import { arrive } from "./by-command/arrive.ts";
import { arriveDeclared } from "./by-declaration/arrive.ts";
import type { Effect } from "./effect.ts";
import type { Event } from "./event.ts";
import { eventsOf, type Input } from "./input.ts";
import type { Job } from "./job.ts";
import { move } from "./move.ts";
import { nextState } from "./next-state.ts";
import type { Arrival } from "./pace.ts";
import { resumed } from "./resume.ts";
import { recalled, retime, toldAgain } from "./retime.ts";
import { isFinal, shownState, type ShownState, type State } from "./state.ts";

/** One entry of the job's story, for the timeline. */
export interface Trace {
  readonly event: Event;
  readonly from: ShownState;
  readonly to: ShownState;
  readonly reason: string;
  /** What the sentence of the reason is filled with. */
  readonly params: Job["params"];
  /** True when the event has no place in that state: kept, nothing changed. */
  readonly ignored: boolean;
}

export interface Step {
  readonly job: Job;
  readonly effects: readonly Effect[];
  readonly traces: readonly Trace[];
}

/** Chains of internal events are short; more than this is a fault of the table. */
const MAX_CHAIN = 8;

export function step(job: Job, input: Input, now: number): Step {
  if (input.kind === "authorised") return { job: authorised(job, input.bootstrapToken), effects: [], traces: [] };
  if (input.kind === "kept-back") return { job: keptBack(job), effects: [], traces: [] };
  if (input.kind === "offered") return { job: offered(job, input.purpose, now), effects: [], traces: [] };
  if (input.kind === "contact" || input.kind === "blackouts") {
    const { job: retimed, events } = retime(job, input, now);
    return follow(retimed, events, input.kind === "contact", now);
  }
  const heard = withoutFormer(hear(job, input, now), now);
  return follow(heard, eventsOf(heard, input, now), isPresent(input), now);
}

/** Where the events lead the job, and what they ask for. `present`: its device is in a session. */
function follow(job: Job, told: readonly Event[], present: boolean, now: number): Step {
  let current = job;
  const effects: Effect[] = [];
  const traces: Trace[] = [];
  const events = [...told];
  let event: Event | undefined = events.shift();
  for (let hop = 0; event !== undefined; hop += 1) {
    if (hop === MAX_CHAIN) throw new Error(`job ${job.id}: events chain without end at ${event.kind}`);
    const to = nextState(current, event);
    const from = shownState(current);
    if (to === undefined) {
      traces.push({ event, from, to: from, reason: current.reason, params: current.params, ignored: true });
      event = events.shift();
      continue;
    }
    const arrival: Arrival = arrivalOf(current, event, to, now);
    const sent = keepBooks(current, arrival, present, now);
    effects.push(...sent.effects);
    traces.push({
      event,
      from,
      to: shownState(sent.job),
      reason: sent.job.reason,
      params: sent.job.params,
      ignored: false,
    });
    current = sent.job;
    // What is left to say of a job that has ended is not told to it.
    event = arrival.then ?? (isFinal(current.state) ? undefined : events.shift());
  }
  return { job: current, effects: fold(effects), traces };
}

function arrivalOf(job: Job, event: Event, to: State, now: number): Arrival {
  if (isFinal(to)) return finished(job, event, to, now);
  if (job.end !== undefined) throw new Error(`job ${job.id}: ${event.kind} leads it from its end to ${to}`);
  if (event.kind === "moved") return move(job, event, now);
  if (event.kind === "resumed") return resumed(job, now);
  if (event.kind === "recall") return recalled(job, event.why, now);
  if (event.kind === "retold") return toldAgain(job, now);
  return job.mechanism === "declaration" ? arriveDeclared(job, event, to, now) : arrive(job, event, to, now);
}
