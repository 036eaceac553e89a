/** Moments on the clock of the plan's zone, as the demo's admin reads them. */
const HOUR = 3_600_000;

/** Making one takes far longer than using it. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    const numbers = { day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
    format = new Intl.DateTimeFormat("en-US", { ...numbers, weekday: "short", month: "short", timeZone });
    formats.set(timeZone, format);
  }
  return format;
}

function partsOf(at: number, zone: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
}

/** "Tue  8 Sep 09:00", always as long. `at`: ms UTC. */
export function dayAndTime(at: number, zone: string): string {
  const { weekday, day = "", month, hour, minute } = partsOf(at, zone);
  return `${weekday} ${day.padStart(2)} ${month} ${hour}:${minute}`;
}

/** The first whole hour from `at` on at which it is `hour` o'clock on one of these weekdays (Mon, Tue, …) in the zone; ms UTC. */
export function nextAt(at: number, zone: string, hour: number, weekdays: readonly string[]): number {
  for (let time = Math.ceil(at / HOUR) * HOUR; ; time += HOUR) {
    const parts = partsOf(time, zone);
    if (Number(parts["hour"]) === hour && weekdays.includes(parts["weekday"] ?? "")) return time;
  }
}
