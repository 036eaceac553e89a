/**
 * A device that waits in Setup Assistant lets its user in at DeviceConfigured. What has to hold from the first use
 * (declarations, a policy) is brought to it before; whatever fails, it waits no longer than `LONGEST_WAIT`.
 * Source: mdm/commands/device.configured.yaml; mdm/checkin/tokenupdate.yaml AwaitingConfiguration.
 */
import type { CommandRow } from "../../store/index.ts";
import { mayBegin } from "./declarations.ts";
import type { Scene } from "./scene.ts";

/** From its first TokenUpdate, ms. */
const LONGEST_WAIT = 600_000;

/** What a Mac refuses while it waits ("Not supported while waiting for DeviceConfigured"). */
const TOO_EARLY: ReadonlySet<string> = new Set(["ScheduleOSUpdate", "ScheduleOSUpdateScan"]);

/**
 * Queues DeviceConfigured before everything else once the device has what it is to have, or has waited long enough; else sees
 * to it that the server looks again when that is so. True where it is in the queue.
 */
export function release(scene: Scene): boolean {
  const { state, awaitingConfiguration } = scene.enrollment;
  if (state !== "enrolled" || awaitingConfiguration !== 1) return false;
  const until = waitsUntil(scene);
  if (scene.now < until && !isPrepared(scene)) {
    scene.lookAfter(until);
    return false;
  }
  scene.care({ requestType: "DeviceConfigured" }, "first");
  return true;
}

/** Whether a command would only be refused now. Once the wait is over, DeviceConfigured goes before it. */
export function isTooEarly(scene: Scene, { requestType }: Pick<CommandRow, "requestType">): boolean {
  return scene.enrollment.awaitingConfiguration === 1 && TOO_EARLY.has(requestType) && scene.now < waitsUntil(scene);
}

/** ms UTC; where the clock has stepped back since, it has waited long enough. */
function waitsUntil({ enrollment: { enrolledAt }, now }: Scene): number {
  return enrolledAt === null || enrolledAt > now ? now : enrolledAt + LONGEST_WAIT;
}

/** Its questions are answered, its policy is in force or can't be, and it has reported since it fetched its declarations. */
function isPrepared(scene: Scene): boolean {
  if ([...scene.outstanding.values()].some(({ origin }) => origin === "care")) return false;
  if (scene.assignment?.state === "pending" || mayBegin(scene)) return false;
  const { declarative } = scene;
  if (declarative === undefined) return true;
  const { syncedAt, reportedAt } = declarative;
  return !scene.unsynced && syncedAt !== null && reportedAt !== null && reportedAt >= syncedAt;
}
