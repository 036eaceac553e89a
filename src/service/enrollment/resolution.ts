/**
 * What standing plans mean for a device hangs on what rules ask of it, on its version and on its job: where a transaction has changed one
 * of these, the device is resolved again (`service/compliance`), in a transaction that follows.
 */
import type { Job } from "../../plans/index.ts";
import { majorOf } from "../../protocol/index.ts";
import type { EnrollmentRow, JobRow } from "../../store/index.ts";

export interface Hangs {
  readonly enrollment: EnrollmentRow;
  readonly jobs: ReadonlyMap<string, JobRow>;
}

export function mustResolve(before: Hangs, after: Hangs): boolean {
  if (after.enrollment.state !== "enrolled") return false;
  if (before.enrollment !== after.enrollment && !isSame(asked(before.enrollment), asked(after.enrollment))) return true;
  // The rest concerns those only that a standing plan governs, or has left with a job that had begun.
  if (after.enrollment.joinedAt === null) return liveOf(before) !== liveOf(after) && wasOfStanding(before);
  if (before.enrollment !== after.enrollment && !isSame(known(before.enrollment), known(after.enrollment))) return true;
  return liveOf(before) !== liveOf(after);
}

/** What rules ask: what no plan governs today one may govern then. */
const asked = (e: EnrollmentRow) => [
  ...[e.state, e.platform, e.productName, e.softwareUpdateDeviceId, e.serial, e.supervised, e.awaitingConfiguration],
  e.osVersion === null ? undefined : majorOf(e.osVersion),
];

const known = (e: EnrollmentRow) => [
  ...[e.osVersion, e.buildVersion, e.supplementalBuild, e.supplementalExtra, e.timeZone, e.enforces, e.accessRights],
];

const isSame = (a: readonly unknown[], b: readonly unknown[]): boolean => a.every((value, i) => value === b[i]);

const wasOfStanding = ({ jobs }: Hangs): boolean =>
  [...jobs.values()].some(({ live, rolloutId }) => live === 1 && rolloutId !== null);

/** Its live job, by which deadline: one that gave its device time back moves what its plan has given. */
function liveOf({ jobs }: Hangs): string | undefined {
  for (const { id, live, doc } of jobs.values()) {
    if (live !== 1) continue;
    const { deadline = "", again } = doc as Pick<Job, "deadline" | "again">;
    return `${id} ${deadline} ${again?.at ?? ""}`;
  }
  return undefined;
}
