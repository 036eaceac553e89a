/** How a job ends, by whichever mechanism. */
import { positionOf } from "../../catalog/index.ts";
import { leadsTo } from "../decisions/brought.ts";
import type { Event } from "./event.ts";
import type { End, Job, SeenVersion } from "./job.ts";
import { type Arrival, say, stopOf } from "./pace.ts";
import { seenText } from "./satisfy.ts";
import type { State } from "./state.ts";
import { compareVersions } from "../../protocol/index.ts";

interface Way {
  readonly reason: string;
  readonly by?: End["by"];
  readonly plan?: string;
}

/** How a device came to its target: by this job's order, by that of a plan before it, or by itself. */
function wayThere(job: Job, seen: SeenVersion): Way {
  if (positionOf(job.target, seen) === "newer-beta") return { reason: "on-newer-beta" };
  if (leadsTo(job, seen.version)) return { reason: "updated", by: "this" };
  if (job.earlier !== undefined && compareVersions(seen.version, job.target.version) === 0)
    return { reason: "brought-before", by: "earlier", plan: job.earlier };
  const ordered = job.installs > 0 || job.tries.downloads > 0 || job.takenAt !== undefined;
  return { reason: ordered ? "updated-by-itself" : "already-there" };
}

/** Final states keep the reason that led there, except for those that are one themselves. */
export function finished(job: Job, event: Event, to: State, before: Job, now: number): Arrival {
  switch (event.kind) {
    case "reached": {
      const { reason, by, plan } = wayThere(before, event.seen);
      const params = { version: seenText(before.target, event.seen), ...(plan === undefined ? {} : { plan }) };
      const end: End = { at: before.end?.at ?? now, ...(by === undefined ? {} : { by }) };
      return { job: { ...say(job, reason, params, now), end }, effects: [] };
    }
    case "noneLeft": {
      const names = (before.others ?? []).map(({ name }) => name);
      const reason = before.installs > 0 ? "other-updates-installed" : "no-other-updates";
      const params = { count: names.length, names: names.join(", "), deferred: event.deferred };
      return { job: say(job, reason, params, now), effects: [] };
    }
    case "goalMet":
      return { job: say(job, to === "notified" ? "notified" : "downloaded", {}, now), effects: [] };
    case "impossible":
      return { job: say(job, event.reason, { version: event.seen.version }, now), effects: [] };
    case "noWay": {
      const { platform, from, seen } = before;
      return { job: say(job, event.reason, { platform, version: (seen ?? from).version }, now), effects: [] };
    }
    case "expired":
      return { job: say(job, "job-expired", { cause: before.reason }, now), effects: [] };
    case "noPerson": {
      const local = before.params["local"];
      const params = { cause: event.cause, ...(local === undefined ? {} : { local }) };
      return { job: say(job, "nobody-helped", params, now), effects: [] };
    }
    case "gone":
      return { job: say(job, event.cause, {}, now), effects: [] };
    case "recalled":
      // A declaration's end has more than one way, told already.
      if (before.mechanism === "declaration") return { job, effects: [] };
      return { job: say(job, "withdrawn", { cause: stopOf(before).cause }, now), effects: [] };
    case "cannotConfirm":
      return { job: say(job, "cannot-confirm", {}, now), effects: [] };
    case "nothing":
    case "downloaded":
    case "mustScan":
    case "hindered":
    case "requiresDownload":
      return { job: say(job, "withdrawn-not-installing", {}, now), effects: [] };
    default:
      return { job, effects: [] };
  }
}
