/** What the row of a device says of its exclusion (targets S5). */
import type { EnrollmentRow } from "../../store/index.ts";

/** An exclusion of which all is known. */
export interface Exclusion {
  /** The day at the beginning of which it ends, in the device's zone: YYYY-MM-DD. */
  readonly until: string;
  /** ms UTC */
  readonly endsAt: number;
  readonly reason: string;
  readonly by: string;
  /** Since when the device has been excluded without a break (ms UTC). */
  readonly since: number;
}

type Columns = Pick<EnrollmentRow, "excludedUntil" | "excludedEndsAt" | "excludedReason" | "excludedBy" | "excludedAt">;

/** The exclusion that was in force at `now` (ms UTC), as far as the row knows: it keeps the last one only. */
export function exclusionAt(row: Columns, now: number): Exclusion | undefined {
  const {
    excludedUntil: until,
    excludedEndsAt: endsAt,
    excludedReason: reason,
    excludedBy: by,
    excludedAt: since,
  } = row;
  if (until === null || endsAt === null || reason === null || by === null || since === null) return undefined;
  return since <= now && now < endsAt ? { until, endsAt, reason, by, since } : undefined;
}

/** Whether a device is excluded now: nothing of a plan may leave for it. */
export const isExcluded = ({ excludedEndsAt }: Pick<EnrollmentRow, "excludedEndsAt">, now: number): boolean =>
  excludedEndsAt !== null && now < excludedEndsAt;
