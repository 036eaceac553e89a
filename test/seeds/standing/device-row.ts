/** A device's row, as the checks of standing plans read it. */
import type { DatabaseSync } from "node:sqlite";
import { rows } from "../rows.ts";
import { matches, type RuledDevice } from "./spec.ts";

export interface DeviceRow {
  readonly id: string;
  readonly apple_id: string;
  readonly state: string;
  readonly platform: string | null;
  readonly product_name: string | null;
  readonly software_update_device_id: string | null;
  readonly os_version: string | null;
  readonly build_version: string | null;
  readonly time_zone: string | null;
  readonly admin_zone: string | null;
  readonly awaiting_configuration: number;
  readonly joined_plan: string | null;
  readonly ring: number | null;
  readonly deadline_local: string | null;
  readonly class_due_at: number | null;
  readonly compliance: string;
  readonly excluded_ends_at: number | null;
  readonly last_seen_at: number | null;
}

const COLUMNS = `id, apple_id, state, platform, product_name, software_update_device_id, os_version, build_version, time_zone,
  admin_zone, awaiting_configuration, joined_plan, ring, deadline_local, class_due_at, compliance, excluded_ends_at, last_seen_at`;

export const deviceRow = (db: DatabaseSync, id: string): DeviceRow | undefined =>
  rows<DeviceRow>(db, `SELECT ${COLUMNS} FROM enrollment WHERE id = ?`, id)[0];

export const deviceRows = (db: DatabaseSync): DeviceRow[] =>
  rows<DeviceRow>(db, `SELECT ${COLUMNS} FROM enrollment WHERE state = 'enrolled'`);

export function ruled(db: DatabaseSync, { id, platform }: Pick<DeviceRow, "id" | "platform">): RuledDevice {
  const tags = rows<{ tag: string }>(db, "SELECT tag FROM device_tag WHERE enrollment_id = ?", id);
  return { id, platform, tags: new Set(tags.map(({ tag }) => tag)) };
}

/** By what Apple's list names the device. */
export const listIds = ({ platform, product_name: product, software_update_device_id: board }: DeviceRow) =>
  [platform === "macOS" ? null : product, board].filter((id) => id !== null);

/** A block of the release covers the device since before `at` (ms UTC). One whose rule is not understood here does not. */
export function isBlocked(db: DatabaseSync, device: DeviceRow, version: string, at: number): boolean {
  const blocks = rows<{ rule: string }>(
    db,
    "SELECT rule FROM block WHERE live = 1 AND platform = ? AND version = ? AND created_at < ?",
    ...[device.platform ?? "", version, at],
  );
  return blocks.some(({ rule }) => matches(rule, ruled(db, device)) === true);
}
