/** How a job ends, by whichever mechanism. */
import { positionOf } from "../../catalog/index.ts";
import { leadsTo } from "../decisions/brought.ts";
import type { Event } from "./event.ts";
import { learn } from "./by-command/learn.ts";
import { learnDeclared } from "./by-declaration/learn.ts";
import { type End, type EndedJob, type Job, type Said, type SeenVersion, stopIn } from "./job.ts";
import { type Arrival, drop, stopOf } from "./pace.ts";
import { seenText } from "./satisfy.ts";
import type { FinalState } from "./state.ts";
import { compareVersions } from "../../protocol/index.ts";

interface Way {
  readonly reason: string;
  readonly by?: End["by"];
  readonly plan?: string;
}

/** How a device came to its target: by this job's order, by that of a plan before it, or unasked. */
function wayThere(job: Job, seen: SeenVersion): Way {
  if (positionOf(job.target, seen) === "newer-beta") return { reason: "on-newer-beta" };
  if (leadsTo(job, seen.version)) return { reason: "updated", by: "this" };
  if (job.earlier !== undefined && compareVersions(seen.version, job.target.version) === 0)
    return { reason: "brought-before", by: "earlier", plan: job.earlier };
  const ordered =
    job.orders.installs > 0 ||
    job.tries.downloads > 0 ||
    (job.mechanism === "declaration" && job.declared.takenAt !== undefined);
  return { reason: ordered ? "updated-by-itself" : "already-there" };
}

/** Why the job was taken back. */
function causeOf(job: Job): Said["params"] {
  const cause = stopIn(job)?.cause;
  return cause === undefined ? {} : { cause };
}

/** How it ends, or comes to rest, by the event that leads there; undefined: as was told before. */
export function saidBy(event: Event, to: FinalState | "paused", before: Job): Said | undefined {
  switch (event.kind) {
    case "noneLeft": {
      const names = (before.known.others ?? []).map(({ name }) => name);
      const reason = before.orders.installs > 0 ? "other-updates-installed" : "no-other-updates";
      return { reason, params: { count: names.length, names: names.join(", "), deferred: event.deferred } };
    }
    case "goalMet":
      return { reason: to === "notified" ? "notified" : "downloaded", params: {} };
    case "impossible":
      return { reason: event.reason, params: { version: event.seen.version } };
    case "noWay": {
      const { platform, from, seen } = before;
      return { reason: event.reason, params: { platform, version: (seen ?? from).version } };
    }
    case "expired":
      return { reason: "job-expired", params: { cause: before.reason } };
    case "noPerson": {
      const local = before.params["local"];
      return { reason: "nobody-helped", params: { cause: event.cause, ...(local === undefined ? {} : { local }) } };
    }
    case "gone":
      return { reason: event.cause, params: {} };
    case "recalled":
      // A declaration's end has more than one way, told already.
      if (before.mechanism === "declaration" || before.end !== undefined) return undefined;
      return { reason: "withdrawn", params: { cause: stopOf(before).cause } };
    case "cannotConfirm":
      return { reason: "cannot-confirm", params: causeOf(before) };
    case "withdrawn":
      // It was paused, and its plan is stopped now.
      return { reason: before.reason, params: { ...before.params, cause: event.cause } };
    case "nothing":
    case "downloaded":
    case "mustScan":
    case "hindered":
    case "requiresDownload":
      return { reason: "withdrawn-not-installing", params: causeOf(before) };
    default:
      return undefined;
  }
}

/** The job as it ends in `to`, or comes from one end to another. Final states keep the reason that led there, except for those that are one themselves. */
export function finished(before: Job, event: Event, to: FinalState, now: number): Arrival {
  const known =
    before.mechanism === "declaration" ? learnDeclared(before, event, now) : learn(before, event, before.state);
  const at = before.end?.at ?? now;
  if (event.kind === "reached") {
    const { reason, by, plan } = wayThere(before, event.seen);
    const params = { version: seenText(before.target, event.seen), ...(plan === undefined ? {} : { plan }) };
    return { job: ended(known, to, { reason, params }, { at, ...(by === undefined ? {} : { by }) }, now), effects: [] };
  }
  return { job: ended(known, to, saidBy(event, to, before) ?? known, { at }, now), effects: [] };
}

/** The job without what only one that is under way has. */
function ended(job: Job, state: FinalState, { reason, params }: Said, end: End, now: number): EndedJob {
  const rest = job.end === undefined ? drop(job, "block", "awaitsToken", "asked", "stop") : job;
  return { ...rest, state, reason, params, since: now, next: null, end, tries: { ...job.tries, looks: 0 } };
}
