/** What is done while an install is under way. */
import { belowAfterOrder, unclear } from "../after-order.ts";
import type { Event } from "../event.ts";
import { needsUserOf } from "../../decisions/authorise.ts";
import type { CommandedJob, Said } from "../job.ts";
import { lastOfferAt, offerableAt, sayAgain } from "../offers.ts";
import { type Arrival, look, next, percent, PUSH_DELAYS, say, send, unheard, waits } from "../pace.ts";
import { DAY, HOUR, MINUTE } from "../units.ts";
import type { Effect } from "../effect.ts";
import { installFrom, installMoment } from "../install-moment.ts";

/** With InstallLater the Mac itself waits for a night: a day and a half of looks before the install is offered again. */
const LOOKS_AT_LATER = 36;
/** Looks at an install that shows no sign, before it counts as not begun. */
const LOOKS_BEFORE_NOTHING = 3;
/** From the moment a Mac means to install to the first look whether it has. */
const AFTER_SCHEDULED = 45 * MINUTE;

/** An install command that is still somewhere in the queue, or whose answer never came, is closed before another is made. */
export const takeBack: readonly Effect[] = [{ kind: "withdraw", purpose: "install" }];

export function installing(job: CommandedJob, event: Event, now: number): Arrival {
  switch (event.kind) {
    case "windowOpen": {
      const moment = installMoment(job, now);
      const bounds = {
        ...(job.window === undefined && installFrom(job) === undefined ? {} : { notBefore: moment.opensAt }),
        ...(job.window === undefined ? {} : { notAfter: moment.closesAt }),
      };
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
      return belowAfterOrder(job, now);
    case "noUpdate":
      return send(job, "ask", "no-update-said", now);
    case "unclear":
      return unclear(job, event.note, now);
    case "downloaded":
      return notBegun(job, now);
    case "nothing":
      return nothing(job, event.purged === true, now);
    case "unheard":
      if (job.next.action === "look-again") return send(job, "ask", "asking-version", now);
      return unheardInstall(job, now);
    default:
      return { job, effects: [] };
  }
}

/**
 * Nothing is in progress. A download that an iPhone says is gone can't be about to be installed; else it may be about to
 * begin: look a few times first. What is no OS version may be installed by now: the next list tells.
 */
function nothing(job: CommandedJob, purged: boolean, now: number): Arrival {
  if (purged && job.platform !== "macOS") return { job, effects: [], then: { kind: "requiresDownload" } };
  const looks = job.target.others === true ? 1 : LOOKS_BEFORE_NOTHING;
  if (job.tries.looks < looks) return look(job, "install-accepted", { status: "Idle" }, now);
  if (job.target.others === true) return { job, effects: [], then: { kind: "mustScan" } };
  if (job.twoSteps) return { job, effects: [], then: { kind: "requiresDownload" } };
  return offerAgain(job, "install-accepted", { status: "Idle" }, now);
}

/** Downloaded, not installing, although the install was ordered. */
function notBegun(job: CommandedJob, now: number): Arrival {
  const left = job.out.install;
  if (left !== undefined && left.offeredAt === null) return waits(job, "install-ordered", now);
  // Offered and never answered, and nothing is installing: it was lost. Only now may it be offered again.
  if (left !== undefined) return offerAgain(job, "answer-missing", {}, now);
  const plannedAt = job.known.deferrals?.nextInstallAt;
  if (plannedAt !== undefined && plannedAt + AFTER_SCHEDULED > now) {
    // The Mac's own plan: asking again would be a new order. Once a day, so that what its user does is seen.
    const at = Math.min(plannedAt + AFTER_SCHEDULED, now + DAY);
    return { job: next(say(job, "waiting-for-user", {}, now), "look-again", at), effects: [] };
  }
  const needsUser = needsUserOf(job);
  if (needsUser !== undefined && job.tries.looks > 0) {
    const detail = "it is downloaded and ordered, and the Mac does not begin";
    return { job, effects: [], then: { kind: "hindered", blocker: { code: needsUser, detail, errorChain: [] } } };
  }
  if (job.action === "InstallLater" && job.tries.looks < LOOKS_AT_LATER) return look(job, "waiting-for-user", {}, now);
  return offerAgain(job, "waiting-for-user", {}, now);
}

/** The device took the order and does not begin: it is ordered again when it may be, and looked at until then. */
function offerAgain(job: CommandedJob, reason: string, params: Said["params"], now: number): Arrival {
  const again = offerableAt(job, now);
  if (again <= now) return { job, effects: [], then: { kind: "mustOfferAgain" } };
  // The newest order is given an hour before the device counts as one that does nothing of all of them.
  const fresh = now < (lastOfferAt(job) ?? now) + HOUR;
  const told = fresh ? say(job, reason, params, now) : sayAgain(job, { reason, params }, now);
  const looked = look(told, told.reason, told.params, now);
  return { ...looked, job: next(looked.job, "look-again", Math.min(looked.job.next.at, again)) };
}

/** The install left and nothing has been heard since: ask, never send it again. */
function unheardInstall(job: CommandedJob, now: number): Arrival {
  const left = job.out.install;
  if (left === undefined || left.offeredAt === null) return unheard(job, now);
  const waiting = unheard(job, now);
  return { job: waiting.job, effects: [...waiting.effects, { kind: "send", purpose: "ask", once: false }] };
}
