/** Days, and Apple's list of releases, which is true as of its day only. */

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** "22 Aug 2026" of "2026-08-22". */
export function dayText(day: string | number | undefined): string {
  const text = String(day ?? "");
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return "an unknown day";
  return `${Number(text.slice(8))} ${MONTHS[Number(text.slice(5, 7)) - 1] ?? ""} ${text.slice(0, 4)}`;
}

/** "Apple's list of 22 Aug 2026 (5 days old)" */
export function listText({ listDate, listDays }: Readonly<Record<string, string | number>>): string {
  if (listDate === undefined) return "Apple's list";
  const days = Number(listDays ?? 0);
  return `Apple's list of ${dayText(listDate)}${days > 0 ? ` (${days} ${days === 1 ? "day" : "days"} old)` : ""}`;
}

/** "2026-08-22", the day of this moment in UTC. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
