/** Wall clocks, by the tables of zones that the JavaScript engine has: the product reads those of its Temporal. */
import { HOUR } from "../time.ts";

const formats = new Map<string, Intl.DateTimeFormat>();

/** "YYYY-MM-DDTHH:MM" in a zone. */
export function wallClock(at: number, timeZone: string): string {
  let format = formats.get(timeZone);
  if (format === undefined) {
    const options = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" } as const;
    format = new Intl.DateTimeFormat("sv-SE", { ...options, hourCycle: "h23", timeZone });
    formats.set(timeZone, format);
  }
  return format.format(at).replace(" ", "T");
}

/** The last moment at which a clock of the zone shows this time; where it is skipped, that of the hour before it (ms UTC). */
export function lastAt(local: string, zone: string): number {
  const asUtc = Date.parse(`${local}:00Z`);
  const before = Date.parse(`${wallClock(asUtc - 24 * HOUR, zone)}:00Z`) - (asUtc - 24 * HOUR);
  const after = Date.parse(`${wallClock(asUtc + 24 * HOUR, zone)}:00Z`) - (asUtc + 24 * HOUR);
  return asUtc - Math.min(before, after);
}

/** 0: Sunday. */
export const weekdayOf = (local: string): number => new Date(`${local}:00Z`).getUTCDay();
