/** How a device that acts automatically is watched. */
import type { Event } from "../event.ts";
import type { DeclaredJob, Said } from "../job.ts";
import { type Arrival, LOOK_DELAYS, next, say, send, unheardAs } from "../pace.ts";
import { DAY, HOUR } from "../units.ts";

/** A device that was off at its moment installs an hour after its start; a restart takes its time. */
const AFTER_MOMENT = 2 * HOUR;

/** Nothing that the device said of its update: silence is asked into, everything else continues to be watched. */
export function onward(job: DeclaredJob, event: Event, now: number): Arrival {
  if (event.kind !== "unheard") return watch(job, job.reason, now);
  if (job.next.action === "push-again") {
    const silent = unheardAs(job, job.reason, now);
    return { ...silent, effects: [{ kind: "sync" }, ...silent.effects] };
  }
  return send(job, "ask", job.reason, now);
}

/** Waits for what the device reports; looks once a day, and after the moment at which it must have installed. */
export function watch(job: DeclaredJob, reason: string, now: number): Arrival {
  const due = lateAt(job);
  if (due !== undefined && now >= due) {
    const delay = LOOK_DELAYS[Math.min(job.tries.looks, LOOK_DELAYS.length - 1)] ?? HOUR;
    const late = LATE[reason] ?? reason;
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
function lateAt(job: DeclaredJob): number | undefined {
  return job.declared.enforcement === undefined ? undefined : job.declared.enforcement.latestAt + AFTER_MOMENT;
}

/** For words: the device's local time, and whether that could be turned into a moment. */
export function moment({ declared: { enforcement }, zoneKnown }: DeclaredJob): Said["params"] {
  if (enforcement === undefined) return {};
  return { local: enforcement.local.slice(0, 16).replace("T", " "), zoneKnown: zoneKnown ? 1 : 0 };
}

export function failureOf({ declared: { failures } }: DeclaredJob): Said["params"] {
  return failures === undefined
    ? {}
    : { failures: failures.count, lastFailure: failures.detail, failingSinceAt: failures.since };
}

export function unheardKeeping(job: DeclaredJob, now: number): Arrival {
  const silent = unheardAs(job, job.reason, now);
  return { ...silent, effects: [{ kind: "sync" }, ...silent.effects] };
}
