/**
 * What is done when an event has led a job into a state: its reason, its next action and when, and what is to be sent.
 * One function per state; `then` names an event that follows at once.
 */
import type { Event } from "./event.ts";
import { hindranceOf, RETRY_DELAYS } from "./hindrance.ts";
import type { Job, NextAction, Purpose } from "./job.ts";
import type { Effect } from "./step.ts";
import type { State } from "./table.ts";
import { installMoment } from "./time-event.ts";

export interface Arrival {
  readonly job: Job;
  readonly effects: readonly Effect[];
  readonly then?: Event;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long silence may last before the next push: silence is never answered with the same command. */
export const PUSH_DELAYS: readonly number[] = [15 * MINUTE, HOUR, 4 * HOUR, DAY];
/** How long between two looks at a download or an install that goes on. */
export const LOOK_DELAYS: readonly number[] = [15 * MINUTE, 15 * MINUTE, 30 * MINUTE, 30 * MINUTE, HOUR];
/** How long a Mac's scan is given before the list is read: Apple names no time, and a stale list is worse than a wait. */
const SCAN_TIME = 5 * MINUTE;
/** Download orders without a download before the device counts as blocked. */
const MAX_DOWNLOADS = 5;
/** Looks at a downloaded update that a user does not let begin, before the install is offered again. */
const LOOKS_BEFORE_OFFERING_AGAIN = 12;
/** Looks at an install of which nothing is to be seen, before it counts as not begun. */
const LOOKS_BEFORE_NOTHING = 3;
/** Install commands of one job. */
const MAX_INSTALLS = 10;

export function arrive(job: Job, event: Event, to: State, now: number): Arrival {
  const moved: Job = to === job.state ? job : { ...job, state: to, since: now, tries: { ...job.tries, looks: 0 } };
  const known = learn(moved, event);
  switch (to) {
    case "asking":
      return asking(known, event, now);
    case "scanning":
      return scanning(known, event, now);
    case "downloading":
      return downloading(known, event, now);
    case "ready":
      return ready(known, event, now);
    case "installing":
      return installing(known, event, now);
    case "blocked":
      return blocked(known, event, job.state, now);
    case "stopping":
      return stopping(known, event, job.state, now);
    default:
      return finished(known, event, to, job, now);
  }
}

/** Facts that an event carries, whatever the state. */
function learn(job: Job, event: Event): Job {
  switch (event.kind) {
    case "reached":
    case "below":
    case "impossible":
      return { ...job, seen: event.seen };
    case "listed":
    case "skipDownload":
      return event.productKey === undefined ? job : { ...job, productKey: event.productKey };
    case "progress":
    case "installing":
    case "accepted": {
      const device = event.device;
      const scheduled = device === undefined ? job.scheduled : { asked: askedAction(job), device };
      const percent = event.kind === "progress" ? event.percent : undefined;
      return {
        ...job,
        ...(scheduled === undefined ? {} : { scheduled }),
        ...(percent === undefined ? {} : { progress: percent }),
        tries: { ...job.tries, hindered: 0 },
      };
    }
    case "downloaded":
      return { ...job, progress: 1, tries: { ...job.tries, hindered: 0 } };
    default:
      return job;
  }
}

function askedAction(job: Job): Job["action"] {
  return job.state === "downloading" ? "DownloadOnly" : job.action;
}

function asking(job: Job, event: Event, now: number): Arrival {
  switch (event.kind) {
    case "below":
      return send(job, "status", "asking-progress", now);
    case "notNow":
      return waits(job, "not-now", now);
    case "unheard":
      return Object.keys(job.out).length > 0 ? unheard(job, now) : send(job, "ask", "asking-version", now);
    case "unclear":
      // A status that can't be read leaves only the update command itself to tell: ordering a download is harmless.
      return { job, effects: [], then: { kind: "nothing" } };
    default:
      return send(job, "ask", "asking-version", now);
  }
}

function scanning(job: Job, event: Event, now: number): Arrival {
  switch (event.kind) {
    case "scanned":
      return { job: next(say(job, "scan-under-way", {}, now), "read-list", now + SCAN_TIME), effects: [] };
    case "notNow":
      return waits(job, "not-now", now);
    case "unheard":
      if (job.next?.action === "read-list") return send(job, "list", "reading-list", now);
      return unheard(job, now);
    case "unclear":
      // No list to be had: where a version can be named, name it.
      return {
        job,
        effects: [],
        then: job.identify === "product-key" ? { kind: "notListed", offered: "" } : direct(job),
      };
    default: {
      const counted: Job = { ...job, tries: { ...job.tries, scans: job.tries.scans + 1 } };
      // Only a Mac's list is stale until it has scanned; iOS and tvOS know no scan.
      return job.platform === "macOS"
        ? send(counted, "scan", "scanning", now)
        : send(counted, "list", "reading-list", now);
    }
  }
}

function direct(job: Job): Event {
  return job.twoSteps ? { kind: "listed" } : { kind: "skipDownload" };
}

function downloading(job: Job, event: Event, now: number): Arrival {
  switch (event.kind) {
    case "progress":
    case "accepted":
      return look(job, event.kind === "progress" ? "downloading" : "download-accepted", percent(job), now);
    case "notNow":
      return waits(job, "not-now", now);
    case "below":
      return send(job, "status", "asking-progress", now);
    case "unclear":
      return unclear(job, event.note, now);
    case "unheard":
      if (job.next?.action === "look-again") return send(job, "status", "asking-progress", now);
      return unheard(job, now);
    default: {
      if (!job.twoSteps) return { job, effects: [], then: { kind: "skipDownload" } };
      const downloads = job.tries.downloads + 1;
      const tried: Job = { ...job, tries: { ...job.tries, downloads } };
      // Some releases of macOS do not honour DownloadOnly: then the install step downloads, inside its window.
      if (job.platform === "macOS" && downloads > 2 && job.goal !== "downloaded") {
        return { job: tried, effects: [], then: { kind: "skipDownload" } };
      }
      if (downloads > MAX_DOWNLOADS)
        return { job: tried, effects: [], then: { kind: "gaveUp", code: "download-not-starting" } };
      return send(tried, "download", "download-ordered", now);
    }
  }
}

function ready(job: Job, event: Event, now: number): Arrival {
  if (job.goal === "downloaded" && event.kind === "downloaded") return { job, effects: [], then: { kind: "goalMet" } };
  if (event.kind === "mustOfferAgain" && job.installs >= MAX_INSTALLS) {
    return { job, effects: takeBack, then: { kind: "gaveUp", code: "install-not-starting" } };
  }
  const moment = installMoment(job, now);
  if (moment.open && event.kind !== "windowClosed") return { job, effects: takeBack, then: { kind: "windowOpen" } };
  const opensAt = moment.open ? now : moment.opensAt;
  const reason = event.kind === "windowClosed" ? "window-passed" : "waiting-for-window";
  const waiting = next(say(job, reason, { opensAt }, now), "install", opensAt);
  return { job: waiting, effects: takeBack };
}

/** An install command that is still somewhere in the queue, or whose answer never came, is closed before another is made. */
const takeBack: readonly Effect[] = [{ kind: "withdraw", purpose: "install" }];

function installing(job: Job, event: Event, now: number): Arrival {
  switch (event.kind) {
    case "windowOpen": {
      const moment = installMoment(job, now);
      const bounds = job.window === undefined ? {} : { notBefore: moment.opensAt, notAfter: moment.closesAt };
      const at = Math.min(now + (PUSH_DELAYS[0] ?? HOUR), moment.closesAt);
      const ordered = next(say(job, "install-ordered", {}, now), "push-again", at);
      return { job: ordered, effects: [{ kind: "send", purpose: "install", once: true, ...bounds }] };
    }
    case "installing":
      return look(job, "installing", {}, now);
    case "progress":
      return look(job, "downloading-to-install", percent(job), now);
    case "accepted":
      return look(job, "install-accepted", { status: event.status }, now);
    case "notNow":
      return waits(job, "not-now", now);
    case "unanswered":
      return send(job, "ask", "answer-missing", now);
    case "below":
      return send(job, "status", "asking-progress", now);
    case "unclear":
      return unclear(job, event.note, now);
    case "downloaded":
      return notBegun(job, event.deferralsRemaining, now);
    case "nothing":
      // A Mac may still be about to begin, and a purged download shows in the same way: look a few times first.
      if (job.tries.looks < LOOKS_BEFORE_NOTHING) return look(job, "install-accepted", { status: "Idle" }, now);
      return { job, effects: [], then: { kind: job.twoSteps ? "requiresDownload" : "mustOfferAgain" } };
    case "unheard":
      if (job.next?.action === "look-again") return send(job, "ask", "asking-version", now);
      return unheardInstall(job, now);
    default:
      return { job, effects: [] };
  }
}

/** An answer that says nothing to go by: the version tells. When even the progress can't be read, look again later. */
function unclear(job: Job, note: string, now: number): Arrival {
  return job.reason === "asking-progress"
    ? look(job, "unclear", { note }, now)
    : send(job, "ask", "asking-version", now);
}

/** Downloaded, not installing, although the install was ordered. */
function notBegun(job: Job, deferralsRemaining: number | undefined, now: number): Arrival {
  const left = job.out.install;
  if (left !== undefined && left.offeredAt === null) return waits(job, "install-ordered", now);
  // Offered and never answered, and nothing is installing: it was lost. Only now may it be offered again.
  if (left !== undefined) return { job, effects: [], then: { kind: "mustOfferAgain" } };
  if (job.tries.looks >= LOOKS_BEFORE_OFFERING_AGAIN) return { job, effects: [], then: { kind: "mustOfferAgain" } };
  return look(job, "waiting-for-user", deferralsRemaining === undefined ? {} : { deferralsRemaining }, now);
}

/** The install left and nothing has been heard since: ask, never send it again. */
function unheardInstall(job: Job, now: number): Arrival {
  const left = job.out.install;
  if (left === undefined || left.offeredAt === null) return unheard(job, now);
  const waiting = unheard(job, now);
  return { job: waiting.job, effects: [...waiting.effects, { kind: "send", purpose: "ask", once: false }] };
}

function blocked(job: Job, event: Event, from: State, now: number): Arrival {
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
  const delays = RETRY_DELAYS[hindranceOf(hindrance.code).class];
  const delay = delays[job.tries.hindered];
  const told = say(job, hindrance.code, hindrance.detail === "" ? {} : { detail: hindrance.detail }, now);
  const tries = { ...told.tries, hindered: job.tries.hindered + 1, downloads: 0 };
  const stuck: Job = { ...told, tries };
  if (delay === undefined) return { job: stuck, effects, then: { kind: "exhausted" } };
  return { job: next(stuck, "try-again", now + delay), effects };
}

function stopping(job: Job, event: Event, from: State, now: number): Arrival {
  switch (event.kind) {
    case "withdrawn": {
      const queued: Effect[] = (Object.keys(job.out) as Purpose[])
        .filter((purpose) => purpose !== "install" || job.out.install?.offeredAt === null)
        .map((purpose) => ({ kind: "withdraw", purpose }));
      const told: Job = from === "stopping" ? job : say(job, "cannot-be-recalled", { cause: event.cause }, now);
      if (job.installs === 0) return { job: told, effects: queued, then: { kind: "recalled" } };
      const watched = next(told, "push-again", now + (PUSH_DELAYS[0] ?? HOUR));
      return { job: watched, effects: [...queued, { kind: "send", purpose: "ask", once: false }] };
    }
    case "below":
      return send(job, "status", job.reason, now);
    case "installing":
    case "progress":
    case "accepted":
      if (job.tries.looks > 2 * LOOKS_BEFORE_OFFERING_AGAIN)
        return { job, effects: [], then: { kind: "cannotConfirm" } };
      return look(job, "cannot-be-recalled", job.params, now);
    case "unheard":
      if (job.next?.action === "look-again") return send(job, "ask", job.reason, now);
      return unheardAs(job, "cannot-be-recalled", now);
    default:
      return send(job, "ask", job.reason, now);
  }
}

/** Final states keep the reason that led there, but for those that are one themselves. */
function finished(job: Job, event: Event, to: State, before: Job, now: number): Arrival {
  switch (event.kind) {
    case "reached": {
      const reason =
        before.installs > 0 ? "updated" : before.tries.downloads > 0 ? "updated-by-itself" : "already-there";
      return { job: say(job, reason, { version: event.seen.version }, now), effects: [] };
    }
    case "goalMet":
      return { job: say(job, to === "notified" ? "notified" : "downloaded", {}, now), effects: [] };
    case "impossible":
      return { job: say(job, event.reason, { version: event.seen.version }, now), effects: [] };
    case "expired":
      return { job: say(job, "expired", { cause: before.reason }, now), effects: [] };
    case "gone":
      return { job: say(job, event.cause, {}, now), effects: [] };
    case "recalled":
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

/** Orders a command; until it is answered the device is pushed on the schedule of silence. */
function send(job: Job, purpose: Purpose, reason: string, now: number): Arrival {
  const told = say(job, reason, reason === job.reason ? job.params : {}, now);
  const at = now + (PUSH_DELAYS[0] ?? HOUR);
  return { job: next(told, "push-again", at), effects: [{ kind: "send", purpose, once: false }] };
}

/** Looks again later, at growing distances. */
function look(job: Job, reason: string, params: Job["params"], now: number): Arrival {
  const delay = LOOK_DELAYS[Math.min(job.tries.looks, LOOK_DELAYS.length - 1)] ?? HOUR;
  const told = say({ ...job, tries: { ...job.tries, looks: job.tries.looks + 1 } }, reason, params, now);
  return { job: next(told, "look-again", now + delay), effects: [] };
}

/** The command stays in the queue and the device comes back by itself; a push follows if it does not. */
function waits(job: Job, reason: string, now: number): Arrival {
  return { job: next(say(job, reason, {}, now), "push-again", now + (PUSH_DELAYS[0] ?? HOUR)), effects: [] };
}

function unheard(job: Job, now: number): Arrival {
  return unheardAs(job, "silent", now);
}

/** Nothing was heard by the time named: push again, less and less often; ask when nothing is outstanding. */
function unheardAs(job: Job, reason: string, now: number): Arrival {
  const count = job.tries.unheard + 1;
  const delay = PUSH_DELAYS[Math.min(count, PUSH_DELAYS.length - 1)] ?? DAY;
  const told = say({ ...job, tries: { ...job.tries, unheard: count } }, reason, { ...job.params, pushes: count }, now);
  const effects: Effect[] =
    Object.keys(job.out).length > 0 ? [{ kind: "push" }] : [{ kind: "send", purpose: "ask", once: false }];
  return { job: next(told, "push-again", now + delay), effects };
}

/** A new reason begins now; the same one goes on since it began. */
function say(job: Job, reason: string, params: Job["params"], now: number): Job {
  return { ...job, reason, params, since: reason === job.reason ? job.since : now };
}

function next(job: Job, action: NextAction, at: number): Job {
  return { ...job, next: { action, at } };
}

function percent(job: Job): Job["params"] {
  return job.progress === undefined ? {} : { percent: Math.round(job.progress * 100) };
}
