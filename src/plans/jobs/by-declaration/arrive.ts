/**
 * What is done on arrival in a state where a declaration tells the device. The device schedules, downloads and installs
 * automatically, and reports; a job only watches, asks when it hears nothing, and says how it stands.
 */
import { finished } from "../by-command/arrive-end.ts";
import type { Event } from "../event.ts";
import type { Job } from "../job.ts";
import { type Arrival, LOOK_DELAYS, next, PUSH_DELAYS, say, send, unheardAs } from "../pace.ts";
import { DAY, HOUR } from "../units.ts";
import { failingAs } from "./person.ts";
import type { Effect } from "../effect.ts";
import type { State } from "../state.ts";

/** How long a device that could take declarations is given for its first report. */
const FIRST_REPORT = DAY;
/** A device that was off at its moment installs an hour after its start; a restart takes its time. */
const AFTER_MOMENT = 2 * HOUR;
/** After a stop: from the device having fetched the list without the declaration to giving up on its own word. */
const LAST_WORD = DAY;

export function arriveDeclared(job: Job, event: Event, to: State, now: number): Arrival {
  const moved: Job = to === job.state ? job : { ...job, state: to, since: now, tries: { ...job.tries, looks: 0 } };
  const known = learn(moved, event, now);
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
    case "stopping":
      return stopping(known, event, job.state, now);
    default:
      return finished(known, event, to, job, now);
  }
}

function learn(job: Job, event: Event, now: number): Job {
  switch (event.kind) {
    case "reached":
    case "impossible":
    case "below":
      return { ...job, seen: event.seen };
    case "taken":
      return { ...job, takenAt: job.takenAt ?? now };
    case "able": {
      const { unreported: _awaited, ...rest } = job;
      return event.enforcement === undefined ? rest : { ...rest, enforcement: event.enforcement };
    }
    case "inForce":
    case "progress":
    case "downloaded":
    case "installing":
      return { ...job, takenAt: job.takenAt ?? now, inForceAt: job.inForceAt ?? now };
    case "failing":
      return {
        ...job,
        takenAt: job.takenAt ?? now,
        failures: { count: event.count, detail: event.detail, since: job.failures?.since ?? now },
      };
    case "dropped":
      return { ...job, droppedAt: job.droppedAt ?? now };
    default:
      return job;
  }
}

function awaiting(job: Job, event: Event, now: number): Arrival {
  if (job.unreported !== true) return { job, effects: [], then: { kind: "able" } };
  const until = job.since + FIRST_REPORT;
  if (now >= until) return { job, effects: [], then: withoutReport(job) };
  const again = event.kind === "unheard" ? job.tries.unheard + 1 : 0;
  const delay = PUSH_DELAYS[Math.min(again, PUSH_DELAYS.length - 1)] ?? HOUR;
  const told = say({ ...job, tries: { ...job.tries, unheard: again } }, "report-awaited", { untilAt: until }, now);
  return { job: next(told, "push-again", Math.min(now + delay, until)), effects: SYNC };
}

/** A device that has never said what it takes is told by command, where there is one: it holds no declaration of this server. */
function withoutReport({ otherwise }: Job): Event {
  if (otherwise === undefined) return { kind: "unreported" };
  return { kind: "moved", mechanism: { kind: "command", identify: otherwise, because: "no-report" } };
}

const SYNC: readonly Effect[] = [{ kind: "sync" }, { kind: "push" }];

function declaring(job: Job, event: Event, now: number): Arrival {
  switch (event.kind) {
    case "taken":
      return watch(job, "taken", now);
    case "unheard": {
      const silent = unheardAs(job, waitingFor(job, now), now);
      return { ...silent, job: { ...silent.job, params: { ...silent.job.params, ...moment(job) } }, effects: SYNC };
    }
    case "below":
    case "notNow":
    case "unclear":
    case "hindered":
      return onward(job, event, now);
    default: {
      const told = say(job, job.takenAt === undefined ? "declaration-set" : "taken", moment(job), now);
      return {
        job: next(told, "push-again", now + (PUSH_DELAYS[0] ?? HOUR)),
        effects: event.kind === "able" ? [] : SYNC,
      };
    }
  }
}

/** What a device that has been told has not done yet. A device that was given a day for its first report owes one. */
function waitingFor({ takenAt, listedAt }: Job, now: number): string {
  if (takenAt !== undefined) return now - takenAt >= FIRST_REPORT ? "taken-not-reported" : "taken";
  return listedAt === undefined ? "not-taken-up" : "listed-not-fetched";
}

/** Nothing that the device said of its update: silence is asked into, everything else is still watched. */
function onward(job: Job, event: Event, now: number): Arrival {
  if (event.kind !== "unheard") return watch(job, job.reason, now);
  if (job.next?.action === "push-again") {
    const silent = unheardAs(job, job.reason, now);
    return { ...silent, effects: [{ kind: "sync" }, ...silent.effects] };
  }
  return send(job, "ask", job.reason, now);
}

/** Waits for what the device reports; looks once a day, and after the moment at which it must have installed. */
function watch(job: Job, reason: string, now: number): Arrival {
  const due = lateAt(job);
  if (due !== undefined && now >= due) {
    const delay = LOOK_DELAYS[Math.min(job.tries.looks, LOOK_DELAYS.length - 1)] ?? HOUR;
    const late = reason === "installing" ? reason : (LATE[reason] ?? reason);
    const told = say(
      { ...job, tries: { ...job.tries, looks: job.tries.looks + 1 } },
      late,
      { ...moment(job), ...failureOf(job) },
      now,
    );
    return { job: next(told, "look-again", now + (job.tries.looks < 8 ? delay : DAY)), effects: [] };
  }
  const told = say(job, reason, { ...moment(job), ...failureOf(job) }, now);
  const at = Math.min(now + DAY, due ?? Number.MAX_SAFE_INTEGER);
  return { job: next(told, at === due ? "enforce" : "look-again", at), effects: [] };
}

/** The same causes once the moment has passed. */
const LATE: Readonly<Record<string, string>> = {
  "declaration-set": "past-never-taken",
  "not-taken-up": "past-never-taken",
  "listed-not-fetched": "past-not-fetched",
  "taken-not-reported": "past-not-in-force",
  taken: "past-not-in-force",
  "in-force": "past-not-begun",
  downloading: "past-downloading",
  prepared: "past-prepared",
};

/** When a device must have installed, wherever it is. */
function lateAt(job: Job): number | undefined {
  return job.enforcement === undefined ? undefined : job.enforcement.latestAt + AFTER_MOMENT;
}

/** For words: the device's local time, and whether that could be turned into a moment. */
function moment({ enforcement, zoneKnown }: Job): Job["params"] {
  if (enforcement === undefined) return {};
  return { local: enforcement.local.slice(0, 16).replace("T", " "), zoneKnown: zoneKnown ? 1 : 0 };
}

function failureOf({ failures }: Job): Job["params"] {
  return failures === undefined
    ? {}
    : { failures: failures.count, lastFailure: failures.detail, failingSinceAt: failures.since };
}

function blocked(job: Job, event: Event, now: number): Arrival {
  switch (event.kind) {
    case "refusedByDevice": {
      // "Can't be applied" is what a device says that is there already: its version tells.
      const told = say(job, "refused-by-device", { code: event.code, detail: event.detail, ...moment(job) }, now);
      return { job: next(told, "push-again", now + (PUSH_DELAYS[0] ?? HOUR)), effects: [ASK] };
    }
    case "undeclarable": {
      const told = say(job, "declaration-not-made", { code: event.code, detail: event.detail }, now);
      return { job: next(told, "look-again", now + DAY), effects: [] };
    }
    case "failing": {
      const told = say(job, failingAs(event.detail), { ...moment(job), ...failureOf(job) }, now);
      return { job: next(told, "look-again", now + DAY), effects: [] };
    }
    case "unreported": {
      const told = say(job, "never-reported", {}, now);
      return { job: next(told, "try-again", now + DAY), effects: SYNC };
    }
    case "unheard":
      if (job.unreported === true) {
        return { job: next(job, "try-again", now + DAY), effects: SYNC };
      }
      return job.next?.action === "push-again" ? unheardKeeping(job, now) : send(job, "ask", job.reason, now);
    default:
      return { job: next(job, "look-again", now + DAY), effects: [] };
  }
}

const ASK: Effect = { kind: "send", purpose: "ask", once: false };

function unheardKeeping(job: Job, now: number): Arrival {
  const silent = unheardAs(job, job.reason, now);
  return { ...silent, effects: [{ kind: "sync" }, ...silent.effects] };
}

/** The download that the device has reported and throws away; what a Mac keeps is unknown. */
function lossByStop({ platform, params }: Job, from: State, cause: string): string | number | undefined {
  if (from === "stopping") return params["loses"];
  if (cause === "replaced" || (from !== "downloading" && from !== "ready")) return undefined;
  return platform === "iOS" ? "will" : "may";
}

/** Stopped: the declaration is gone from the list; what the device has fetched it may still act on until it syncs. */
function stopping(job: Job, event: Event, from: State, now: number): Arrival {
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
