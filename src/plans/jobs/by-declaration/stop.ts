/** What is done when a job by declaration is stopped. */
import { AGAIN, tells, toldLately } from "./told.ts";
import { moment, unheardKeeping } from "./watch.ts";
import { SYNC } from "../effect.ts";
import type { Event } from "../event.ts";
import type { DeclaredJob, Stop } from "../job.ts";
import { type Arrival, LOOK_DELAYS, next, say, send, stopBy, stopOf } from "../pace.ts";
import { isStopping, type LiveState } from "../state.ts";
import { DAY, HOUR } from "../units.ts";

/** After a stop: from the device having fetched the list without the declaration to giving up on its own word. */
const LAST_WORD = DAY;

/**
 * Where a stop leads. Another plan's declaration takes its place in the same list; one that was never fetched is simply not
 * there, but that of a plan before it may be (`held`).
 */
export function declaredStopLeadsTo(job: DeclaredJob, event: Event): LiveState {
  if (isStopping(job.state)) return job.state;
  return job.state === "installing" && job.declared.takenAt !== undefined && !isSimplyGone(job, event)
    ? "too-late"
    : "taking-back";
}

const isSimplyGone = ({ declared: { takenAt } }: DeclaredJob, event: Event): boolean =>
  event.kind === "withdrawn" && (event.cause === "replaced" || (takenAt === undefined && event.held !== true));

/** The download that the device has reported and throws away; what a Mac keeps is unknown. */
function lossByStop({ platform, stop }: DeclaredJob, from: LiveState, cause: Stop["cause"]): Stop["loses"] {
  if (isStopping(from)) return stop?.loses;
  if (cause === "replaced" || (from !== "downloading" && from !== "ready")) return undefined;
  return platform === "iOS" ? "will" : "may";
}

/** Says how the stop stands. */
function tell(job: DeclaredJob, reason: string, now: number): DeclaredJob {
  const { cause, loses } = stopOf(job);
  return say(job, reason, { cause, ...moment(job), ...(loses === undefined ? {} : { loses }) }, now);
}

const again = (job: DeclaredJob, now: number): Arrival => ({
  job: next(tells(job, now), "push-again", now + AGAIN),
  effects: SYNC,
});

/** Stopped: the declaration is gone from the list; what the device has fetched it may still act on until it syncs. */
export function stopping(job: DeclaredJob, event: Event, from: LiveState, now: number): Arrival {
  switch (event.kind) {
    case "withdrawn": {
      const loses = lossByStop(job, from, event.cause);
      const stop: Stop = { ...stopBy(event, job.stop), ...(loses === undefined ? {} : { loses }) };
      if (isSimplyGone(job, event))
        return { job: tell({ ...job, stop }, "withdrawn", now), effects: [], then: { kind: "recalled" } };
      if (isStopping(from)) return again(tell({ ...job, stop }, job.reason, now), now);
      if (job.declared.takenAt === undefined) {
        const { cause } = event;
        return again(say({ ...job, stop: stopBy(event) }, "withdrawal-unconfirmed", { cause }, now), now);
      }
      const reason = job.state === "too-late" ? "declared-cannot-be-recalled" : "withdrawal-unconfirmed";
      return again(tell({ ...job, stop }, reason, now), now);
    }
    case "dropped": {
      const reason = job.state === "too-late" ? "declared-cannot-be-recalled" : "withdrawal-fetched";
      const stop: Stop = { ...stopOf(job), droppedAt: job.stop?.droppedAt ?? now };
      return { job: next(tell({ ...job, stop }, reason, now), "look-again", now + LAST_WORD), effects: [] };
    }
    case "notTaken":
      // The device's own word that it has no such declaration; once it installs that is no way back.
      if (job.state === "too-late") return watchStop(job, now);
      // Before it has fetched the list without the declaration, a report may be older than its fetching the declaration.
      if (job.state === "taking-back") return toldLately(job, now) ?? again(job, now);
      return { job: tell(job, "withdrawal-confirmed", now), effects: [], then: { kind: "recalled" } };
    case "installing":
      return watchStop(tell(job, "declared-cannot-be-recalled", now), now);
    case "below":
      if (job.state === "too-late" && job.tries.looks >= 6)
        return { job: tell(job, "withdrawal-fetched", now), effects: [], then: { kind: "recalled" } };
      return watchStop(job, now);
    case "unheard": {
      const { droppedAt } = stopOf(job);
      if (job.state === "last-word" && droppedAt !== undefined && now >= droppedAt + LAST_WORD)
        return { job, effects: [], then: { kind: "recalled" } };
      if (job.next.action === "look-again") return send(job, "ask", job.reason, now);
      return unheardKeeping(job, now);
    }
    default:
      return watchStop(job, now);
  }
}

function watchStop(job: DeclaredJob, now: number): Arrival {
  const looked: DeclaredJob = { ...job, tries: { ...job.tries, looks: job.tries.looks + 1 } };
  const delay = LOOK_DELAYS[Math.min(job.tries.looks, LOOK_DELAYS.length - 1)] ?? HOUR;
  return { job: next(looked, "look-again", now + delay), effects: [] };
}
