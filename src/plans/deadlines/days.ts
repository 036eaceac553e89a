/** Days on which no deadline lies: skipped weekdays, and blackouts (targets D3 step 3, D11). */
import { addDays, daysBetween, later, type LocalDate, type Weekday, weekdayOf } from "./local.ts";

/** A range of whole local days, both ends included. */
export interface Days {
  readonly name: string;
  readonly from: LocalDate;
  readonly to: LocalDate;
}

/** A range in which no device of `who` is restarted, for all plans. */
export interface Blackout<Rule> extends Days {
  readonly who: Rule;
  /** "token:NAME" or "account:ID". */
  readonly by: string;
}

/** `blackouts`: those that cover the device. */
export interface DayRules {
  readonly skipWeekdays: readonly Weekday[];
  readonly blackouts: readonly Days[];
}

/** Why a day is no day for a deadline. */
export type Covered =
  | { readonly by: "blackout"; readonly name: string }
  | { readonly by: "weekday"; readonly weekday: Weekday };

const covers = ({ from, to }: Days, date: LocalDate): boolean => from <= date && date <= to;

export const blackoutOn = (date: LocalDate, blackouts: readonly Days[]): Days | undefined =>
  blackouts.find((days) => covers(days, date));

export function coveredBy(date: LocalDate, { skipWeekdays, blackouts }: DayRules): Covered | undefined {
  const blackout = blackoutOn(date, blackouts);
  if (blackout !== undefined) return { by: "blackout", name: blackout.name };
  const weekday = weekdayOf(date);
  return skipWeekdays.includes(weekday) ? { by: "weekday", weekday } : undefined;
}

/** The last day of the blackouts in a row that begin to cover at `date`; undefined: none covers it. */
export function lastDayCovered(date: LocalDate, blackouts: readonly Days[]): LocalDate | undefined {
  let last: LocalDate | undefined;
  for (let day = date; ; day = addDays(last, 1)) {
    const blackout = blackoutOn(day, blackouts);
    if (blackout === undefined) return last;
    last = blackout.to;
  }
}

/** Days in a row that blackouts may cover together. */
export const MOST_DAYS = 90;

/** Blackouts that overlap or follow each other without a day between them. */
export interface TooLong {
  readonly from: LocalDate;
  readonly to: LocalDate;
  readonly days: number;
  readonly names: readonly string[];
}

/** The first run of blackouts that is longer than allowed; undefined: none is. `blackouts`: those that may cover one device. */
export function tooLong(blackouts: readonly Days[]): TooLong | undefined {
  const inOrder = blackouts.toSorted((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  let run: { from: LocalDate; to: LocalDate; names: string[] } | undefined;
  const runs: (typeof run & {})[] = [];
  for (const { name, from, to } of inOrder) {
    if (run !== undefined && from <= addDays(run.to, 1)) {
      run.to = later(run.to, to);
      run.names.push(name);
    } else {
      run = { from, to, names: [name] };
      runs.push(run);
    }
  }
  return runs.map((one) => ({ ...one, days: daysBetween(one.from, one.to) + 1 })).find(({ days }) => days > MOST_DAYS);
}
