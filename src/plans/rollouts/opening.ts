/** When rings open (targets R1, U2): at 09:00 in the plan's zone, when people are there to see what happens. */
import { Temporal } from "temporal-polyfill";
import { dateAt } from "../deadlines/clock.ts";
import type { LocalDate } from "../deadlines/local.ts";
import { HOUR } from "../jobs/units.ts";

/** "working": Monday to Friday. Urgent runs open on any day. */
export type OpeningDays = "working" | "any";

const OPENS_AT = Temporal.PlainTime.from("09:00");
const FRIDAY = 5;

/**
 * The first 09:00 on or after `date` that is not before `notBefore` (ms UTC). A day that the zone skips whole has none.
 * `zone`: an IANA name or an offset.
 */
export function openingFrom(date: LocalDate, zone: string, notBefore: number, days: OpeningDays): number {
  const known = Temporal.Instant.fromEpochMilliseconds(notBefore).toZonedDateTimeISO(zone).toPlainDate();
  let day = Temporal.PlainDate.from(date);
  if (Temporal.PlainDate.compare(day, known) < 0) day = known;
  for (;;) {
    const at = openingOn(day, zone);
    if (at !== undefined && at >= notBefore && isOpeningDay(day, days)) return at;
    day = day.add({ days: 1 });
  }
}

/**
 * The opening that takes place at `now`: 09:00 of this day, and until 10:00 for a server that was away at 09:00. Later it
 * would not be the time that was announced, and the ring waits for the next day.
 */
export function openingAt(now: number, zone: string): number | undefined {
  const local = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone);
  if (!isOpeningDay(local.toPlainDate(), "working")) return undefined;
  const at = openingOn(local.toPlainDate(), zone);
  return at !== undefined && at <= now && now < at + HOUR ? at : undefined;
}

/** Whether it is 09:00 or later on the clock of `zone`. */
export function isPastOpening(now: number, zone: string): boolean {
  const local = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone);
  return Temporal.PlainTime.compare(local.toPlainTime(), OPENS_AT) >= 0;
}

/** The date in `zone`. */
export const dateIn = (at: number, zone: string): LocalDate => dateAt(at, { kind: "known", zone });

const isOpeningDay = (day: Temporal.PlainDate, days: OpeningDays): boolean => days === "any" || day.dayOfWeek <= FRIDAY;

function openingOn(day: Temporal.PlainDate, zone: string): number | undefined {
  const at = day.toZonedDateTime({ timeZone: zone, plainTime: OPENS_AT });
  return at.toPlainDate().equals(day) ? at.epochMilliseconds : undefined;
}
