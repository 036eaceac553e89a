/** Device-local install windows: "22:00-05:00" in the device's own time zone, across midnight and DST changes. */
import { Temporal } from "temporal-polyfill";
import { UptickError } from "../errors/index.ts";

export interface Window {
  /** Local wall-clock time "HH:MM" at which installs may begin. */
  readonly from: string;
  /** Local wall-clock time "HH:MM" from which nothing may begin any more. */
  readonly to: string;
}

const TIME = /^([01]\d|2[0-3]):([0-5]\d)$/;

const DEADLINE = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/;

/** The zones furthest ahead and behind: what lies ahead in the first, or has passed in the second, does so everywhere. */
export const FURTHEST_AHEAD = "Pacific/Kiritimati";
export const FURTHEST_BEHIND = "Etc/GMT+12";

/** Reads "22:00-05:00". Throws `window-invalid`. */
export function parseWindow(text: string): Window {
  const [from, to, more] = text.split("-").map((part) => part.trim());
  if (
    from === undefined ||
    to === undefined ||
    more !== undefined ||
    !TIME.test(from) ||
    !TIME.test(to) ||
    from === to
  ) {
    throw new UptickError("window-invalid", `"${text}" is not a window of local times.`);
  }
  return { from, to };
}

/** True for an IANA zone name that this runtime knows. */
export function isZone(zone: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
}

export interface WindowMoment {
  readonly open: boolean;
  /** When the window that is open now, or the next one, opens (ms UTC). */
  readonly opensAt: number;
  /** When that window closes (ms UTC). */
  readonly closesAt: number;
}

/** The window that is open at `now` in `zone`, or the next one. A wall-clock time that DST skips moves to the next that exists. */
export function windowAt(window: Window, zone: string, now: number): WindowMoment {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone).toPlainDate();
  // Yesterday's window may still be open after midnight; one of the next days has the next one.
  for (let shift = -1; shift <= 2; shift += 1) {
    const day = today.add({ days: shift });
    const opensAt = at(day, window.from, zone);
    const closesAt = at(window.to > window.from ? day : day.add({ days: 1 }), window.to, zone);
    // A DST change can swallow a short window whole: then that day has none.
    if (closesAt <= opensAt || closesAt <= now) continue;
    return { open: opensAt <= now, opensAt, closesAt };
  }
  throw new UptickError("window-invalid", `The window ${window.from}-${window.to} never opens in ${zone}.`);
}

/** "2026-08-28T17:00" as a wall-clock time in `zone`, in ms UTC. Throws `deadline-invalid`. */
export function localDeadline(text: string, zone: string): number {
  try {
    // A date alone would quietly mean its first minute.
    if (!DEADLINE.test(text)) throw new Error("it is not YYYY-MM-DDTHH:MM");
    return Temporal.PlainDateTime.from(text, { overflow: "reject" }).toZonedDateTime(zone).epochMilliseconds;
  } catch (error) {
    throw new UptickError("deadline-invalid", `"${text}" is not a local date and time.`, { cause: error });
  }
}

/** A wall-clock time in `zone` in ms UTC; one that DST skips moves to the next that exists. */
export function instantIn(local: string, zone: string): number {
  return Temporal.PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds;
}

/**
 * An absolute instant, "2026-08-28T17:00Z" or with an offset, as the wall clock "YYYY-MM-DDTHH:MM" of `zone`; undefined
 * for a text without a zone.
 */
export function wallClockOf(text: string, zone: string): string | undefined {
  if (!ABSOLUTE.test(text)) return undefined;
  try {
    const local = Temporal.Instant.from(text).toZonedDateTimeISO(zone).toPlainDateTime();
    return local.toString({ smallestUnit: "minute" });
  } catch (error) {
    throw new UptickError("deadline-invalid", `"${text}" is no moment.`, { cause: error });
  }
}
const ABSOLUTE = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:?\d\d)$/;

/** True for a text that names a zone or an offset. */
export const isAbsolute = (text: string): boolean => ABSOLUTE.test(text);

/** "2026-08-27 23:10" of this moment in `zone`, for verdicts. */
export function localTime(at: number, zone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  return `${local.toPlainDate().toString()} ${local.toPlainTime().toString({ smallestUnit: "minute" })}`;
}

function at(day: Temporal.PlainDate, time: string, zone: string): number {
  return day.toZonedDateTime({ timeZone: zone, plainTime: Temporal.PlainTime.from(time) }).epochMilliseconds;
}
