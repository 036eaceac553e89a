/** Which plan governs a device, by the rows: that of its live job, else the one that `governing` names (`store/compliance-queries.ts`). */
import {
  deadlineIn,
  type Governing,
  isBelowFloor,
  type JobSeed,
  type JobTarget,
  type Offer,
  type PlanSpec,
  progressOf,
  readJob,
  readLiveJob,
  wantedIn,
  wishOf,
} from "../../plans/index.ts";
import type { Wanted } from "../../catalog/index.ts";
import type { EnrollmentRow, JobRow, PlanDeviceRow, PlanRow } from "../../store/index.ts";
import { platformFrom, zoneOf } from "../enrollment/device-facts.ts";

export interface PlanRows {
  readonly live: JobRow | undefined;
  /** Of the live job. */
  readonly livePlan: Pick<PlanRow, "spec"> | undefined;
  readonly decision: PlanDeviceRow | undefined;
  /** Of the decision. */
  readonly plan: Pick<PlanRow, "spec" | "state"> | undefined;
  /** The job that the decision became. */
  readonly job: JobRow | undefined;
}

/** A stopped plan governs nobody but those whose job is not over. */
export function governingBy(rows: PlanRows, device: EnrollmentRow, offer: Offer): Governing | null {
  const { live, livePlan, decision, plan } = rows;
  const platform = platformFrom(device.platform);
  const wish = (spec: PlanRow["spec"]) => wishOf(spec as unknown as PlanSpec, platform, offer);
  const floored = (spec: PlanRow["spec"] | undefined, wanted: Wanted | null): Pick<Governing, "belowFloor"> =>
    spec !== undefined && isBelowFloor(spec as unknown as PlanSpec, platform, wanted) ? { belowFloor: true } : {};
  if (live !== undefined) {
    const job = readLiveJob(live.doc);
    const aim = wantedIn(job.target);
    return {
      planId: live.planId,
      wanted: aim,
      word: livePlan !== undefined && wish(livePlan.spec).word,
      ...floored(livePlan?.spec, aim),
      deadlineAt: job.deadlineAt ?? null,
      progress: progressOf(job),
    };
  }
  if (decision === undefined || plan?.state !== "active") return null;
  const { planId } = decision;
  const { wanted, word } = wish(plan.spec);
  if (decision.kind === "refused") {
    const progress = { kind: "refused", reason: decision.reason ?? "" } as const;
    return { planId, wanted, word, deadlineAt: deadlineOf(plan.spec as unknown as PlanSpec, device), progress };
  }
  if (rows.job === undefined) return decision.doneAt === null ? awaited(decision, word) : null;
  const job = readJob(rows.job.doc);
  const target = job.target ?? job.wanted;
  const aim = target === undefined ? null : wantedIn(target);
  const deadlineAt = job.target === undefined ? null : (job.deadlineAt ?? null);
  return {
    planId,
    wanted: aim,
    word,
    ...floored(plan.spec, aim),
    deadlineAt,
    progress: progressOf(job),
  };
}

/** The decision has not been carried out. */
function awaited({ planId, kind, seed }: PlanDeviceRow, word: boolean): Governing {
  const [target, deadlineAt] =
    kind === "job"
      ? [(seed as unknown as JobSeed).target, (seed as unknown as JobSeed).deadlineAt ?? null]
      : [seed as unknown as JobTarget, null];
  return { planId, wanted: wantedIn(target), word, deadlineAt, progress: { kind: "waits", reason: "begun" } };
}

/** On the device's own clock, or on that of the plan. */
const deadlineOf = ({ deadline, zone }: PlanSpec, device: EnrollmentRow): number | null =>
  deadline === undefined ? null : deadlineIn(deadline, zoneOf(device)?.zone ?? zone).at;
