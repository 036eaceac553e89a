/** The moment from which a device is told to install, and when it loses that moment again (targets D6). */
import { type Clock, firstShown, mayHavePassed, tellable } from "./clock.ts";
import { blackoutOn, type DayRules } from "./days.ts";
import { addDays, atTime, dateOf, later, type LocalDate, type LocalDateTime, timeOf } from "./local.ts";
import { firstDay, type NoDayLeft } from "./search.ts";
import { DAY } from "../jobs/units.ts";
import { isInside, type Window } from "../jobs/window.ts";

/** How a device's moment follows from its deadline. `notice`: see `noticeOf` (ms). */
export interface MomentTerms {
  readonly deadline: LocalDateTime;
  readonly window?: Window;
  readonly clock: Clock;
  readonly rules: DayRules;
  readonly notice: number;
}

/** A moment; `late`: it is a new one, since the device could not have been told in time by the deadline. */
export type MomentFound =
  | { readonly kind: "moment"; readonly local: LocalDateTime; readonly late: boolean }
  | NoDayLeft;

/**
 * The moment of a device that is told of a release at `contactAt`, for the first time or after its moment was taken back. It
 * follows from the deadline, where that leaves the notice; else from the first later day that does, not before `from`.
 */
export function momentFor(terms: MomentTerms & { readonly from?: LocalDate }, contactAt: number): MomentFound {
  const { deadline, clock, rules, notice, from = "" } = terms;
  const earliest = contactAt + notice;
  const planned = momentBy(deadline, terms);
  if (planned !== undefined && planned >= from && firstShown(planned, clock) >= earliest)
    return { kind: "moment", local: planned, late: false };
  const date = later(dateOf(deadline), from);
  const found = firstDay({ date, time: timeOf(deadline), earliest, clock, rules }, (local) => momentBy(local, terms));
  return found.kind === "no-day-left" ? found : { kind: "moment", local: found.local, late: true };
}

/**
 * The time itself where the window is open then, else the last opening before it; where a blackout covers that, the end of the
 * blackout, if the window is open there. Undefined: nothing is left before the time.
 */
export function momentBy(
  local: LocalDateTime,
  { window, clock, rules }: Pick<MomentTerms, "window" | "clock" | "rules">,
): LocalDateTime | undefined {
  const opening = window === undefined || isInside(timeOf(local), window) ? local : openingBefore(local, window, clock);
  const blackout = blackoutOn(dateOf(opening), rules.blackouts);
  if (blackout === undefined) return opening;
  const after = inWindow(atTime(addDays(blackout.to, 1), "00:00"), window, clock);
  if (after === undefined || after > local || blackoutOn(dateOf(after), rules.blackouts) !== undefined)
    return undefined;
  return after;
}

function openingBefore(local: LocalDateTime, window: Window, clock: Clock): LocalDateTime {
  const today = timeOf(local) >= window.from ? dateOf(local) : addDays(dateOf(local), -1);
  // The clock skips all of a short window: the day before has one.
  return inWindow(atTime(today, window.from), window, clock) ?? atTime(addDays(today, -1), window.from);
}

/** A time that the device may be told, if it still lies in the window. A window that ends before 04:00 is kept. */
function inWindow(local: LocalDateTime, window: Window | undefined, clock: Clock): LocalDateTime | undefined {
  const told = tellable(local, clock);
  if (window === undefined || isInside(timeOf(told), window)) return told;
  return clock.kind === "unknown" && isInside(timeOf(local), window) ? local : undefined;
}

/** What a device was told, and what it has been heard to do. */
export interface Told {
  readonly moment: LocalDateTime;
  readonly mechanism: "command" | "declaration";
  /** When it fetched its declaration or took its install order (ms UTC). */
  readonly fetchedAt?: number;
  readonly heardAt: number;
  /** Its install has begun: nothing is taken back. */
  readonly begun: boolean;
}

export type Recall = "not-fetched" | "silent";

/** Silence from before the moment until so long after it. */
const SILENT = 3 * DAY;

/**
 * Why a device's moment is taken back now: the declaration leaves its list, or the order is withdrawn, and its next contact gives it
 * a new moment. A declaration that was never fetched goes with its moment: fetched later, it would leave the user an hour, in a
 * window or out of it. An order is given at each opening of the window until the deadline.
 */
export function recallOf(
  { moment, mechanism, fetchedAt, heardAt, begun }: Told,
  deadline: LocalDateTime,
  clock: Clock,
  now: number,
): Recall | undefined {
  if (begun) return undefined;
  if (fetchedAt === undefined) {
    const end = mechanism === "declaration" ? moment : later(moment, deadline);
    return mayHavePassed(end, clock, now) ? "not-fetched" : undefined;
  }
  const from = firstShown(moment, clock);
  return heardAt < from && now >= from + SILENT ? "silent" : undefined;
}
