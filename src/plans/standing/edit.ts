/** What follows from an edit of a standing plan (targets P4). Pure. */
import type { Ring } from "../rollouts/rollout.ts";
import type { StandingSpec } from "./terms.ts";

/** Whether deadlines that were given may be others now: devices get their notice again then. */
export const movesDeadlines = (before: StandingSpec, after: StandingSpec): boolean =>
  JSON.stringify(dueBy(before)) !== JSON.stringify(dueBy(after));

/** All that D3 makes a deadline from, beside the release and the device. */
function dueBy({ zone, zoneNamed, standing }: StandingSpec): unknown {
  const { days, at, noticeHours, skipWeekdays, spreadHours, urgentDays, rings } = standing;
  return [
    ...[zone, zoneNamed === true, days, at, noticeHours, spreadHours, urgentDays],
    skipWeekdays.toSorted(),
    // A ring under another name is the same ring.
    rings.map(({ due, who }: Ring<string>) => [due, who]),
  ];
}
