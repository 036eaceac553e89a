/** Promises over what devices are given (targets section 13, 1, 2, 6 and 11): the release, its deadline, and the notice before it. */
import type { DatabaseSync } from "node:sqlite";
import { compare } from "../compare.ts";
import { rows } from "../rows.ts";
import { HOUR, MINUTE } from "../time.ts";
import { lastAt } from "./clock.ts";
import { type DeviceRow, deviceRow, isBlocked, listIds, ruled } from "./device-row.ts";
import type { Listing } from "./listing.ts";
import { ringBy, type Spec } from "./spec.ts";

interface Given {
  readonly version: string;
  readonly plan_id: string;
  readonly ring: number;
  readonly local: string;
  readonly given_at: number;
  readonly cause: string | null;
}

interface Job {
  readonly id: string;
  readonly plan_id: string;
  readonly ring: number | null;
  readonly created_at: number;
  readonly doc: string;
  readonly spec: string;
}

interface JobDoc {
  readonly target: { readonly version: string };
  readonly moment?: string;
  readonly deadline?: string;
}

/** What an admin must have done before a deadline can move later for a cause (targets D5); by what this simulation calls it. */
const ACTS: Readonly<Record<string, RegExp>> = {
  "plan-edited": /^edits a plan/,
  "blackout-added": /^makes the blackout/,
  "device-excluded": /^excludes|^ends the exclusion|^lets everything/,
  "release-blocked": /^blocks/,
  "block-ended": /^ends a block/,
  "rollout-paused": /^says pause/,
  "rollout-aborted": /^says abort/,
  "rollout-resumed": /^says resume|^lets everything/,
  "plan-resumed": /^resumes|^ends the halt|^lets everything/,
  "governing-plan-changed": /plan/,
};

/** The server's own acts, after what Apple lists. */
const OWN: ReadonlySet<string> = new Set(["release-blocked", "block-ended", "release-withdrawn", "release-replaced"]);

export interface GivenKnown {
  /** What the admin has tried so far. */
  readonly acts: readonly string[];
  readonly listing: Listing;
}

export function givenPromises({ acts, listing }: GivenKnown) {
  let given = new Map<string, Given>();
  let jobs = new Map<string, number | null>();
  let devices = new Map<string, DeviceRow>();

  function rowsMoved(db: DatabaseSync, device: DeviceRow): string[] {
    const all = rows<Given>(
      db,
      "SELECT version, plan_id, ring, local, given_at, cause FROM given WHERE enrollment_id = ?",
      device.id,
    );
    return all.flatMap((row) => {
      const key = `${device.id} ${row.version}`;
      const before = given.get(key);
      given.set(key, row);
      if (before?.local === row.local) return [];
      if (before !== undefined && row.local < before.local) return [];
      const later = before === undefined ? [] : movedLater(db, device, before, row);
      return [...later, ...noticeOf(db, device, row)].map((what) => `its deadline for ${row.version} ${what}`);
    });
  }

  function movedLater(db: DatabaseSync, { id }: DeviceRow, before: Given, { local, cause }: Given): string[] {
    const moves = `moves from ${before.local} to ${local}`;
    if (cause === null) return [`${moves} without a cause`];
    const act = ACTS[cause];
    const done = OWN.has(cause) || (act !== undefined && acts.some((what) => act.test(what)));
    const told = rows(
      db,
      "SELECT 1 FROM timeline WHERE enrollment_id = ? AND kind = 'deadline-moved' AND json_extract(data, '$.to') = ? LIMIT 1",
      ...[id, local],
    );
    return [
      ...(done ? [] : [`${moves} (${cause}), and nobody did that`]),
      ...(told.length > 0 ? [] : [`${moves} (${cause}), and its timeline does not say so`]),
    ];
  }

  /** The deadline that counts, where it moves later although the earlier one still stands (targets D4). */
  function counts(db: DatabaseSync, device: DeviceRow, before: DeviceRow | undefined): string[] {
    const { deadline_local: to, joined_plan: plan, os_version: version, id } = device;
    const from = before?.deadline_local;
    if (from === null || from === undefined || to === null || to <= from) return [];
    if (plan === null || plan !== before?.joined_plan || version === null || version !== before.os_version) return [];
    const standing = rows<{ version: string }>(
      db,
      `SELECT g.version FROM given g JOIN rollout r ON r.plan_id = g.plan_id AND r.version = g.version
       WHERE g.enrollment_id = ? AND g.plan_id = ? AND g.local = ? AND r.platform = ? AND r.block_id = ''
         AND r.state IN ('running', 'held')`,
      ...[id, plan, from, device.platform ?? ""],
    ).filter((row) => compare(row.version, version) > 0 && listing.lists(row.version, listIds(device)));
    return standing
      .filter((row) => !isBlocked(db, device, row.version, Infinity))
      .map((row) => `its deadline is ${to}, and ${from} stands for ${row.version}`);
  }

  function jobsMade(db: DatabaseSync, device: DeviceRow, latest: number): string[] {
    const all = rows<Job>(
      db,
      `SELECT j.id, j.plan_id, j.ring, j.created_at, j.doc, p.spec FROM job j JOIN plan p ON p.id = j.plan_id
       WHERE j.enrollment_id = ? AND j.rollout_id IS NOT NULL`,
      device.id,
    );
    return all.flatMap((job) => {
      const ring = jobs.get(job.id);
      if (ring !== undefined)
        return ring === job.ring ? [] : [`its job ${job.id} was of ring ${ring}, now ${job.ring}`];
      jobs.set(job.id, job.ring);
      return made(db, device, job, latest);
    });
  }

  function made(db: DatabaseSync, device: DeviceRow, job: Job, latest: number): string[] {
    const { target, moment, deadline } = JSON.parse(job.doc) as JobDoc;
    const { version } = target;
    const spec = JSON.parse(job.spec) as Spec;
    const installed = device.os_version ?? "0";
    const broken: string[] = [];
    const isBeta = /^\d+[A-Z]5\d{3}[a-z]$/.test(device.build_version ?? "");
    const order = compare(version, installed);
    if (order < 0 || (order === 0 && !isBeta)) broken.push(`which is not above ${installed}`);
    if (!spec.allowMajor && version.split(".")[0] !== installed.split(".")[0])
      broken.push(`another major than ${installed}`);
    if (isBlocked(db, device, version, job.created_at)) broken.push("which is blocked for it");
    if (!listing.lists(version, listIds(device)))
      broken.push(`which Apple does not list for ${listIds(device).join()}`);
    // No clock on earth shows a later date than that of UTC+14.
    else if (!listing.isPosted(version, listIds(device), latest + 14 * HOUR)) broken.push("which is not posted yet");
    const at = moment ?? deadline;
    const told =
      at === undefined
        ? []
        : noticeBefore(db, device, { plan_id: job.plan_id, version, ring: job.ring ?? 0 }, at, job.created_at);
    return [
      ...broken.map((what) => `is given ${version}, ${what}`),
      ...told.map((what) => `its moment for ${version} ${what}`),
    ];
  }

  return {
    look(db: DatabaseSync, touched: ReadonlySet<string>, latest: number, isOther: boolean): string[] {
      if (isOther) [given, jobs, devices] = [new Map(), new Map(), new Map()];
      const ids = isOther ? rows<{ id: string }>(db, "SELECT id FROM enrollment").map(({ id }) => id) : [...touched];
      return ids.flatMap((id) => {
        const device = deviceRow(db, id);
        if (device === undefined) return [];
        const before = devices.get(id);
        devices.set(id, device);
        const broken = [
          ...rowsMoved(db, device),
          ...counts(db, device, before),
          ...jobsMade(db, device, latest),
          ...(before !== undefined && (before.ring !== device.ring || before.joined_plan !== device.joined_plan)
            ? inItsRing(db, device)
            : []),
        ];
        return isOther ? [] : broken.map((what) => `${device.platform} ${id}: ${what}`);
      });
    },
  };
}

/** The ring follows from plan and device alone, whenever it is worked out (targets R2). */
export function inItsRing(db: DatabaseSync, device: DeviceRow): string[] {
  if (device.joined_plan === null || device.ring === null) return [];
  const [plan] = rows<{ id: string; spec: string }>(db, "SELECT id, spec FROM plan WHERE id = ?", device.joined_plan);
  if (plan === undefined) return [];
  const ring = ringBy({ id: plan.id, spec: JSON.parse(plan.spec) as Spec }, ruled(db, device));
  return ring === undefined || ring === device.ring
    ? []
    : [`is in ring ${device.ring + 1}, and belongs to ring ${ring + 1}`];
}

const noticeOf = (db: DatabaseSync, device: DeviceRow, row: Given): string[] =>
  noticeBefore(db, device, row, row.local, row.given_at);

/** Between telling and `local` lies the notice that the plan or U2 promises. A ring that has just opened is carried out within the hour. */
function noticeBefore(
  db: DatabaseSync,
  { id: _id, platform, os_version: version, admin_zone: own, time_zone: told }: DeviceRow,
  { plan_id: planId, version: release, ring }: Pick<Given, "plan_id" | "version" | "ring">,
  local: string,
  at: number,
): string[] {
  const [plan] = rows<{ spec: string }>(db, "SELECT spec FROM plan WHERE id = ?", planId);
  if (plan === undefined) return [];
  const { zone: planZone, zoneNamed, standing } = JSON.parse(plan.spec) as Spec;
  const zone = own ?? told ?? (zoneNamed === true ? planZone : undefined);
  if (zone === undefined) return [];
  const runs = rows<{ urgent: number; opened_at: number | null; urgent_below: string | null }>(
    db,
    `SELECT u.urgent, u.opened_at, r.urgent_below FROM ring_run u JOIN rollout r ON r.id = u.rollout_id
     WHERE r.plan_id = ? AND r.platform = ? AND r.version = ? AND u.ring = ?`,
    ...[planId, platform ?? "", release, ring],
  );
  const isUrgent =
    standing.urgentDays !== null &&
    runs.some(({ urgent_below: below }) => below !== null && version !== null && compare(version, below) < 0);
  const hours = isUrgent ? Math.min(standing.noticeHours, 4) : standing.noticeHours;
  const opened = runs.map(({ opened_at: openedAt }) => openedAt ?? 0).filter((one) => one <= at && at - one < HOUR);
  const from = Math.min(at, ...opened);
  const leaves = lastAt(local, zone) - from;
  return leaves >= hours * HOUR - MINUTE
    ? []
    : [
        `is ${local} in ${zone}, ${Math.round(leaves / MINUTE)} minutes after ${new Date(from).toISOString()}: ${hours} hours are promised`,
      ];
}
