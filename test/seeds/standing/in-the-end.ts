/** What must hold at the end of weeks of standing plans, once the admin has let all continue and everything has gone well for days. */
import type { SimDevice } from "../../../simulator/index.ts";
import { compare } from "../compare.ts";
import type { Machine } from "../machine.ts";
import { rows } from "../rows.ts";
import { DAY, HOUR } from "../time.ts";
import { type DeviceRow, deviceRows, isBlocked, listIds } from "./device-row.ts";
import { type StandingFate, GOOD_KINDS } from "./fate.ts";
import { inItsRing } from "./given.ts";
import type { Listing } from "./listing.ts";

/** After its deadline a device may need another moment (targets D6), and days are skipped. */
const BROUGHT_WITHIN = 4 * DAY;

interface Due {
  readonly version: string;
  readonly local: string;
}

/** What is broken, in words. */
export function standingKept(
  { db }: Machine,
  devices: readonly SimDevice[],
  fate: StandingFate,
  listing: Listing,
  now: number,
): string[] {
  const byUdid = new Map(devices.map((device) => [device.udid, device]));
  const isQuiet = rows(db, "SELECT 1 FROM blackout WHERE live = 1").length === 0;
  return deviceRows(db).flatMap((row) => {
    const device = byUdid.get(row.apple_id);
    if (device === undefined) return [];
    const brought = fate.setsRight && isQuiet && isFree(row, device, now) ? broughtTo(row, device) : [];
    return [...inItsRing(db, row), ...brought].map((what) => `${device.kind} ${device.serial}: ${what}`);
  });

  /** It satisfies what it was given, by the deadline that it was given for it, and the rules of its moment (promise 3). */
  function broughtTo(row: DeviceRow, { os }: SimDevice): string[] {
    const due = rows<Due>(
      db,
      `SELECT g.version, g.local FROM given g JOIN plan p ON p.id = g.plan_id
       JOIN rollout r ON r.plan_id = g.plan_id AND r.version = g.version AND r.platform = ? AND r.block_id = ''
       WHERE g.enrollment_id = ? AND g.plan_id = ? AND p.state = 'active' AND r.state = 'running' AND g.given_at < ?
         AND json_extract(p.spec, '$.window') IS NULL`,
      ...[row.platform ?? "", row.id, row.joined_plan ?? "", now - BROUGHT_WITHIN],
    );
    return due
      .filter(({ local }) => Date.parse(`${local}:00Z`) + DAY / 2 + BROUGHT_WITHIN < now)
      .filter(({ version }) => compare(os.version, version) < 0 && listing.lists(version, listIds(row)))
      .filter(({ version }) => !isBlocked(db, row, version, now))
      .map(({ version, local }) => `was given ${version} by ${local}, and runs ${os.version}`);
  }

  function isFree(row: DeviceRow, { kind, truth }: SimDevice, at: number): boolean {
    if (!GOOD_KINDS.includes(kind) || row.excluded_ends_at !== null || (row.last_seen_at ?? 0) < at - 6 * HOUR)
      return false;
    // A job of a plan that ends goes first, and one that has failed is tried again after a week.
    const others = rows(
      db,
      "SELECT 1 FROM job WHERE enrollment_id = ? AND ((live = 1 AND rollout_id IS NULL) OR state = 'failed') LIMIT 1",
      row.id,
    );
    return truth.enrolledAt !== null && others.length === 0;
  }
}
