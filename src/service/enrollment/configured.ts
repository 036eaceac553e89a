/**
 * A device that waits in Setup Assistant lets its user in at DeviceConfigured. What has to hold from the first use
 * (declarations, a policy) is brought to it before; whatever fails, it waits no longer than `LONGEST_WAIT`.
 * Source: mdm/commands/device.configured.yaml; mdm/checkin/tokenupdate.yaml AwaitingConfiguration.
 */
import type { CommandRow } from "../../store/index.ts";
import { isUpdate } from "./declare.ts";
import { mayBegin } from "./declarations.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/** From its first TokenUpdate, ms. */
const LONGEST_WAIT = 600_000;

/** What a Mac refuses while it waits ("Not supported while waiting for DeviceConfigured"). */
const TOO_EARLY: ReadonlySet<string> = new Set(["ScheduleOSUpdate", "ScheduleOSUpdateScan"]);

/**
 * Queues DeviceConfigured before everything else once the device has what it must have, or has waited long enough; else sees
 * to it that the server looks again when that is so. True where it is in the queue.
 */
export function release(unit: UnitOfWork): boolean {
  const { state, awaitingConfiguration } = unit.enrollment;
  if (state !== "enrolled" || awaitingConfiguration !== 1) return false;
  const until = waitsUntil(unit);
  if (unit.now < until && !isPrepared(unit)) {
    unit.lookAfter(until);
    return false;
  }
  // An admin's own lets it out as well.
  if (!isBeingLetOut(unit)) unit.care({ requestType: "DeviceConfigured" }, "first");
  return true;
}

const isBeingLetOut = ({ outstanding }: UnitOfWork): boolean =>
  [...outstanding.values()].some(({ requestType }) => requestType === "DeviceConfigured");

/** Whether a command would only be refused now. Once the wait is over, DeviceConfigured has to be answered before it. */
export function isTooEarly(unit: UnitOfWork, { requestType }: Pick<CommandRow, "requestType">): boolean {
  if (unit.enrollment.awaitingConfiguration !== 1 || !TOO_EARLY.has(requestType)) return false;
  return unit.now < waitsUntil(unit) || isBeingLetOut(unit);
}

/**
 * It has answered a command. Where it has just refused DeviceConfigured, that comes again after its next answer to something
 * else, or at the server's next look.
 */
export function releaseAfter(unit: UnitOfWork, { requestType }: Pick<CommandRow, "requestType">): void {
  if (requestType === "DeviceInformation" && saysThatItWaits(unit)) unit.patch({ awaitingConfiguration: 1 });
  if (requestType !== "DeviceConfigured") release(unit);
}

/**
 * In this very answer: one that was adopted waits since a TokenUpdate that was not for us yet. That it does not wait is not
 * believed: it would be stuck if that were wrong, and one command too many does no harm.
 */
function saysThatItWaits({ enrollment: { awaitingConfiguration, facts }, now }: UnitOfWork): boolean {
  const fact = facts["AwaitingConfiguration"];
  return awaitingConfiguration === 0 && fact?.at === now && (fact.value === true || fact.value === 1);
}

/** ms UTC; where the clock has stepped back since, it has waited long enough. */
function waitsUntil({ enrollment: { enrolledAt }, now }: UnitOfWork): number {
  return enrolledAt === null || enrolledAt > now ? now : enrolledAt + LONGEST_WAIT;
}

/** Its questions are answered, its policy is in force or was refused, and it has reported since it fetched its declarations. */
function isPrepared(unit: UnitOfWork): boolean {
  if ([...unit.outstanding.values()].some(({ origin }) => origin === "care")) return false;
  const { assignment, declarative } = unit;
  // A profile that it refused is sent again another day.
  if (assignment?.state === "pending" && assignment.objection === null) return false;
  if (mayBegin(unit)) return false;
  if (declarative === undefined) return true;
  const { items, held, syncedAt, reportedAt } = declarative;
  if (held === 0 && items.some(({ identifier }) => isUpdate(identifier))) return false;
  return !unit.unsynced && syncedAt !== null && reportedAt !== null && reportedAt >= syncedAt;
}
