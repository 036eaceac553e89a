/** Which command goes out when a device asks, and what its delivery changes. */
import { mayOrder } from "../../plans/index.ts";
import type { CommandRow } from "../../store/index.ts";
import { step } from "./job.ts";
import { profileDelivered } from "./policy.ts";
import { update } from "./queue.ts";
import { isTooEarly } from "./setup-assistant.ts";
import type { UnitOfWork } from "./unit-of-work.ts";
import { isUseless } from "./useless.ts";

/** The next command for a device that polls, marked as delivered; undefined: there is nothing to send now. */
export function deliver(unit: UnitOfWork): CommandRow | undefined {
  const row = nextCommand(unit);
  if (isKeptBack(unit)) step(unit, { kind: "kept-back" });
  if (row === undefined) return undefined;
  const { uuid, requestType, purpose, size } = row;
  update(unit, row, { state: "offered", offeredAt: unit.now, offers: row.offers + 1 });
  const raw = row.sealed === 1 ? null : { bytes: size, commandUuid: uuid };
  unit.note("command-sent", { uuid, requestType, purpose, offer: row.offers + 1 }, raw);
  profileDelivered(unit, row);
  if (row.origin === "job" && purpose !== null && row.jobId === unit.job?.id)
    step(unit, { kind: "offered", purpose: purpose as "ask" });
  return row;
}

/** The first command that may be delivered now. */
function nextCommand(unit: UnitOfWork): CommandRow | undefined {
  const { now } = unit;
  const rows = [...unit.outstanding.values()].sort((a, b) => a.rank - b.rank || (a.uuid < b.uuid ? -1 : 1));
  const updateOut = rows.find((row) => row.requestType === "ScheduleOSUpdate" && row.state === "offered");
  return rows.find((row) => {
    if (row.skip === 1) return false;
    // Delivered once only; whether it arrived is found out by asking.
    if (row.once === 1 && row.state === "offered") return false;
    if (row.notBefore !== null && now < row.notBefore) return false;
    if (row.notAfter !== null && now >= row.notAfter) return false;
    if (isUseless(unit, row) || isTooEarly(unit, row) || isBeforeMoment(unit, row)) return false;
    // At most one update command at a time, raw ones counted.
    return row.requestType !== "ScheduleOSUpdate" || updateOut === undefined || updateOut.uuid === row.uuid;
  });
}

/** An order of the job could be delivered now, if the device would not ignore it. */
const isKeptBack = (unit: UnitOfWork): boolean =>
  [...unit.outstanding.values()].some(
    (row) => isUseless(unit, row) && row.origin === "job" && (row.notBefore === null || unit.now >= row.notBefore),
  );

/**
 * A job's install while its moment is ahead, or in a blackout: one that was made since, or a version that did not wait for deadlines,
 * may have queued it.
 */
const isBeforeMoment = ({ job, now }: UnitOfWork, { origin, purpose, jobId }: CommandRow): boolean =>
  origin === "job" && purpose === "install" && job?.id === jobId && !mayOrder(job, now);
