import { localTime } from "../record.ts";

/** How far the wall clock of `zone` is ahead of UTC at `at`, ms. */
function offsetAt(at: number, zone: string): number {
  const whole = Math.floor(at / 1000) * 1000;
  return Date.parse(`${localTime(whole, zone).replace(" ", "T")}Z`) - whole;
}

/**
 * The instant (virtual ms UTC) at which the wall clock of `zone` shows `local` (`2026-12-04T19:00:00`); undefined when
 * `local` is not of that form or no such day. An hour that a change of the clock leaves out counts as the hour after it.
 */
export function instantOf(local: string, zone: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(local)) return undefined;
  const wall = Date.parse(`${local}Z`);
  if (Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 19) !== local) return undefined;
  const guess = wall - offsetAt(wall, zone);
  const at = wall - offsetAt(guess, zone);
  // In the hour that is left out both guesses disagree: the later one is past the gap.
  return wall - offsetAt(at, zone) === at ? at : Math.max(guess, at);
}

/** True for a time that the wall clock of `zone` leaves out. */
export function isSkipped(local: string, zone: string): boolean {
  const at = instantOf(local, zone);
  return at !== undefined && localTime(at, zone) !== local.replace("T", " ");
}
