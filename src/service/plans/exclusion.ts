/**
 * A device is excluded until a date, and its exclusion ends: columns of its row, which every message of it consults (`enrollment/heed.ts`). Its
 * job is withdrawn or resumed in the same transaction.
 */
import { exclusionAt } from "../enrollment/exclusion.ts";
import { heedAdmin } from "../enrollment/heed.ts";
import { forEnrollment } from "../enrollment/transaction.ts";
import type { UnitOfWork } from "../enrollment/unit-of-work.ts";

const DAY = 86_400_000;
/** The end of an exclusion is announced this long before. */
export const EXCLUSION_ENDS_SOON = 7 * DAY;

export interface ExcludeInput {
  readonly enrollmentId: string;
  /** YYYY-MM-DD */
  readonly until: string;
  /** When that day begins for the device (ms UTC). */
  readonly endsAt: number;
  readonly reason: string;
  readonly by: string;
  readonly firstId: string;
  readonly now: number;
}

const ofDevice = ({ enrollmentId }: { readonly enrollmentId: string }) =>
  ({ enrollment: { from: "enrollment", where: { id: enrollmentId } } }) as const;

/** Excludes a device. One that is excluded already is excluded until this date instead, for this reason. */
export const excludeDevice = forEnrollment({
  name: "excludeDevice",
  reads: ofDevice,
  changes: ({ enrollmentId, until, reason }: ExcludeInput) => ({
    id: enrollmentId,
    detail: `until ${until}: ${reason}`,
  }),
  none: null,
  apply(unit, { until, endsAt, reason, by, now }: ExcludeInput) {
    const before = exclusionAt(unit.enrollment, now);
    unit.change = { before: exclusionPicture(unit), after: { until, reason } };
    unit.patch({
      excludedUntil: until,
      excludedEndsAt: endsAt,
      excludedReason: reason,
      excludedBy: by,
      excludedAt: before?.since ?? now,
      excludedDueAt: endsAt - EXCLUSION_ENDS_SOON > now ? endsAt - EXCLUSION_ENDS_SOON : endsAt,
      excludedLeaseUntil: 0,
    });
    unit.note("device-excluded", { until, reason, by });
    heed(unit);
    return null;
  },
});

export interface EndExclusionInput {
  readonly enrollmentId: string;
  readonly by: string;
  readonly firstId: string;
  readonly now: number;
}

/** Ends the exclusion of a device at once; false: it had none. */
export const endExclusion = forEnrollment({
  name: "endExclusion",
  reads: ofDevice,
  changes: ({ enrollmentId }: EndExclusionInput) => ({ id: enrollmentId }),
  none: false,
  apply(unit, { by, now }: EndExclusionInput): boolean {
    if (!unit.isExcluded) return false;
    unit.change = { before: exclusionPicture(unit), after: NOT_EXCLUDED };
    unit.note("exclusion-ended", { until: unit.enrollment.excludedUntil, by });
    unit.patch({ excludedEndsAt: now, excludedDueAt: null, excludedLeaseUntil: 0 });
    heed(unit);
    return true;
  },
});

export interface ExclusionDueInput {
  readonly enrollmentId: string;
  readonly firstId: string;
  readonly now: number;
}

/** An exclusion is about to end, or ends. */
export const exclusionDue = forEnrollment({
  name: "exclusionDue",
  patient: true,
  reads: (input: ExclusionDueInput) => ofDevice(input),
  none: null,
  apply(unit, { now }) {
    const { excludedUntil: until, excludedEndsAt: endsAt, excludedDueAt: dueAt } = unit.enrollment;
    unit.patch({ excludedDueAt: null, excludedLeaseUntil: 0 });
    // An admin has ended it meanwhile.
    if (endsAt === null || dueAt === null) return null;
    if (now >= endsAt) {
      unit.note("exclusion-ended", { until, by: null });
      heed(unit);
    } else if (now < dueAt) unit.patch({ excludedDueAt: dueAt });
    else {
      if (dueAt < endsAt) unit.note("exclusion-ends-soon", { until });
      unit.patch({ excludedDueAt: endsAt });
    }
    return null;
  },
});

const NOT_EXCLUDED = { until: null, reason: null };

const exclusionPicture = ({ enrollment, now }: UnitOfWork) => {
  const found = exclusionAt(enrollment, now);
  return found === undefined ? NOT_EXCLUDED : { until: found.until, reason: found.reason };
};

function heed(unit: UnitOfWork): void {
  if (heedAdmin(unit)) unit.push();
}
