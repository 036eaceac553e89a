/** The end of a device's exclusion, and the deadline that it has then (targets S5). */
import { DAY } from "../jobs/units.ts";
import { type Clock, dateAt, lastShown } from "./clock.ts";
import type { DayRules } from "./days.ts";
import { addDays, atTime, dateOf, type LocalDate, type LocalDateTime, timeOf } from "./local.ts";
import { firstDay } from "./search.ts";
import type { DeadlineFound } from "./deadline-for.ts";

/** When an exclusion until `until` ends (ms UTC): 00:00 of that day, on the last clock that the device may have. */
export const exclusionEndsAt = (until: LocalDate, clock: Clock): number => lastShown(atTime(until, "00:00"), clock);

/** How long an exclusion may last (ms). */
const MOST_EXCLUDED = 90 * DAY;

/** The last day until which a device may be excluded at `now` (ms UTC). */
export function lastExclusionDay(now: number, clock: Clock): LocalDate {
  let day = dateAt(now + MOST_EXCLUDED, clock);
  while (exclusionEndsAt(day, clock) > now + MOST_EXCLUDED) day = addDays(day, -1);
  return day;
}

/** The deadline after an exclusion: the former one, or the first later day that leaves the notice (ms) after the end. */
export function deadlineAfterExclusion(
  { deadline, ...terms }: { deadline: LocalDateTime; clock: Clock; rules: DayRules; notice: number },
  until: LocalDate,
): DeadlineFound {
  const earliest = exclusionEndsAt(until, terms.clock) + terms.notice;
  const found = firstDay({ ...terms, date: dateOf(deadline), time: timeOf(deadline), earliest });
  return found.kind === "day" ? { kind: "deadline", local: found.local } : found;
}
