/**
 * A deadline as an admin writes it, and as one device's clock shows it. A device reads a wall-clock time without a zone
 * (TargetLocalDateTime), so a time that its clock skips must not be sent, and of an hour that comes twice nobody knows
 * which pass the device takes: what is declared is never earlier than what was asked for.
 */
import { Temporal } from "temporal-polyfill";
import { UptickError } from "../../errors/index.ts";

export interface Deadline {
  /** What a device may be told: "YYYY-MM-DDTHH:MM", a time that its clock shows. */
  readonly local: string;
  /** The moment that was asked for, ms UTC. */
  readonly at: number;
}

const FORM = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?) ?(Z|[+-]\d\d:?\d\d)?$/i;

/** True for a text that names a zone or an offset: one moment everywhere. */
export const isAbsolute = (text: string): boolean => FORM.exec(text.trim())?.[3] !== undefined;

/**
 * The deadline on the clock of `zone` (an IANA name). `text`: "2026-12-04T17:00" or "2026-12-04 17:00", on the device's own
 * clock, or with "Z" or an offset for one moment everywhere; seconds are rounded up to the minute. A time in a skipped hour
 * becomes the first after it, a time in a repeated hour its later pass. Throws `deadline-invalid`.
 */
export function deadlineIn(text: string, zone: string): Deadline {
  const [, date = "", time = "", offset] = FORM.exec(text.trim()) ?? [];
  try {
    if (date === "") throw new Error("it is not YYYY-MM-DDTHH:MM");
    const wall = minuteUp(Temporal.PlainDateTime.from(`${date}T${time.replace(",", ".")}`, { overflow: "reject" }));
    if (offset === undefined) return onClock(wall, zone);
    const instant = Temporal.Instant.from(`${wall.toString()}${offset.toUpperCase()}`);
    const local = instant.toZonedDateTimeISO(zone).toPlainDateTime();
    const at = instant.epochMilliseconds;
    const { twice, safe } = passes(local, zone);
    return { local: written(twice && at !== earlierOf(local, zone) ? safe : local), at };
  } catch (error) {
    throw new UptickError("deadline-invalid", `"${text.slice(0, 100)}" is not a date and time.`, { cause: error });
  }
}

/** A wall-clock time that the clock of `zone` shows once: `wall` itself, or the first after a skipped or repeated hour. */
export function shownOnce(wall: Temporal.PlainDateTime, zone: string): Temporal.PlainDateTime {
  return passes(wall, zone).safe;
}

function onClock(wall: Temporal.PlainDateTime, zone: string): Deadline {
  const { twice, safe } = passes(wall, zone);
  const at = wall.toZonedDateTime(zone, { disambiguation: "later" }).epochMilliseconds;
  return { local: written(safe), at: twice ? at : safe.toZonedDateTime(zone).epochMilliseconds };
}

/** Whether the clock shows the time twice, and the first time at or after it that the clock shows once. */
function passes(wall: Temporal.PlainDateTime, zone: string): { twice: boolean; safe: Temporal.PlainDateTime } {
  const early = wall.toZonedDateTime(zone, { disambiguation: "earlier" });
  const late = wall.toZonedDateTime(zone, { disambiguation: "later" });
  if (early.epochMilliseconds === late.epochMilliseconds) return { twice: false, safe: wall };
  const change = early.getTimeZoneTransition("next");
  // It lies between the two by what they are.
  if (change === null) return { twice: false, safe: late.toPlainDateTime() };
  const twice = early.toPlainDateTime().equals(wall);
  const after = change.toPlainDateTime();
  if (!twice) return { twice, safe: after };
  return { twice, safe: after.add({ milliseconds: late.epochMilliseconds - early.epochMilliseconds }) };
}

const earlierOf = (wall: Temporal.PlainDateTime, zone: string): number =>
  wall.toZonedDateTime(zone, { disambiguation: "earlier" }).epochMilliseconds;

const written = (wall: Temporal.PlainDateTime): string => wall.toString({ smallestUnit: "minute" });

function minuteUp(wall: Temporal.PlainDateTime): Temporal.PlainDateTime {
  return wall.round({ smallestUnit: "minute", roundingMode: "ceil" });
}
