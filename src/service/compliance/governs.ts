/** Which plan governs a device, by the rows: that of its live job, else the one that `governing` names (`store/compliance-queries.ts`). */
import {
  deadlineIn,
  type Governing,
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
  if (live !== undefined) {
    const job = readLiveJob(live.doc);
    return {
      planId: live.planId,
      wanted: wantedIn(job.target),
      word: livePlan !== undefined && wish(livePlan.spec).word,
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
  const deadlineAt = job.target === undefined ? null : (job.deadlineAt ?? null);
  return {
    planId,
    wanted: target === undefined ? null : wantedIn(target),
    word,
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
