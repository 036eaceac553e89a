/** Time zones as devices and admins write them. */
import { Temporal } from "temporal-polyfill";

const OFFSET = /^(?:GMT|UTC)([+-])(\d{1,2}):?(\d\d)?$/i;

/** What was found for texts before: a fleet has a few zones, and finding one costs more than all else that a plan looks at. */
const known = new Map<string, string | undefined>();
const MOST_KNOWN = 1000;

/**
 * The zone by its canonical name, "Europe/Berlin" for "europe/berlin"; "+02:00" for the "GMT+0200" that Apple's frameworks
 * write for a zone without a name. Undefined for what is no zone that this runtime knows.
 */
export function zoneNamed(text: string): string | undefined {
  if (known.has(text)) return known.get(text);
  const zone = findZone(text);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(text, zone);
  return zone;
}

function findZone(text: string): string | undefined {
  const [, sign, hours = "", minutes = "00"] = OFFSET.exec(text.trim()) ?? [];
  const name = sign === undefined ? text.trim() : `${sign}${hours.padStart(2, "0")}:${minutes}`;
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId;
  } catch {
    return undefined;
  }
}

/** True for a zone that this runtime knows. */
export const isZone = (zone: string): boolean => zoneNamed(zone) !== undefined;
