/** When a local time has come for a job's device for certain, also where its zone is unknown (targets D10). */
import { lastShown, shownAt } from "../deadlines/clock.ts";
import type { Job } from "./job.ts";

export type Zone = Pick<Job, "zone" | "zoneKnown" | "zoneNamed">;

/** Whether times are judged in the job's zone: it is the device's own, or an admin named it. */
export const isJudged = ({ zoneKnown, zoneNamed }: Pick<Zone, "zoneKnown" | "zoneNamed">): boolean =>
  zoneKnown || zoneNamed === true;

/**
 * `at` (ms UTC) is a local time in the job's zone: when the device's clock has come to it. Where the zone is only assumed that is
 * when every time zone has reached it, up to 26 hours later.
 */
export function onLastClock(at: number, zone: Zone): number {
  if (isJudged(zone)) return at;
  return lastShown(shownAt(at, { kind: "known", zone: zone.zone }), { kind: "unknown", named: [] });
}
