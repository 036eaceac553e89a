/** What is done when something stands in a job's way, when it is stopped, and when it ends. */
import { positionOf } from "../../../catalog/index.ts";
import { compareVersions } from "../../../protocol/index.ts";
import { leadsTo } from "../../decisions/brought.ts";
import { offerableAt, sayAgain } from "../offers.ts";
import type { Event } from "../event.ts";
import { classOf, RETRY_DELAYS } from "../hindrance.ts";
import type { Job, Purpose, SeenVersion } from "../job.ts";
import { type Arrival, look, next, PUSH_DELAYS, say, send, unheardAs } from "../pace.ts";
import { HOUR } from "../units.ts";
import { seenText } from "../satisfy.ts";
import type { Effect } from "../effect.ts";
import type { State } from "../state.ts";

export function blocked(job: Job, event: Event, from: State, now: number): Arrival {
  const effects: Effect[] = (["scan", "list", "download", "install", "status"] as const).map((purpose) => ({
    kind: "withdraw",
    purpose,
  }));
  const hindrance =
    event.kind === "hindered"
      ? event.hindrance
      : event.kind === "gaveUp"
        ? { code: event.code, detail: "" }
        : event.kind === "notListed"
          ? { code: "not-offered-by-device", detail: event.offered }
          : undefined;
  if (hindrance === undefined) return { job, effects: from === "blocked" ? [] : effects };
  const delays = RETRY_DELAYS[classOf(hindrance.code)];
  const delay = delays[job.tries.hindered];
  const detail: Job["params"] = hindrance.detail === "" ? {} : { detail: hindrance.detail };
  // What kept an install from happening is asked about again when the install may be ordered again, not before.
  const after = from === "installing" ? offerableAt(job, now) : now;
  const told =
    from === "installing" && delay !== undefined
      ? sayAgain(job, hindrance.code, detail, now)
      : say(job, hindrance.code, detail, now);
  const tries = { ...told.tries, hindered: job.tries.hindered + 1, downloads: 0 };
  const stuck: Job = { ...told, tries };
  if (delay === undefined) return { job: stuck, effects, then: { kind: "exhausted" } };
  return { job: next(stuck, "try-again", Math.max(now + delay, after)), effects };
}

/** Looks at what was stopped and may install, a day's worth, before its end can't be confirmed. */
const MOST_LOOKS_AT_STOPPED = 24;

const SYNC: readonly Effect[] = [{ kind: "sync" }, { kind: "push" }];

export function stopping(job: Job, event: Event, from: State, now: number): Arrival {
  switch (event.kind) {
    case "withdrawn": {
      const queued: Effect[] = (Object.keys(job.out) as Purpose[])
        .filter((purpose) => purpose !== "install" || job.out.install?.offeredAt === null)
        .map((purpose) => ({ kind: "withdraw", purpose }));
      const told: Job = from === "stopping" ? job : say(job, "cannot-be-recalled", { cause: event.cause }, now);
      if (job.installs === 0 && event.held === true) {
        // Nothing of this job has left, but the device may still act on the declaration of a plan before it.
        const open: Job = from === "stopping" ? job : say(job, "withdrawal-unconfirmed", { cause: event.cause }, now);
        return { job: next(open, "push-again", now + (PUSH_DELAYS[0] ?? HOUR)), effects: [...queued, ...SYNC] };
      }
      if (job.installs === 0) return { job: told, effects: queued, then: { kind: "recalled" } };
      const watched = next(told, "push-again", now + (PUSH_DELAYS[0] ?? HOUR));
      return { job: watched, effects: [...queued, { kind: "send", purpose: "ask", once: false }] };
    }
    case "dropped":
      // What has left as an order is still watched.
      if (job.reason === "withdrawal-unconfirmed") return { job, effects: [], then: { kind: "recalled" } };
      return { job: { ...job, droppedAt: now }, effects: [] };
    case "below":
      if (job.reason === "withdrawal-unconfirmed") return { job, effects: [] };
      return send(job, "status", job.reason, now);
    case "installing":
    case "progress":
    case "accepted":
      if (job.tries.looks > MOST_LOOKS_AT_STOPPED) return { job, effects: [], then: { kind: "cannotConfirm" } };
      return look(job, "cannot-be-recalled", job.params, now);
    case "unheard":
      if (job.next?.action === "look-again") return send(job, "ask", job.reason, now);
      if (job.reason === "withdrawal-unconfirmed") {
        const silent = unheardAs(job, job.reason, now);
        return { ...silent, effects: SYNC };
      }
      return unheardAs(job, "cannot-be-recalled", now);
    default:
      return send(job, "ask", job.reason, now);
  }
}

function wayThere(job: Job, { version }: SeenVersion): string {
  if (leadsTo(job, version)) return "updated";
  if (job.earlier !== undefined && compareVersions(version, job.target.version) === 0) return "brought-before";
  const ordered = job.installs > 0 || job.tries.downloads > 0 || job.takenAt !== undefined;
  return ordered ? "updated-by-itself" : "already-there";
}

/** Final states keep the reason that led there, except for those that are one themselves. */
export function finished(job: Job, event: Event, to: State, before: Job, now: number): Arrival {
  switch (event.kind) {
    case "reached": {
      const reason =
        positionOf(before.target, event.seen) === "newer-beta" ? "on-newer-beta" : wayThere(before, event.seen);
      const plan = reason === "brought-before" && before.earlier !== undefined ? { plan: before.earlier } : {};
      return { job: say(job, reason, { version: seenText(before.target, event.seen), ...plan }, now), effects: [] };
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
      return { job: say(job, "withdrawn", { cause: String(job.params["cause"] ?? "plan-stopped") }, now), effects: [] };
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
