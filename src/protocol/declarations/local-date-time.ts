/** Dates and times in a device's local time: `2026-12-04T19:00:00`, without a zone. */

const MINUTE = 60_000;
const FORM = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})$/;
/** What devices make of it: a fraction, a `Z`, or an offset may follow. */
const REPORTED = /^(.{19})(?:\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})?$/s;
const WEST = -12 * 60;
const EAST = 14 * 60;

/**
 * The milliseconds of `yyyy-mm-ddThh:mm:ss` on a clock that runs like UTC; for comparing local times with each other, not an
 * instant. Undefined when the text has another form or names no real date.
 */
export function parseLocalDateTime(text: string): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = FORM.exec(text)?.slice(1).map(Number) ?? [];
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  // 31 February, hour 24 and second 60 roll over into something that is written differently.
  return !Number.isNaN(ms) && new Date(ms).toISOString() === `${text}.000Z` ? ms : undefined;
}

/**
 * Whether a device's `target-local-date-time` can mean the TargetLocalDateTime that was sent. Some report it as sent, some
 * converted to UTC. `offsetMinutes` is the device's offset from UTC at that time (+60 for CET); where it is unknown, every
 * whole quarter of an hour from −12:00 to +14:00 counts as possibly the same. False when either is no date and time.
 */
export function sameLocalDateTime(reported: string, sent: string, offsetMinutes?: number): boolean {
  const wanted = parseLocalDateTime(sent);
  const [, wall = "", zone] = REPORTED.exec(reported) ?? [];
  const seen = parseLocalDateTime(wall);
  if (wanted === undefined || seen === undefined) return false;
  // A zone beside the local time may be decoration, so the digits count too.
  if (seen === wanted) return true;
  const ahead = (wanted - seen) / MINUTE + zoneMinutes(zone);
  if (offsetMinutes !== undefined) return ahead === offsetMinutes;
  return Number.isInteger(ahead / 15) && ahead >= WEST && ahead <= EAST;
}

function zoneMinutes(zone: string | undefined): number {
  if (zone === undefined || zone === "Z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return zone.startsWith("-") ? -minutes : minutes;
}
