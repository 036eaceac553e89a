/**
 * A device that waits in Setup Assistant lets its user in at DeviceConfigured. What has to hold from the first use
 * (declarations, a policy) is brought to it before; whatever fails, it waits no longer than `LONGEST_WAIT`.
 * Source: mdm/commands/device.configured.yaml; mdm/checkin/tokenupdate.yaml AwaitingConfiguration.
 */
import type { PlistDict } from "../../protocol/index.ts";
import type { CommandRow } from "../../store/index.ts";
import { isUpdate } from "./declare.ts";
import type { Consequence } from "./consequence.ts";
import { mayBegin } from "./declarations.ts";
import { enqueueOwn } from "./queue.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/** From its first TokenUpdate, ms. */
const LONGEST_WAIT = 600_000;

/** What a Mac refuses while it waits ("Not supported while waiting for DeviceConfigured"). */
const TOO_EARLY: ReadonlySet<string> = new Set(["ScheduleOSUpdate", "ScheduleOSUpdateScan"]);

/**
 * Queues DeviceConfigured before everything else once the device has what it must have, or has waited long enough; else sees
 * to it that the server looks again when that is so. Where it has just refused DeviceConfigured, that comes again after its
 * next answer to something else, or at the server's next look.
 */
export const setupAssistant: Consequence = {
  of({ enrollment, declarative, closed, occasions }) {
    const { state, awaitingConfiguration } = enrollment;
    if (awaitingConfiguration !== 1) return [];
    const answers = [...closed.values()].filter(
      ({ answer, requestType }) => answer !== null && requestType !== "DeviceConfigured",
    );
    return [state, answers.length, declarative?.reportedAt, occasions.size];
  },
  derive(unit) {
    const { state, awaitingConfiguration } = unit.enrollment;
    if (state !== "enrolled" || awaitingConfiguration !== 1) return;
    const until = waitsUntil(unit);
    if (unit.now < until && !isPrepared(unit)) return unit.lookAfter(until);
    // An admin's own lets it out as well.
    if (isBeingLetOut(unit)) return;
    enqueueOwn(unit, { requestType: "DeviceConfigured" }, "first");
    if (!unit.polls) unit.push();
  },
};

/** DeviceConfigured is in the queue, or was delivered and not answered. */
export const isBeingLetOut = ({ outstanding }: UnitOfWork): boolean =>
  [...outstanding.values()].some(({ requestType }) => requestType === "DeviceConfigured");

/** Whether a command would only be refused now. Once the wait is over, DeviceConfigured has to be answered before it. */
export function isTooEarly(unit: UnitOfWork, { requestType }: Pick<CommandRow, "requestType">): boolean {
  if (unit.enrollment.awaitingConfiguration !== 1 || !TOO_EARLY.has(requestType)) return false;
  return unit.now < waitsUntil(unit) || isBeingLetOut(unit);
}

/**
 * It says in this very answer that it waits: one that was adopted waits since a TokenUpdate that was not for us yet. That it
 * does not wait is not believed: it would be stuck if that were wrong, and one command too many does no harm.
 */
export function heardWaiting(unit: UnitOfWork, said: PlistDict): void {
  const value = said.get("AwaitingConfiguration");
  if (unit.enrollment.awaitingConfiguration === 0 && (value === true || value === 1n))
    unit.patch({ awaitingConfiguration: 1 });
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
