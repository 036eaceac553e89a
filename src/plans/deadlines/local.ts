/** Local days and times as texts, which sort as they follow each other, and arithmetic on days. No zone is needed for it. */
import { DAY } from "../jobs/units.ts";
import { remember } from "./remember.ts";

/** "2026-12-04". */
export type LocalDate = string;
/** "17:00". */
export type LocalTime = string;
/** "2026-12-04T17:00": a time on a device's own clock, to the minute. */
export type LocalDateTime = string;

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

const midnight = (date: LocalDate): number => Date.parse(`${date}T00:00Z`);

/** The date `days` days after `date`, or before it where `days` is negative. */
export const addDays = remember(
  (date: LocalDate, days: number): LocalDate => new Date(midnight(date) + days * DAY).toISOString().slice(0, 10),
);

/** How many days `to` lies after `from`; negative where it lies before. */
export const daysBetween = (from: LocalDate, to: LocalDate): number => (midnight(to) - midnight(from)) / DAY;

export function weekdayOf(date: LocalDate): Weekday {
  // 1 January 1970 was a Thursday.
  const index = (((midnight(date) / DAY + 3) % 7) + 7) % 7;
  return WEEKDAYS[index] ?? "mon";
}

export const dateOf = (local: LocalDateTime): LocalDate => local.slice(0, 10);
export const timeOf = (local: LocalDateTime): LocalTime => local.slice(11, 16);
export const atTime = (date: LocalDate, time: LocalTime): LocalDateTime => `${date}T${time}`;

/** The local time `minutes` earlier, as on a clock that is never changed. */
export const minutesBefore = (local: LocalDateTime, minutes: number): LocalDateTime =>
  new Date(Date.parse(`${local}Z`) - minutes * 60_000).toISOString().slice(0, 16);

/** The later of two days or times of one kind. */
export const later = <T extends string>(a: T, b: T): T => (a < b ? b : a);
export const earlier = <T extends string>(a: T, b: T): T => (b < a ? b : a);
