/** What must hold once everything has gone well for two days, whatever came before. */
import type { SimDevice } from "../../simulator/index.ts";
import type { Accepted } from "./admin.ts";
import { HOUR, MINUTE } from "./fate.ts";
import type { Machine } from "./machine.ts";

/** What is broken, in words. */
export function keptInTheEnd(
  machine: Machine,
  devices: readonly SimDevice[],
  accepted: Accepted,
  now: number,
): string[] {
  const { db } = machine;
  const rows = <T>(sql: string, ...values: (string | number)[]): T[] => db.prepare(sql).all(...values) as T[];
  const broken: string[] = [];
  if (machine.server === undefined) return ["the server does not run"];
  for (const check of ["integrity_check", "foreign_key_check"])
    broken.push(
      ...rows<object>(`PRAGMA ${check}`)
        .map((row) => Object.values(row).join(" "))
        .filter((word) => word !== "ok")
        .map((word) => `${check}: ${word}`),
    );
  for (const table of ["job", "enrollment", "plan", "policy", "outbox", "renewal"]) {
    const late = rows<{ due_at: number }>(`SELECT due_at FROM ${table} WHERE due_at < ?`, now - 10 * MINUTE);
    broken.push(
      ...late.map(({ due_at: at }) => `${table}: work that was due at ${new Date(at).toISOString()} is not done`),
    );
  }
  const exclusions = rows<{ apple_id: string }>(
    "SELECT apple_id FROM enrollment WHERE excluded_due_at < ? OR (excluded_due_at IS NULL AND excluded_ends_at > ?)",
    ...[now - 10 * MINUTE, now],
  );
  broken.push(...exclusions.map(({ apple_id: udid }) => `${udid}: the end of its exclusion is forgotten`));
  for (const [id, { stoppedAt }] of accepted.plans) {
    const [plan] = rows<{ state: string }>("SELECT state FROM plan WHERE id = ?", id);
    if (plan === undefined) broken.push(`the plan ${id} was accepted and is not there`);
    else if (stoppedAt !== undefined && plan.state !== "stopped")
      broken.push(`the plan ${id} was stopped and is ${plan.state}`);
  }
  const queues = rows<{ id: string; n: number }>(
    "SELECT enrollment_id AS id, count(*) AS n FROM command GROUP BY enrollment_id HAVING count(*) > 20",
  );
  broken.push(...queues.map(({ id, n }) => `${id}: ${n} commands wait`));
  const pushes = rows<{ id: string; due_at: number }>("SELECT id, due_at FROM outbox WHERE due_at > ?", now + 2 * HOUR);
  broken.push(...pushes.map(({ id, due_at: at }) => `${id} is not sent before ${new Date(at).toISOString()}`));
  const twice = rows<{ id: string; uuid: string; n: number }>(
    `SELECT enrollment_id AS id, json_extract(data, '$.uuid') AS uuid, count(*) AS n FROM timeline
     WHERE kind IN ('answer', 'answer-late', 'answer-unasked') GROUP BY 1, 2 HAVING count(*) > 1`,
  );
  broken.push(...twice.map(({ id, uuid, n }) => `${id}: the answer to ${uuid} was taken ${n} times`));
  for (const device of devices)
    broken.push(...keptOf(device, rows, accepted, now).map((what) => `${device.kind} ${device.serial}: ${what}`));
  broken.push(
    ...machine.errors
      .filter(({ at }) => !machine.wasFull(at))
      .map(({ at, event, fields }) => `logged ${event} at ${new Date(at).toISOString()}: ${JSON.stringify(fields)}`),
  );
  return broken;
}

const forgottenOrders = ({ commandsExecuted }: SimDevice["truth"], { backTo, backAt }: Accepted): number =>
  commandsExecuted.filter(
    ({ action, at }) => action === "InstallASAP" && at >= (backTo ?? Number.POSITIVE_INFINITY) && at < (backAt ?? 0),
  ).length;

type Rows = <T>(sql: string, ...values: (string | number)[]) => T[];

function keptOf({ truth, udid, os }: SimDevice, rows: Rows, accepted: Accepted, now: number): string[] {
  const broken: string[] = [];
  // A device that is erased while it installs has installed nothing, and may do it in its next life.
  const whole = truth.installsExecuted.filter(({ finishedAt }) => finishedAt !== null);
  const installed = whole.map(({ version, build }) => `${version} (${build})`);
  const twice = installed.filter((version, at) => installed.indexOf(version) !== at);
  broken.push(...twice.map((version) => `installed ${version} twice`));
  // A server put back to a backup knows nothing of the order that has left since, and gives it once more.
  broken.push(...truth.violations.slice(forgottenOrders(truth, accepted)));
  const [enrollment] = rows<{
    state: string;
    os_version: string | null;
    last_seen_at: number | null;
    facts_asked_at: number | null;
  }>("SELECT * FROM enrollment WHERE apple_id = ?", udid);
  if (truth.enrolledAt === null || truth.unenrolled || enrollment === undefined) return broken;
  const heard = (enrollment.last_seen_at ?? 0) > now - 6 * HOUR;
  if (enrollment.state === "enrolled" && heard && enrollment.os_version !== os.version)
    broken.push(`runs ${os.version}, and the server says ${enrollment.os_version}`);
  return broken;
}
