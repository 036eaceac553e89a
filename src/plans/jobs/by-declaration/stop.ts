/** What is done when a job by declaration is stopped. */
import { moment, unheardKeeping } from "./watch.ts";
import { SYNC } from "../effect.ts";
import type { Event } from "../event.ts";
import type { Job } from "../job.ts";
import { type Arrival, LOOK_DELAYS, next, PUSH_DELAYS, say, send } from "../pace.ts";
import type { State } from "../state.ts";
import { DAY, HOUR } from "../units.ts";

/** After a stop: from the device having fetched the list without the declaration to giving up on its own word. */
const LAST_WORD = DAY;

/** The download that the device has reported and throws away; what a Mac keeps is unknown. */
function lossByStop({ platform, params }: Job, from: State, cause: string): string | number | undefined {
  if (from === "stopping") return params["loses"];
  if (cause === "replaced" || (from !== "downloading" && from !== "ready")) return undefined;
  return platform === "iOS" ? "will" : "may";
}

/** Stopped: the declaration is gone from the list; what the device has fetched it may still act on until it syncs. */
export function stopping(job: Job, event: Event, from: State, now: number): Arrival {
  const cause = event.kind === "withdrawn" ? event.cause : String(job.params["cause"] ?? "plan-stopped");
  const loses = event.kind === "withdrawn" ? lossByStop(job, from, cause) : job.params["loses"];
  const told = (reason: string): Job =>
    say(job, reason, { cause, ...moment(job), ...(loses === undefined ? {} : { loses }) }, now);
  const again = (of: Job): Arrival => ({ job: next(of, "push-again", now + (PUSH_DELAYS[0] ?? HOUR)), effects: SYNC });
  switch (event.kind) {
    case "withdrawn":
      // Another plan's declaration takes its place in the same list; one that was never fetched is simply not there, but
      // that of a plan before it may be.
      if (event.cause === "replaced" || (job.takenAt === undefined && event.held !== true))
        return { job: told("withdrawn"), effects: [], then: { kind: "recalled" } };
      if (from === "stopping") return again(job);
      if (job.takenAt === undefined) return again(say(job, "withdrawal-unconfirmed", { cause }, now));
      return again(told(from === "installing" ? "declared-cannot-be-recalled" : "withdrawal-unconfirmed"));
    case "dropped": {
      const waiting = told(job.reason === "declared-cannot-be-recalled" ? job.reason : "withdrawal-fetched");
      return { job: next(waiting, "look-again", now + LAST_WORD), effects: [] };
    }
    case "notTaken":
      // The device's own word that it has no such declaration; once it installs that is no way back.
      if (job.reason === "declared-cannot-be-recalled") return watchStop(job, now);
      // Before it has fetched the list without the declaration, a report may be older than its fetching the declaration.
      if (job.droppedAt === undefined) return again(job);
      return { job: told("withdrawal-confirmed"), effects: [], then: { kind: "recalled" } };
    case "installing":
      return watchStop(told("declared-cannot-be-recalled"), now);
    case "below":
      if (job.reason === "declared-cannot-be-recalled" && job.tries.looks >= 6)
        return { job: told("withdrawal-fetched"), effects: [], then: { kind: "recalled" } };
      return watchStop(job, now);
    case "unheard":
      if (job.droppedAt !== undefined && now >= job.droppedAt + LAST_WORD && job.reason === "withdrawal-fetched")
        return { job, effects: [], then: { kind: "recalled" } };
      if (job.next?.action === "look-again") return send(job, "ask", job.reason, now);
      return unheardKeeping(job, now);
    default:
      return watchStop(job, now);
  }
}

function watchStop(job: Job, now: number): Arrival {
  const looked: Job = { ...job, tries: { ...job.tries, looks: job.tries.looks + 1 } };
  const delay = LOOK_DELAYS[Math.min(job.tries.looks, LOOK_DELAYS.length - 1)] ?? HOUR;
  return { job: next(looked, "look-again", now + delay), effects: [] };
}
