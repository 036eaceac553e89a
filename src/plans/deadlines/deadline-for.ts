/** The deadline of a device for a release that becomes open to it (targets D3). */
import { DAY } from "../jobs/units.ts";
import { type Clock, dateAt, firstShown, notBefore, noticeOf, tellable } from "./clock.ts";
import { coveredBy, type DayRules } from "./days.ts";
import {
  addDays,
  atTime,
  dateOf,
  later,
  type LocalDate,
  type LocalDateTime,
  type LocalTime,
  minutesBefore,
  timeOf,
} from "./local.ts";
import { placeIn, type Sha256 } from "../slots.ts";
import { firstDay, type NoDayLeft } from "./search.ts";

/** Days after the day from which a plan counts, or one date on every device's clock. */
export type Due =
  | { readonly base: LocalDate; readonly days: number; readonly at: LocalTime }
  | { readonly local: LocalDateTime };

export interface Terms {
  readonly due: Due;
  readonly clock: Clock;
  readonly rules: DayRules;
  readonly noticeHours: number;
  readonly urgent: boolean;
  /** When the device came under the plan (ms UTC); absent: it was there from the beginning. */
  readonly joinedAt?: number;
  /** When the release became open to the device (ms UTC). */
  readonly openAt: number;
  /** The device's place in the plan's spread, in steps of five minutes (`spreadSlotOf`). */
  readonly slot: number;
}

export type DeadlineFound = { readonly kind: "deadline"; readonly local: LocalDateTime } | NoDayLeft;

/** The device's place in a spread of so many hours: the `slot` of its terms. */
export const spreadSlotOf = (spreadHours: number, planId: string, enrollmentId: string, sha256: Sha256): number =>
  spreadHours === 0 ? 0 : placeIn((spreadHours * 60) / SLOT_MINUTES, planId, enrollmentId, sha256);

/** Days that a device which comes late has at most before its deadline, where the plan gives more. */
const LATE_DAYS = 3;
const SLOT_MINUTES = 5;

/** Date and time of a deadline before anything moves them. */
const wanted = (due: Due): { date: LocalDate; time: LocalTime } =>
  "local" in due
    ? { date: dateOf(due.local), time: timeOf(due.local) }
    : { date: addDays(due.base, due.days), time: due.at };

/**
 * Before what moment a device that came under its plan after the base can't be late (ms UTC). A date that an admin named has no
 * days to count, so only the notice holds there.
 */
function joinFloor({ due, joinedAt, clock }: Pick<Terms, "due" | "joinedAt" | "clock">): number | undefined {
  if (joinedAt === undefined || "local" in due) return undefined;
  if (dateAt(joinedAt, clock) <= due.base) return undefined;
  return joinedAt + Math.min(due.days, LATE_DAYS) * DAY;
}

/** The deadline, or a refusal that names what covers the days. */
export function deadlineFor(terms: Terms): DeadlineFound {
  const { due, clock, rules, noticeHours, urgent, openAt, slot } = terms;
  const earliest = Math.max(openAt + noticeOf(noticeHours, clock, urgent), joinFloor(terms) ?? openAt);
  const found = firstDay({ ...wanted(due), earliest, clock, rules });
  if (found.kind === "no-day-left") return found;
  return { kind: "deadline", local: spread(found.local, slot, { earliest, clock, rules }) };
}

/** The planned date (D13): as if no gate, pause or notice had ever held the release back. */
export function plannedFor(terms: Pick<Terms, "due" | "clock" | "rules" | "joinedAt">): DeadlineFound {
  const { due, clock, rules } = terms;
  const found = firstDay({ ...wanted(due), earliest: joinFloor(terms), clock, rules });
  return found.kind === "no-day-left" ? found : { kind: "deadline", local: found.local };
}

/**
 * The deadline moved forward by the device's slot, but not below `earliest`, and not onto a day that is covered: then it begins
 * with its own day.
 */
function spread(
  local: LocalDateTime,
  slot: number,
  { earliest, clock, rules }: Pick<Terms, "clock" | "rules"> & { readonly earliest: number },
): LocalDateTime {
  const before = minutesBefore(local, slot * SLOT_MINUTES);
  const day = coveredBy(dateOf(before), rules) === undefined ? before : atTime(dateOf(local), "00:00");
  const moved = tellable(notBefore(later(before, day), earliest, clock), clock);
  const holds = moved < local && firstShown(moved, clock) >= earliest && coveredBy(dateOf(moved), rules) === undefined;
  return holds ? moved : local;
}
