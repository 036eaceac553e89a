/** The days that are left for a deadline or a moment: from one date on, those that nothing covers (targets D3 steps 3 and 4). */
import { type Clock, firstShown, notBefore, tellable } from "./clock.ts";
import { type Covered, coveredBy, type DayRules, lastDayCovered } from "./days.ts";
import { addDays, atTime, dateOf, type LocalDate, type LocalDateTime, type LocalTime } from "./local.ts";

export interface Search {
  /** The first date that is meant. */
  readonly date: LocalDate;
  readonly time: LocalTime;
  /** Not before this moment (ms UTC), on any clock that the device may have; absent: no moment is too early. */
  readonly earliest?: number | undefined;
  readonly clock: Clock;
  readonly rules: DayRules;
}

/** No day is left: which days were looked at, and what covers them. */
export interface NoDayLeft {
  readonly kind: "no-day-left";
  readonly from: LocalDate;
  readonly to: LocalDate;
  readonly covered: readonly Covered[];
}

/** Days that are searched: after the first one, or after the blackouts that cover it. */
const SEARCHED = 31;

/**
 * The first day that is left, by the local time that `timeOn` makes of it (itself, or a moment in its window), which must not lie
 * before `earliest`. The days are counted from the later of `date` and the day of `earliest`: a device that comes back after
 * months still gets a day.
 */
export function firstDay(
  { date, time, earliest, clock, rules }: Search,
  timeOn: (local: LocalDateTime) => LocalDateTime | undefined = (local) => local,
): { readonly kind: "day"; readonly local: LocalDateTime } | NoDayLeft {
  const from = earliest === undefined ? date : dateOf(notBefore(atTime(date, "00:00"), earliest, clock));
  const to = addDays(lastDayCovered(from, rules.blackouts) ?? from, SEARCHED);
  const covered = new Map<string, Covered>();
  for (let day = from; day <= to; day = addDays(day, 1)) {
    const local = tellable(atTime(day, time), clock);
    // A gap at midnight makes the next day of it, which may be covered.
    const why = coveredBy(day, rules) ?? coveredBy(dateOf(local), rules);
    if (why !== undefined) {
      covered.set(JSON.stringify(why), why);
      continue;
    }
    const found = timeOn(local);
    if (found !== undefined && (earliest === undefined || firstShown(found, clock) >= earliest))
      return { kind: "day", local: found };
  }
  return { kind: "no-day-left", from, to, covered: [...covered.values()] };
}
