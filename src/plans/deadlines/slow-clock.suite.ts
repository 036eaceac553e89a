/** Clocks read the slow way, for tests: by walking through time in steps of five minutes and asking Intl what each zone shows. */

const STEP = 5 * 60_000;
const DAY = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** What the clock of `zone` shows, "2026-12-04T17:00". */
export function wallOf(at: number, zone: string): string {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short", timeZone: zone });
    formats.set(zone, format);
  }
  return format.format(at).replace(" ", "T");
}

/** Every five minutes around a local time, with what the clock shows then. */
function around(local: string, zone: string): { at: number; wall: string }[] {
  const middle = Date.parse(`${local}Z`);
  const walked: { at: number; wall: string }[] = [];
  for (let at = middle - 17 * 3_600_000; at <= middle + 17 * 3_600_000; at += STEP)
    walked.push({ at, wall: wallOf(at, zone) });
  return walked;
}

/** The first moment at which the clock shows `local` or a later time. */
export const firstAt = (local: string, zone: string): number =>
  around(local, zone).find(({ wall }) => wall >= local)?.at ?? Number.NaN;

/** The moment from which it shows no earlier time any more. */
export const lastAt = (local: string, zone: string): number =>
  (around(local, zone).findLast(({ wall }) => wall < local)?.at ?? Number.NaN) + STEP;

/** The first time at or after `local` that the clock shows exactly once. */
export function shownOnceAfter(local: string, zone: string): string {
  const times = new Map<string, number>();
  for (const { wall } of around(local, zone)) times.set(wall, (times.get(wall) ?? 0) + 1);
  const once = [...times].filter(([wall, count]) => wall >= local && count === 1).map(([wall]) => wall);
  return once.toSorted()[0] ?? "never";
}

/** The day after, by the calendar of UTC. */
export const dayAfter = (date: string): string => new Date(Date.parse(date) + DAY).toISOString().slice(0, 10);

const NAMES = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
export const weekday = (date: string): string => NAMES[new Date(date).getUTCDay()] ?? "";

/** Zones with every kind of change: an hour, half an hour, none, at midnight, over it, and the furthest of both ends. */
export const ZONES = [
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "Pacific/Chatham",
  "America/Nuuk",
  "Atlantic/Azores",
  "Asia/Beirut",
  "Africa/Cairo",
  "Antarctica/Troll",
  "America/Santiago",
  "Asia/Kolkata",
  "Pacific/Kiritimati",
  "Etc/GMT+12",
  "UTC",
];

/** Days on which one of them changes its clock, and some on which none does. */
export const DAYS_OF_CHANGE = [
  "2026-03-08",
  "2026-03-28",
  "2026-03-29",
  "2026-04-04",
  "2026-04-05",
  "2026-04-24",
  "2026-07-01",
  "2026-09-06",
  "2026-09-27",
  "2026-10-04",
  "2026-10-24",
  "2026-10-25",
  "2026-10-29",
  "2026-11-01",
  "2026-12-31",
  "2027-02-28",
  "2028-02-29",
];
