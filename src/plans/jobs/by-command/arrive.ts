/**
 * What is done when an event has led a job by command into a state: its reason, its next action and when, and what must be
 * sent. One function per state.
 */
import { blocked } from "./blocked.ts";
import { downloading } from "./download.ts";
import { installing, takeBack } from "./install.ts";
import { learn } from "./learn.ts";
import { scanning } from "./scan.ts";
import { stopping } from "./stop.ts";
import { atRest } from "../pause.ts";
import { nothing } from "./update-status.ts";
import type { Event } from "../event.ts";
import type { CommandedJob, Said } from "../job.ts";
import { offerableAt, recentOf, sayAgain } from "../offers.ts";
import { type Arrival, next, drop, enter, percent, say, send, unheard, waits, askProgress } from "../pace.ts";
import type { LiveState } from "../state.ts";
import { installFrom, installMoment } from "../install-moment.ts";
import { isJudged } from "../last-clock.ts";

/** Install commands of one job. */
const MAX_INSTALLS = 10;

export function arrive(job: CommandedJob, event: Event, to: LiveState, now: number): Arrival {
  const known = learn(enter(job, to, now), event, job.state);
  switch (to) {
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
    case "taking-back":
    case "last-word":
    case "too-late":
      return stopping(known, event, job.state, now);
    case "paused":
      return atRest(known, event, job, now);
    default:
      return asking(known, event, now);
  }
}

function asking(job: CommandedJob, event: Event, now: number): Arrival {
  switch (event.kind) {
    case "below":
      // What a Mac has other than its OS is known by its list alone.
      if (job.target.others === true) return { job, effects: [], then: { kind: "mustScan" } };
      return askProgress(job, now);
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

function ready(job: CommandedJob, event: Event, now: number): Arrival {
  // Only its next contact gives it a moment again.
  if (job.recalled !== undefined) return unheard(job, now);
  if (job.goal === "downloaded" && event.kind === "downloaded") return { job, effects: [], then: { kind: "goalMet" } };
  if (event.kind === "mustOfferAgain" && job.orders.installs >= MAX_INSTALLS) {
    return { job, effects: takeBack, then: { kind: "gaveUp", code: "install-not-starting" } };
  }
  const earliest = Math.max(now, offerableAt(job, now));
  const moment = installMoment(job, earliest);
  if (moment.open && earliest === now && event.kind !== "windowClosed") {
    return { job, effects: takeBack, then: { kind: "windowOpen" } };
  }
  const opensAt = moment.open ? earliest : moment.opensAt;
  if (earliest > now) {
    const said = { reason: "install-not-begun", params: { againAt: opensAt, orders: recentOf(job, now) } };
    // The Mac may not have begun for want of its token.
    const told: CommandedJob = { ...sayAgain(job, said, now), awaitsToken: true };
    return { job: next(told, "install", opensAt), effects: takeBack };
  }
  const { reason, params } = waitsFor(job, event, now);
  return {
    job: next(say(drop(job, "awaitsToken"), reason, { ...params, opensAt }, now), "install", opensAt),
    effects: takeBack,
  };
}

/** Before the moment of its deadline a device is ordered only to download; where it can't be, nothing is ordered. */
function waitsFor(job: CommandedJob, event: Event, now: number): Said {
  if ((installFrom(job) ?? now) <= now)
    return { reason: event.kind === "windowClosed" ? "window-passed" : "waiting-for-window", params: {} };
  const zone = isJudged(job) ? {} : { zoneUnknown: 1 };
  if (job.known.progress === undefined) return { reason: "not-ordered-before-deadline", params: zone };
  return { reason: "waiting-for-deadline", params: { ...percent(job), ...zone } };
}
