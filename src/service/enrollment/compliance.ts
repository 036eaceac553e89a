/**
 * The class of a device in its row. A message of the device compares it with what is stored: what Apple offers to it and what its plan wants.
 * Where that must be looked up again, the class is due, and `service/compliance` works it out with the catalog and the plans.
 */
import { lookupIdsOf } from "../../catalog/index.ts";
import {
  changesAt,
  complianceOf,
  type ComplianceInput,
  type Governing,
  isFinal,
  type Offer,
  type Progress,
  progressOf,
  SILENT_DAYS,
  wantedIn,
} from "../../plans/index.ts";
import { majorOf } from "../../protocol/index.ts";
import type { EnrollmentRow } from "../../store/index.ts";
import type { Consequence } from "./consequence.ts";
import { oddVersionOf, platformFrom, versionOf } from "./device-facts.ts";
import type { StoredOffer, StoredTarget } from "./stored-class.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

type Listed = Pick<EnrollmentRow, "platform" | "productName" | "softwareUpdateDeviceId" | "osVersion">;

/** All that an offer hangs on: what Apple lists the device by, and the major that it runs. */
export function basisOf(row: Listed): string {
  const major = row.osVersion === null ? undefined : majorOf(row.osVersion);
  const ids = idsOf(row);
  return major === undefined || ids.length === 0 ? "" : `${row.platform} ${major} ${ids.join(",")}`;
}

export function idsOf(row: Omit<Listed, "osVersion">): string[] {
  const platform = platformFrom(row.platform);
  return platform === undefined ? [] : lookupIdsOf({ ...row, platform });
}

/** Its class hangs on the job's state, which is a person's word only, so whatever the job says counts. */
export const compliance: Consequence = {
  of({ enrollment: e, jobRow, resolved, occasions }) {
    return [
      ...[e.state, e.platform, e.productName, e.softwareUpdateDeviceId],
      ...[e.osVersion, e.buildVersion, e.supplementalBuild, e.supplementalExtra, e.reportedVersion],
      ...[jobRow?.id, jobRow?.state, jobRow?.reason, resolved, occasions.has("heard")],
      ...[e.excludedEndsAt, e.excludedDueAt],
    ];
  },
  derive(unit) {
    if (unit.enrollment.state === "enrolled") classify(unit);
  },
};

const NOT_YET: Offer = { doubt: "not-classified" };

function classify(unit: UnitOfWork): void {
  const { enrollment: e, resolved, now } = unit;
  const basis = basisOf(e);
  const known = resolved?.offer ?? storedOffer(e);
  const offer = known !== undefined && known.for === basis ? known : undefined;
  const { plan, open } = planOf(unit);
  // Its class has forgotten what its plan had made of it.
  const ended = resolved === undefined && e.complianceReason === "excluded" && !unit.isExcluded;
  const input: ComplianceInput = {
    heardAt: unit.speaks ? now : Math.max(e.lastSeenAt ?? 0, e.enrolledAt ?? e.createdAt),
    seen: versionOf(e, now) ?? null,
    ...(oddVersionOf(e) === undefined ? {} : { odd: true }),
    listed: idsOf(e).length > 0,
    offer: offer ?? NOT_YET,
    plan,
    ...(e.excludedEndsAt === null ? {} : { excludedUntil: e.excludedEndsAt }),
    silentDays: known?.silentDays ?? SILENT_DAYS,
    now,
  };
  const { class: kind, reason, flags } = complianceOf(input);
  unit.patch({
    compliance: kind,
    complianceReason: reason,
    flags: flags.length === 0 ? "" : ` ${flags.join(" ")} `,
    governedBy: plan?.planId ?? null,
    target: plan === null ? null : JSON.stringify(targetOf(plan)),
    deadlineAt: plan?.deadlineAt ?? null,
    ...(resolved === undefined || offer === undefined ? {} : { offer: JSON.stringify(offer) }),
  });
  dueAgain(unit, (offer === undefined && basis !== "") || open || ended, changesAt(input));
}

const targetOf = ({ wanted, word, belowFloor, late }: Governing): StoredTarget => ({
  wanted,
  word,
  ...(belowFloor === undefined ? {} : { belowFloor }),
  ...(late === undefined ? {} : { late }),
});

/** An earlier moment than is needed stays, since writing another with each message would cost more than looking once in vain. */
function dueAgain(unit: UnitOfWork, open: boolean, at: number | null): void {
  const { classDueAt: before } = unit.enrollment;
  const next = open ? unit.now : at;
  if (next !== null && (before === null || before > next)) unit.patch({ classDueAt: next });
}

/** The plan that governs, by what is known in this transaction; `open`: it must be looked up. */
function planOf(unit: UnitOfWork): { readonly plan: Governing | null; readonly open: boolean } {
  const { enrollment: e, resolved, job, jobRow } = unit;
  // A job that has begun is followed to its end, also where another standing plan governs its device by now (targets G5).
  const isStanding = (jobRow?.rolloutId ?? null) !== null;
  if (resolved !== undefined) return { plan: withJob(resolved.plan, job, isStanding), open: false };
  const wish = e.target === null ? undefined : (JSON.parse(e.target) as StoredTarget);
  if (job !== undefined && job.state !== "stopped") {
    const planId = isStanding ? (e.joinedPlan ?? job.planId) : job.planId;
    const same = e.governedBy === planId;
    const plan: Governing = {
      planId,
      wanted: wantedIn(job.target),
      word: same && wish?.word === true,
      ...(same && wish?.belowFloor === true ? { belowFloor: true } : {}),
      deadlineAt: same && wish?.late !== undefined ? e.deadlineAt : (job.deadlineAt ?? null),
      ...(same && wish?.late !== undefined ? { late: wish.late } : {}),
      progress: progressOf(job),
    };
    return { plan, open: !same && !isFinal(job.state) };
  }
  if (e.governedBy === null || wish === undefined) return { plan: null, open: false };
  // Withdrawn: by its plan's stop, or by another plan that took the device over.
  if (job?.planId === e.governedBy) return { plan: null, open: true };
  return {
    plan: { planId: e.governedBy, ...wish, deadlineAt: e.deadlineAt, progress: storedProgress(e) },
    open: false,
  };
}

/** What was looked up says how its job stood then. */
function withJob(plan: Governing | null, job: UnitOfWork["job"], isStanding: boolean): Governing | null {
  if (plan === null || job === undefined || isFinal(job.state)) return plan;
  if (job.planId !== plan.planId && !isStanding) return plan;
  return { ...plan, wanted: wantedIn(job.target), progress: progressOf(job) };
}

/** What its plan has made of it, where its job is over or it never had one: the class tells. */
function storedProgress({ compliance: kind, complianceReason: reason }: EnrollmentRow): Progress {
  switch (kind) {
    case "waiting-person":
      return { kind: "job", reason, over: true, person: reason };
    case "under-way":
      return { kind: "waits", reason };
    case "cannot":
      return { kind: "refused", reason };
    case "no-plan":
      // Excluded until now: it is looked up.
      return { kind: "waits", reason: "begun" };
    default:
      // It was where its plan wanted it.
      return { kind: "refused", reason: "fell-back" };
  }
}

const storedOffer = ({ offer }: EnrollmentRow): StoredOffer | undefined =>
  offer === null ? undefined : (JSON.parse(offer) as StoredOffer);
