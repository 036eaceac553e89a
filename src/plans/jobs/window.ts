/** Device-local install windows: "22:00-05:00" in the device's own time zone, across midnight and DST changes. */
import { Temporal } from "temporal-polyfill";
import { UptickError } from "../../errors/index.ts";

export interface Window {
  /** Local wall-clock time "HH:MM" at which installs may begin. */
  readonly from: string;
  /** Local wall-clock time "HH:MM" from which nothing may begin any more. */
  readonly to: string;
}

const TIME = /^([01]\d|2[0-3]):([0-5]\d)$/;

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

/** Whether the window is open at a local time "HH:MM". */
export function isInside(time: string, { from, to }: Window): boolean {
  return from < to ? time >= from && time < to : time >= from || time < to;
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

const DAYS_BACK = 3 * 86_400_000;

/** The newest window that opens at or before `at`, whether or not it is still open then. */
export function newestWindow(window: Window, zone: string, at: number): WindowMoment {
  // A DST change may have swallowed that of a day: some days are looked through.
  let found = windowAt(window, zone, at - DAYS_BACK);
  for (let next = found; next.opensAt <= at; next = windowAt(window, zone, next.closesAt)) found = next;
  return found;
}

/** A wall-clock time in `zone` in ms UTC; one that DST skips moves to the next that exists. */
export function instantIn(local: string, zone: string): number {
  return Temporal.PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds;
}

function at(day: Temporal.PlainDate, time: string, zone: string): number {
  return day.toZonedDateTime({ timeZone: zone, plainTime: Temporal.PlainTime.from(time) }).epochMilliseconds;
}
