/**
 * What is done when an event has led a job into a state: its reason, its next action and when, and what must be sent.
 * One function per state; those of the install and of the ends are in arrive-install.ts and arrive-end.ts.
 */
import { blocked, finished, stopping } from "./arrive-end.ts";
import { installing, takeBack } from "./arrive-install.ts";
import { belowAfterOrder, unclear } from "../after-order.ts";
import type { Event } from "../event.ts";
import { nothing } from "./interpret.ts";
import type { Job } from "../job.ts";
import { offerableAt, sayAgain } from "../offers.ts";
import { type Arrival, look, next, ORDER_AGAIN, percent, say, send, unheard, waits } from "../pace.ts";
import { MINUTE } from "../units.ts";
import type { State } from "../state.ts";
import { installMoment } from "../time-event.ts";

/** How long a Mac's scan is given before the list is read: Apple names no time, and a stale list is worse than a wait. */
const SCAN_TIME = 5 * MINUTE;
/** Looks at a scan that must have ended before its list counts. */
const MAX_SCAN_LOOKS = 6;
/** Download orders without a download before the device counts as blocked. */
const MAX_DOWNLOADS = 5;
/** Install commands of one job. */
const MAX_INSTALLS = 10;

export function arrive(job: Job, event: Event, to: State, now: number): Arrival {
  const moved: Job = to === job.state ? job : { ...job, state: to, since: now, tries: { ...job.tries, looks: 0 } };
  const known = learn(moved, event, job.state);
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
function learn(job: Job, event: Event, from: State): Job {
  switch (event.kind) {
    case "reached":
    case "impossible":
      return { ...job, seen: event.seen };
    case "below":
      return { ...job, seen: event.seen, ...(event.lastScan === undefined ? {} : { lastScan: event.lastScan }) };
    case "listed":
    case "skipDownload":
      return {
        ...withoutDeferral(job),
        ...(event.productKey === undefined ? {} : { productKey: event.productKey }),
        ...(event.deferredUntil === undefined ? {} : { deferredUntil: event.deferredUntil }),
      };
    case "othersListed":
      return { ...job, others: event.others };
    case "noUpdate":
      return { ...job, noUpdate: event.detail };
    case "progress":
    case "installing":
    case "accepted": {
      const device = event.device;
      const scheduled = device === undefined ? job.scheduled : { asked: askedAction(job), device };
      const done = event.kind === "progress" ? event.percent : undefined;
      return withDeferrals(
        {
          ...withoutNoUpdate(job),
          ...(scheduled === undefined ? {} : { scheduled }),
          ...(event.productKey === undefined ? {} : { productKey: event.productKey }),
          ...(done === undefined ? {} : { progress: done }),
          tries: { ...job.tries, hindered: 0 },
        },
        event.kind === "progress" ? event.deferrals : undefined,
      );
    }
    case "downloaded":
      // Found downloaded after a hindrance is no progress: else what keeps an install from beginning would be tried without end.
      return withDeferrals(
        {
          ...withoutNoUpdate(job),
          progress: 1,
          tries: from === "downloading" ? { ...job.tries, hindered: 0 } : job.tries,
        },
        event.deferrals,
      );
    default:
      return job;
  }
}

function withoutDeferral(job: Job): Job {
  const { deferredUntil: _before, ...rest } = job;
  return rest;
}

/** It does see the update after all. */
function withoutNoUpdate(job: Job): Job {
  const { noUpdate: _said, ...rest } = job;
  return rest;
}

function withDeferrals(job: Job, deferrals: Job["deferrals"]): Job {
  return deferrals === undefined ? job : { ...job, deferrals };
}

function askedAction(job: Job): Job["action"] {
  return job.state === "downloading" ? "DownloadOnly" : job.action;
}

function asking(job: Job, event: Event, now: number): Arrival {
  switch (event.kind) {
    case "below":
      // What a Mac has other than its OS is known by its list alone.
      if (job.target.others === true) return { job, effects: [], then: { kind: "mustScan" } };
      return send(job, "status", "asking-progress", now);
    case "notNow":
      return waits(job, "not-now", now);
    case "unheard":
      return Object.keys(job.out).length > 0 ? unheard(job, now) : send(job, "ask", "asking-version", now);
    case "unclear":
      // A status that can't be read leaves only the update command itself to tell: ordering a download is harmless. What
      // must be listed first is listed first nevertheless.
      return { job, effects: [], then: nothing(job) };
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
      if (job.next?.action !== "read-list") return unheard(job, now);
      return job.target.others === true
        ? send(job, "ask", "checking-scan", now)
        : send(job, "list", "reading-list", now);
    case "below":
      if (job.target.others === true) return freshList(job, now);
      return startScan(job, now);
    case "othersListed":
      return { job, effects: [], then: direct(job) };
    case "unclear":
      // No list to be had: where a version can be named, name it.
      return {
        job,
        effects: [],
        then:
          job.identify === "product-key" || job.target.others === true
            ? { kind: "notListed", offered: "" }
            : direct(job),
      };
    default:
      return startScan(job, now);
  }
}

function startScan(job: Job, now: number): Arrival {
  const { scanBefore: _older, ...rest } = job;
  const counted: Job = {
    ...rest,
    ...(job.lastScan === undefined ? {} : { scanBefore: job.lastScan }),
    tries: { ...job.tries, scans: job.tries.scans + 1, looks: 0 },
  };
  // Only a Mac's list is stale until it has scanned; iOS and tvOS know no scan.
  return job.platform === "macOS" ? send(counted, "scan", "scanning", now) : send(counted, "list", "reading-list", now);
}

/**
 * What is absent from a list counts as installed only if the list was made after the scan that we ordered: the Mac says
 * when its last scan was. One that does not say it is given half an hour.
 */
function freshList(job: Job, now: number): Arrival {
  const told = job.lastScan !== undefined;
  const scanned = told && (job.scanBefore === undefined || (job.lastScan ?? 0) > job.scanBefore);
  if (scanned || (!told && job.tries.looks >= MAX_SCAN_LOOKS)) return send(job, "list", "reading-list", now);
  if (job.tries.looks >= MAX_SCAN_LOOKS) {
    const hindrance = { code: "scan-failed", detail: "the time of its last scan does not change", errorChain: [] };
    return { job, effects: [], then: { kind: "hindered", hindrance } };
  }
  const looked: Job = { ...job, tries: { ...job.tries, looks: job.tries.looks + 1 } };
  return { job: next(say(looked, "scan-under-way", {}, now), "read-list", now + SCAN_TIME), effects: [] };
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
      return belowAfterOrder(job, now);
    case "noUpdate":
      return send(job, "ask", "no-update-said", now);
    case "unclear":
      return unclear(job, event.note, now);
    case "unheard":
      if (job.next?.action === "look-again") return send(job, "status", "asking-progress", now);
      return unheard(job, now);
    default:
      return orderDownload(job, now);
  }
}

/** Orders the download; an order that has just been given is first given time to show. */
function orderDownload(job: Job, now: number): Arrival {
  if (!job.twoSteps) return { job, effects: [], then: { kind: "skipDownload" } };
  const given = job.tries.downloads;
  const patience = ORDER_AGAIN[Math.min(given, ORDER_AGAIN.length) - 1] ?? 0;
  const again = (job.orderedAt ?? 0) + patience;
  if (again > now) {
    return { job: next(say(job, "download-not-begun", { orders: given }, now), "look-again", again), effects: [] };
  }
  const tried: Job = { ...job, orderedAt: now, tries: { ...job.tries, downloads: given + 1 } };
  // Some releases of macOS do not honour DownloadOnly: then the install step downloads, inside its window.
  if (job.platform === "macOS" && given >= 2 && job.goal !== "downloaded") {
    return { job: tried, effects: [], then: { kind: "skipDownload" } };
  }
  if (given >= MAX_DOWNLOADS)
    return { job: tried, effects: [], then: { kind: "gaveUp", code: "download-not-starting" } };
  return send(tried, "download", "download-ordered", now);
}

function ready(job: Job, event: Event, now: number): Arrival {
  if (job.goal === "downloaded" && event.kind === "downloaded") return { job, effects: [], then: { kind: "goalMet" } };
  if (event.kind === "mustOfferAgain" && job.installs >= MAX_INSTALLS) {
    return { job, effects: takeBack, then: { kind: "gaveUp", code: "install-not-starting" } };
  }
  const earliest = Math.max(now, offerableAt(job, now));
  const moment = installMoment(job, earliest);
  if (moment.open && earliest === now && event.kind !== "windowClosed") {
    return { job, effects: takeBack, then: { kind: "windowOpen" } };
  }
  const opensAt = moment.open ? earliest : moment.opensAt;
  const waitsFor = event.kind === "windowClosed" ? "window-passed" : "waiting-for-window";
  const told =
    earliest > now
      ? sayAgain(job, "install-not-begun", { againAt: opensAt }, now)
      : say(job, waitsFor, { opensAt }, now);
  return { job: next(told, "install", opensAt), effects: takeBack };
}
