/** What is done when a job by command is stopped: what is still in the queue is withdrawn, what has left is watched. */
import { type Effect, SYNC } from "../effect.ts";
import type { Event } from "../event.ts";
import type { CommandedJob, Purpose } from "../job.ts";
import {
  type Arrival,
  drop,
  look,
  next,
  PUSH_DELAYS,
  question,
  say,
  send,
  stopBy,
  stopOf,
  unheardAs,
} from "../pace.ts";
import { isStopping, type LiveState } from "../state.ts";
import { HOUR } from "../units.ts";

/** Looks at what was stopped and may install, a day's worth, before its end can't be confirmed. */
const MOST_LOOKS_AT_STOPPED = 24;

/** Where a stop leads; one that is under way continues. */
export function stopLeadsTo(job: CommandedJob): LiveState {
  if (isStopping(job.state)) return job.state;
  return job.orders.installs > 0 ? "too-late" : "taking-back";
}

export function stopping(job: CommandedJob, event: Event, from: LiveState, now: number): Arrival {
  switch (event.kind) {
    case "withdrawn": {
      const queued: Effect[] = (Object.keys(job.out) as Purpose[])
        .filter((purpose) => purpose !== "install" || job.out.install?.offeredAt === null)
        .map((purpose) => ({ kind: "withdraw", purpose }));
      const { cause } = event;
      const begun = (reason: string): CommandedJob =>
        say(
          { ...job, stop: stopBy(event, job.stop) },
          isStopping(from) ? job.reason : reason,
          { ...job.params, cause },
          now,
        );
      if (job.orders.installs === 0 && event.held === true) {
        // Nothing of this job has left, but the device may still act on the declaration of a plan before it.
        const open = begun("withdrawal-unconfirmed");
        return { job: next(open, "push-again", now + (PUSH_DELAYS[0] ?? HOUR)), effects: [...queued, ...SYNC] };
      }
      const told = begun("cannot-be-recalled");
      if (job.orders.installs === 0) return { job: told, effects: queued, then: { kind: "recalled" } };
      const watched = next(told, "push-again", now + (PUSH_DELAYS[0] ?? HOUR));
      return { job: watched, effects: [...queued, { kind: "send", purpose: "ask", once: false }] };
    }
    case "dropped":
      // What has left as an order continues to be watched.
      if (job.state === "taking-back") return { job, effects: [], then: { kind: "recalled" } };
      return { job: { ...job, stop: { ...stopOf(job), droppedAt: now } }, effects: [] };
    case "below":
      if (job.state === "taking-back") return { job, effects: [] };
      return question(job, "status", job.reason, now);
    case "notNow":
      // The order was refused, and so is back: it must not leave again.
      if (event.purpose === "install") {
        const back: Effect[] = [{ kind: "withdraw", purpose: "install" }];
        if (job.orders.installs === 0) return { job, effects: back, then: { kind: "recalled" } };
        const asked = question(job, "ask", job.reason, now);
        return { ...asked, effects: [...back, ...asked.effects] };
      }
      // It is in the queue still, and the device comes back unasked.
      return { job: next(job, "push-again", now + (PUSH_DELAYS[0] ?? HOUR)), effects: [] };
    case "unclear":
      // A question is answered at once: what can't be read is asked about again later.
      return job.asked === undefined
        ? question(job, "ask", job.reason, now)
        : watch(drop(job, "asked"), job.reason, now);
    case "installing":
    case "progress":
    case "accepted":
      return watch(job, "cannot-be-recalled", now);
    case "unheard":
      if (job.next.action === "look-again") return send(job, "ask", job.reason, now);
      if (job.state === "taking-back") {
        const silent = unheardAs(job, job.reason, now);
        return { ...silent, effects: SYNC };
      }
      return unheardAs(job, "cannot-be-recalled", now);
    default:
      return send(job, "ask", job.reason, now);
  }
}

function watch(job: CommandedJob, reason: string, now: number): Arrival {
  if (job.tries.looks > MOST_LOOKS_AT_STOPPED) return { job, effects: [], then: { kind: "cannotConfirm" } };
  return look(job, reason, job.params, now);
}
