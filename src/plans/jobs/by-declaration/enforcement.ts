/**
 * When a declaration makes a device install: one wall-clock time without a zone, which the device reads in its own.
 * Source: declarative/declarations/configurations/softwareupdate.enforcement.specific.yaml (TargetLocalDateTime).
 */
import { Temporal } from "temporal-polyfill";
import type { Wanted } from "../../../catalog/index.ts";
import { blackoutOn, type Days } from "../../deadlines/days.ts";
import { dateOf, type LocalDateTime, timeOf } from "../../deadlines/local.ts";
import { momentBy } from "../../deadlines/moment.ts";
import { firstDay } from "../../deadlines/search.ts";
import { HOUR, MINUTE } from "../units.ts";
import { clockOf } from "../clock-of.ts";
import { shownOnce } from "../../decisions/deadline.ts";
import { FURTHEST_AHEAD, FURTHEST_BEHIND, instantIn, isInside, type Window } from "../window.ts";

/** What a device is told by its declaration, and when that is as far as this server can know. */
export interface Enforcement {
  /** "2026-12-04T19:00:00", the device's local time. */
  readonly local: string;
  /** That moment in the device's zone, or in the plan's where the device's is unknown (ms UTC). */
  readonly at: number;
  /** The latest moment at which any device's clock shows it; equals `at` where the zone is known. */
  readonly latestAt: number;
  /** How the moment came about. */
  readonly from: "deadline" | "window" | "soon" | "moment";
  /** The build that alone will do: the one that the admin named, or an improvement's own. */
  readonly build?: string;
}

/** Between the declaration and the moment it enforces: time to sync, and for the user to save work. */
const LEAD = HOUR;

export interface When {
  readonly window?: Window;
  /** Local wall-clock time "YYYY-MM-DDTHH:MM", one that the device's clock shows (deadline.ts). */
  readonly deadline?: string;
  /** The moment, where it does not follow from the others. */
  readonly moment?: LocalDateTime;
  /** Blackouts that cover the device: no moment lies in one. */
  readonly blackouts?: readonly Days[];
  readonly zone: string;
  readonly zoneKnown: boolean;
  /** An admin named the zone for devices whose own is unknown. */
  readonly zoneNamed?: boolean;
  readonly target: Pick<Wanted, "named" | "supplemental">;
}

/** A window is a promise to users wherever they are; a deadline is the admin's own, as is the zone that he names for it. */
const isJudged = ({ zoneKnown, zoneNamed, window }: Omit<When, "target">): boolean =>
  zoneKnown || (zoneNamed === true && window === undefined);

/** When a device shows a local time, as far as this server can know by the zone of a plan. */
export function momentIn(local: string, when: Omit<When, "target">): Pick<Enforcement, "at" | "latestAt"> {
  const at = instantIn(local, when.zone);
  return { at, latestAt: isJudged(when) ? at : instantIn(local, FURTHEST_BEHIND) };
}

/**
 * The deadline, where no window forbids it; else the last opening of the window before it; without a deadline the next
 * moment in the window, and without either an hour from now, the nearest thing to "now" that a declaration can say.
 * A build is declared only where the admin names it, or an improvement: without one the device also takes any improvement
 * to that version.
 * Where the zone is unknown the moment is in the future in every time zone, except for "now", which
 * then is a guess, and a deadline in a zone that an admin named; and it avoids the early morning, in which clocks change, where that is possible.
 */
export function enforcementFor(when: When, now: number): Enforcement {
  const { moment, blackouts = [] } = when;
  if (moment !== undefined) return at(moment, "moment", when);
  const found = withoutBlackouts(when, now);
  if (blackoutOn(dateOf(found.local), blackouts) === undefined) return found;
  const after = afterBlackouts(found.local.slice(0, 16), { ...when, blackouts });
  // All days that are searched are covered: blackouts of that length are refused.
  return after === undefined ? found : at(after, "moment", when);
}

/** The first moment that no blackout covers: by the deadline, or from the one that was found. */
function afterBlackouts(
  found: LocalDateTime,
  when: When & Required<Pick<When, "blackouts">>,
): LocalDateTime | undefined {
  const { window, deadline, blackouts } = when;
  const clock = clockOf(when);
  const rules = { skipWeekdays: [], blackouts };
  const terms = { ...(window === undefined ? {} : { window }), clock, rules };
  const planned = deadline === undefined ? undefined : momentBy(deadline, terms);
  if (planned !== undefined) return planned;
  const early = window === undefined || isInside("00:00", window) ? "00:00" : window.from;
  const [date, time] = [dateOf(deadline ?? found), deadline === undefined ? early : timeOf(deadline)];
  const day = firstDay({ date, time, clock, rules }, (local) => momentBy(local, terms));
  return day.kind === "day" ? day.local : undefined;
}

/** What a declaration says of a local time. A build is declared only where the admin names it, or an improvement. */
function at(moment: LocalDateTime, from: Enforcement["from"], when: When): Enforcement {
  const build = when.target.supplemental?.build ?? when.target.named;
  const local = moment.length === 16 ? `${moment}:00` : moment;
  return { local, ...momentIn(local, when), from, ...(build === undefined ? {} : { build }) };
}

function withoutBlackouts(when: When, now: number): Enforcement {
  const { window, deadline, zone } = when;
  const judged = isJudged(when);
  const done = (wanted: Temporal.PlainDateTime, from: Enforcement["from"]): Enforcement =>
    at(shown(wanted, from, when).toString({ smallestUnit: "second" }), from, when);
  const wanted = deadline === undefined ? undefined : Temporal.PlainDateTime.from(deadline);
  if (window === undefined && wanted !== undefined) return done(wanted, "deadline");
  if (window === undefined) return done(clock(now + LEAD, zone), "soon");

  const first = clock(now + LEAD, judged ? zone : FURTHEST_AHEAD);
  if (wanted === undefined) return done(inside(first, window) ? first : openingAfter(first, window), "window");
  if (inside(wanted, window)) return done(wanted, "deadline");
  const last = openingBefore(wanted, window);
  // No window is left before the deadline: a window is a promise to users, so the deadline is missed, and that is shown.
  const soonest = inside(first, window) ? first : openingAfter(first, window);
  return done(Temporal.PlainDateTime.compare(last, first) > 0 ? last : soonest, "window");
}

/** The moment as the device's clock will show it. A deadline in a known zone is one that it shows already. */
function shown(moment: Temporal.PlainDateTime, from: Enforcement["from"], { zone, zoneKnown, window }: When) {
  if (zoneKnown && from === "deadline") return moment;
  // "Now" must not wait until the morning.
  if (!zoneKnown && from !== "soon") return afterChanges(moment, window);
  const safe = shownOnce(moment, zone);
  // The clock skips all of a short window: the next one is taken.
  return window === undefined || inside(safe, window) ? safe : openingAfter(safe, window);
}

const MORNING = Temporal.PlainTime.from("04:00");

/**
 * 04:00 for a time before it: somewhere a clock skips or repeats such a time tonight, and a device may refuse a time that its
 * clock skips. A window that ends before 04:00 is kept.
 */
function afterChanges(moment: Temporal.PlainDateTime, window: Window | undefined): Temporal.PlainDateTime {
  if (Temporal.PlainTime.compare(moment.toPlainTime(), MORNING) >= 0) return moment;
  const later = moment.withPlainTime(MORNING);
  return window === undefined || inside(later, window) ? later : moment;
}

/** The local time of a zone, up to the next five minutes. */
function clock(at: number, zone: string): Temporal.PlainDateTime {
  const step = 5 * MINUTE;
  const rounded = Math.ceil(at / step) * step;
  return Temporal.Instant.fromEpochMilliseconds(rounded).toZonedDateTimeISO(zone).toPlainDateTime();
}

const inside = (moment: Temporal.PlainDateTime, window: Window): boolean =>
  isInside(moment.toPlainTime().toString({ smallestUnit: "minute" }), window);

function openingAfter(moment: Temporal.PlainDateTime, { from }: Window): Temporal.PlainDateTime {
  const today = moment.withPlainTime(Temporal.PlainTime.from(from));
  return Temporal.PlainDateTime.compare(today, moment) >= 0 ? today : today.add({ days: 1 });
}

function openingBefore(moment: Temporal.PlainDateTime, { from }: Window): Temporal.PlainDateTime {
  const today = moment.withPlainTime(Temporal.PlainTime.from(from));
  return Temporal.PlainDateTime.compare(today, moment) <= 0 ? today : today.subtract({ days: 1 });
}
