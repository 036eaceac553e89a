/**
 * A deadline as an admin types it: "fri 17:00", a date and time, or a number of days and a time. Days are counted from the
 * reader's own; the time is that of each device. What comes out is the text that the server takes.
 */
import { UptickError } from "../errors/index.ts";

export interface DeadlineOptions {
  readonly by?: string | undefined;
  readonly in?: string | undefined;
  readonly at?: string | undefined;
  readonly zone?: string | undefined;
  readonly allowPastDeadline?: true | undefined;
}

/** The reader's clock. `zone`: an IANA name. */
export interface Reader {
  readonly now: number;
  readonly zone: string;
}

const DAY = 86_400_000;
const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const DATE_AND_TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)/;
const MOST_DAYS = 365;

/** The deadline for the request; undefined: none was named. Throws `usage-invalid`, with what to write instead. */
export function deadlineOf(options: DeadlineOptions, reader: Reader): string | undefined {
  const { by, in: days, at } = options;
  if (by !== undefined && (days ?? at) !== undefined) throw wrong("Use --by, or --in with --at, and not both.");
  if (by !== undefined) return checked(weekdayIn(by, reader) ?? dateIn(by), options, reader);
  if (days === undefined && at === undefined) return undefined;
  if (days === undefined || at === undefined)
    throw wrong("--in and --at belong together, such as --in 14d --at 17:00.");
  const [, count] = /^(\d{1,3})d$/.exec(days.trim()) ?? [];
  if (count === undefined || Number(count) > MOST_DAYS)
    throw wrong(`--in "${short(days)}" is not a number of days from 0d to ${MOST_DAYS}d.`);
  if (!TIME.test(at)) throw wrong(`--at "${short(at)}" is not a time such as 17:00.`);
  return checked(`${addDays(shown(reader.now, reader.zone).slice(0, 10), Number(count))}T${at}`, options, reader);
}

/** "fri 17:00": the next one on the reader's clock, which may be today. Undefined: it names no weekday. */
function weekdayIn(text: string, { now, zone }: Reader): string | undefined {
  const [, name = "", time = ""] = /^([a-z]+) +(\S+)$/i.exec(text.trim()) ?? [];
  const weekday = WEEKDAYS.findIndex((day) => name.length >= 3 && day.startsWith(name.toLowerCase()));
  if (weekday < 0) return undefined;
  if (!TIME.test(time)) throw wrong(`--by "${short(text)}": "${short(time)}" is not a time such as 17:00.`);
  const here = shown(now, zone);
  const today = here.slice(0, 10);
  const ahead = (weekday - new Date(today).getUTCDay() + 7) % 7;
  if (ahead === 0 && time <= here.slice(11)) {
    const next = `${addDays(today, 7)}T${time}`;
    throw wrong(
      `--by "${short(text)}" has passed: today is ${capital(WEEKDAYS[weekday])}, and it is ${here.slice(11)} here (${zone}). For the one in a week write --by ${next}.`,
    );
  }
  return `${addDays(today, ahead)}T${time}`;
}

function dateIn(text: string): string {
  const [, date, time] = DATE_AND_TIME.exec(text.trim()) ?? [];
  if (date === undefined || time === undefined)
    throw wrong(`--by "${short(text)}" is not a time such as "fri 17:00" or 2026-12-04T17:00.`);
  if (!isDay(date)) throw wrong(`--by "${short(text)}": the calendar has no ${date}.`);
  if (!TIME.test(time)) throw wrong(`--by "${short(text)}": "${time}" is not a time such as 17:00.`);
  return text.trim();
}

/** A month has its own number of days: what JavaScript reads of 31 November is 1 December. */
function isDay(date: string): boolean {
  const at = Date.parse(date);
  return !Number.isNaN(at) && new Date(at).toISOString().slice(0, 10) === date;
}

/** Whether the time has passed wherever a device may be, or is one that the clock of these devices skips. */
function checked(text: string, { zone, allowPastDeadline }: DeadlineOptions, reader: Reader): string {
  const [, date = "", time = ""] = DATE_AND_TIME.exec(text) ?? [];
  const local = `${date}T${time}`;
  const furthestBehind = new Date(reader.now - DAY / 2).toISOString().slice(0, 16);
  if (allowPastDeadline !== true && local <= furthestBehind && !isMoment(text))
    throw wrong(
      `The deadline ${local} has passed in every time zone. Write a later one, or add --allow-past-deadline to install at once.`,
    );
  const clock = zone ?? reader.zone;
  const after = isMoment(text) ? undefined : afterGap(local, clock);
  if (after !== undefined)
    throw wrong(`${time} does not exist on ${date} in ${clock}: its clock is put forward. Write ${after}.`);
  return text;
}

const isMoment = (text: string): boolean => /(?:z|[+-]\d\d:?\d\d)$/i.test(text.slice(11));

/** The first time after a gap of the clock in which `local` lies; undefined: the clock shows it, or nothing is known of the zone. */
function afterGap(local: string, zone: string): string | undefined {
  const middle = Date.parse(`${local}Z`);
  if (!isKnown(zone)) return undefined;
  // Clocks are between 12 hours behind and 14 ahead; a change is found by the minute.
  let [from, to] = [middle - 15 * 3_600_000, middle + 13 * 3_600_000];
  while (to - from > 60_000) {
    const half = from + Math.floor((to - from) / 120_000) * 60_000;
    if (shown(half, zone) < local) from = half;
    else to = half;
  }
  const first = shown(to, zone);
  return first === local ? undefined : first;
}

function isKnown(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).format(0) !== "";
  } catch {
    return false;
  }
}

/** What the clock of a zone shows: "2026-12-04T17:00". */
const shown = (at: number, timeZone: string): string =>
  new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short", timeZone }).format(at).replace(" ", "T");

const addDays = (date: string, days: number): string =>
  new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10);

const capital = (name = ""): string => `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
const short = (text: string): string => text.slice(0, 40);
const wrong = (message: string): UptickError => new UptickError("usage-invalid", message);
