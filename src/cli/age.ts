/** Times for people. */

const STEPS: readonly (readonly [most: number, unit: number, one: string, many: string])[] = [
  [60_000, 1000, "s", "s"],
  [3_600_000, 60_000, "min", "min"],
  [48 * 3_600_000, 3_600_000, "h", "h"],
  [Number.POSITIVE_INFINITY, 86_400_000, "day", "days"],
];

function lengthOf(ms: number): string {
  const [, unit, one, many] = STEPS.find(([most]) => ms < most) ?? [0, 86_400_000, "day", "days"];
  const amount = Math.floor(ms / unit);
  return `${amount} ${amount === 1 ? one : many}`;
}

/** "about 34 min", "less than 1 min": a length of time that is estimated, rounded up. */
export function lasting(seconds: number): string {
  if (seconds < 60) return "less than 1 min";
  const [, unit] = STEPS.find(([most]) => seconds * 1000 < most) ?? [0, 86_400_000];
  return `about ${lengthOf(Math.ceil((seconds * 1000) / unit) * unit)}`;
}

/** "3 min ago", "in 2 h", "just now"; "never" for null. `at`: as the API writes it; `now`: ms UTC. */
export function age(at: string | null, now: number): string {
  if (at === null) return "never";
  const passed = now - Date.parse(at);
  if (Math.abs(passed) < 5000) return "just now";
  return passed > 0 ? `${lengthOf(passed)} ago` : `in ${lengthOf(-passed)}`;
}

/** "made 3 min ago by token:first"; without the maker where it is not known. */
export function madeBy({ createdAt, createdBy }: { createdAt: string; createdBy: string | null }, now: number): string {
  return `made ${age(createdAt, now)}${createdBy === null ? "" : ` by ${createdBy}`}`;
}

/** "2026-08-21 12:00:00Z" of an instant as the API writes it, or of ms UTC; text for any number. */
export function moment(at: string | number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime())
    ? String(at)
    : date
        .toISOString()
        .replace("T", " ")
        .replace(/\.\d+Z$/, "Z");
}
