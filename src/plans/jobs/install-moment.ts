/** When a job by command may order its install: from its deadline on, and in its window (targets D9). */
import { dateAt, firstShown } from "../deadlines/clock.ts";
import { blackoutOn, lastDayCovered } from "../deadlines/days.ts";
import { addDays, atTime } from "../deadlines/local.ts";
import type { Job } from "./job.ts";
import { onLastClock, type Zone } from "./last-clock.ts";
import { DAY } from "./units.ts";
import { instantIn, newestWindow, type Window, windowAt, type WindowMoment } from "./window.ts";

/** How much of a window must be left for an install to begin: a device needs time between the command and its restart. */
const LEAD = 15 * 60_000;

/** What says when an install may be ordered. */
export type Terms = Zone & Pick<Job, "window" | "deadlineAt" | "goal" | "moment" | "blackouts" | "recalled">;

/**
 * The moment (ms UTC) before which the install is not ordered: the deadline where the window is open then, else the last opening
 * before it, as for a declaration. Where the zone of the device is only assumed, windows are judged in the assumed zone, and the
 * moment has come when every time zone has reached it: nothing is installed before it. Undefined without a deadline, and for a
 * job that installs nothing.
 */
export function installFrom(terms: Terms): number | undefined {
  const { window, zone, deadlineAt, goal, moment } = terms;
  if (deadlineAt === undefined || goal !== "installed") return undefined;
  if (moment !== undefined) return onLastClock(instantIn(moment, zone), terms);
  if (window === undefined) return onLastClock(deadlineAt, terms);
  const newest = shortened(newestWindow(window, zone, deadlineAt));
  return onLastClock(deadlineAt < newest.closesAt ? deadlineAt : newest.opensAt, terms);
}

/**
 * When installs may begin: at the next of its windows that is left, less the lead; without a window, from the moment on. Never in a
 * blackout; and while the moment is taken back, not before the device is heard.
 */
export function installMoment(terms: Terms, now: number): WindowMoment {
  if (terms.recalled !== undefined) return { open: false, opensAt: now + DAY, closesAt: now + DAY };
  return afterBlackouts(openAt(terms, now), terms, now);
}

/** Days are those of the zone in which windows are judged. */
function afterBlackouts(found: WindowMoment, terms: Terms, now: number): WindowMoment {
  if (terms.blackouts === undefined || terms.goal !== "installed") return found;
  const clock = { kind: "known", zone: terms.zone } as const;
  const last = lastDayCovered(dateAt(Math.max(found.opensAt, now), clock), terms.blackouts);
  if (last === undefined) return found;
  const from = firstShown(atTime(addDays(last, 1), "00:00"), clock);
  const next = openAt(terms, from);
  return afterBlackouts({ ...next, open: false, opensAt: Math.max(next.opensAt, from) }, terms, from);
}

/** Whether an install may be ordered now, for what queued it earlier. */
export function mayOrder(terms: Terms, now: number): boolean {
  if (terms.recalled !== undefined || (installFrom(terms) ?? now) > now) return false;
  const { goal, blackouts = [], zone } = terms;
  return goal !== "installed" || blackoutOn(dateAt(now, { kind: "known", zone }), blackouts) === undefined;
}

function openAt(terms: Terms, now: number): WindowMoment {
  const from = installFrom(terms);
  const ahead = from !== undefined && from > now;
  if (terms.window === undefined) return { open: !ahead, opensAt: from ?? now, closesAt: Number.MAX_SAFE_INTEGER };
  const next = nextWindow(terms.window, terms.zone, ahead ? from : now);
  return { open: next.open && !ahead, opensAt: Math.max(next.opensAt, from ?? 0), closesAt: next.closesAt };
}

function nextWindow(window: Window, zone: string, at: number): WindowMoment {
  const whole = windowAt(window, zone, at);
  const left = shortened(whole);
  if (at < left.closesAt) return left;
  const next = shortened(windowAt(window, zone, whole.closesAt));
  // Where the clock skips the end of a window that is open almost all day, the next one opens before that end.
  return { ...next, open: next.opensAt <= at };
}

function shortened(whole: WindowMoment): WindowMoment {
  const lead = Math.min(LEAD, Math.floor((whole.closesAt - whole.opensAt) / 2));
  return { ...whole, closesAt: whole.closesAt - lead };
}
