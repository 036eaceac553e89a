/**
 * What is done when an event has led a job by declaration into a state. The device plans, downloads and installs automatically and
 * reports; a job only watches, asks when it hears nothing, and says how it stands.
 */
import { blocked } from "./blocked.ts";
import { learnDeclared } from "./learn.ts";
import { stopping } from "./stop.ts";
import { atRest } from "../pause.ts";
import { AGAIN, tells, toldLately } from "./told.ts";
import { moment, onward, watch } from "./watch.ts";
import { SYNC } from "../effect.ts";
import type { Event } from "../event.ts";
import type { DeclaredJob } from "../job.ts";
import { type Arrival, next, PUSH_DELAYS, say, unheardAs, enter } from "../pace.ts";
import type { LiveState } from "../state.ts";
import { DAY, HOUR } from "../units.ts";

/** How long a device that could take declarations is given for its first report. */
const FIRST_REPORT = DAY;

export function arriveDeclared(job: DeclaredJob, event: Event, to: LiveState, now: number): Arrival {
  const known = learnDeclared(enter(job, to, now), event, now);
  switch (to) {
    case "awaiting":
      return awaiting(known, event, now);
    case "declaring":
      return declaring(known, event, now);
    case "declared":
      return event.kind === "inForce" || event.kind === "nothingPending"
        ? watch(known, "in-force", now)
        : onward(known, event, now);
    case "downloading":
      return event.kind === "progress" ? watch(known, "downloading", now) : onward(known, event, now);
    case "ready":
      return event.kind === "downloaded" ? watch(known, "prepared", now) : onward(known, event, now);
    case "installing":
      return event.kind === "installing" ? watch(known, "installing", now) : onward(known, event, now);
    case "blocked":
      return blocked(known, event, now);
    case "taking-back":
    case "last-word":
    case "too-late":
      return stopping(known, event, job.state, now);
    case "paused":
      return atRest(known, event, job, now);
    default:
      return onward(known, event, now);
  }
}

function awaiting(job: DeclaredJob, event: Event, now: number): Arrival {
  if (job.declared.unreported !== true) return { job, effects: [], then: { kind: "able" } };
  const until = job.since + FIRST_REPORT;
  if (now >= until) return { job, effects: [], then: withoutReport(job) };
  const again = event.kind === "unheard" ? job.tries.unheard + 1 : 0;
  const delay = PUSH_DELAYS[Math.min(again, PUSH_DELAYS.length - 1)] ?? HOUR;
  const told = say({ ...job, tries: { ...job.tries, unheard: again } }, "report-awaited", { untilAt: until }, now);
  return { job: next(told, "push-again", Math.min(now + delay, until)), effects: SYNC };
}

/** A device that has never said what it takes is told by command, where there is one: it holds no declaration of this server. */
function withoutReport({ declared: { otherwise } }: DeclaredJob): Event {
  if (otherwise === undefined) return { kind: "unreported" };
  return { kind: "moved", mechanism: { kind: "command", identify: otherwise, because: "no-report" } };
}

function declaring(job: DeclaredJob, event: Event, now: number): Arrival {
  switch (event.kind) {
    case "taken":
      return watch(job, "taken", now);
    case "unheard": {
      const silent = unheardAs(tells(job, now), waitingFor(job, now), now);
      return { job: { ...silent.job, params: { ...silent.job.params, ...moment(job) } }, effects: SYNC };
    }
    case "below":
    case "notNow":
    case "unclear":
    case "hindered":
      return onward(job, event, now);
    case "notTaken":
      return toldLately(job, now) ?? declare(job, event, now);
    default:
      return declare(job, event, now);
  }
}

/** Has the device fetch its declarations. */
function declare(job: DeclaredJob, event: Event, now: number): Arrival {
  const reason = job.declared.takenAt === undefined ? "declaration-set" : "taken";
  const told = say(tells(job, now), reason, moment(job), now);
  return {
    job: next(told, "push-again", now + AGAIN),
    effects: event.kind === "able" ? [] : SYNC,
  };
}

/** What a device that has been told has not done yet. A device that was given a day for its first report owes one. */
function waitingFor({ declared: { takenAt, listedAt } }: DeclaredJob, now: number): string {
  if (takenAt !== undefined) return now - takenAt >= FIRST_REPORT ? "taken-not-reported" : "taken";
  return listedAt === undefined ? "not-taken-up" : "listed-not-fetched";
}
