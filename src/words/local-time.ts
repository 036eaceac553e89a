/** Times as an admin reads them: the device's local time. */

const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * "2026-08-27 23:10" of this moment in `zone`: an IANA name, or an offset such as "+02:00", which `Intl` does not know in
 * every runtime.
 * @throws RangeError for a zone that this runtime does not know.
 */
export function localTime(at: number, zone: string): string {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  if (sign !== undefined)
    return utc(at + (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes ?? 0)) * 60_000);
  const parts = new Map(
    formatIn(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const of = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? "";
  return `${of("year").padStart(4, "0")}-${of("month")}-${of("day")} ${of("hour")}:${of("minute")}`;
}

/** "2026-08-27 23:10" of this moment in UTC. */
export const utc = (at: number): string => new Date(at).toISOString().slice(0, 16).replace("T", " ");

/** Making one costs more than all uses of it for a page of devices. */
function formatIn(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      calendar: "iso8601",
      numberingSystem: "latn",
      hourCycle: "h23",
      ...{ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" },
    });
    formats.set(zone, format);
  }
  return format;
}
