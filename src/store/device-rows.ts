/** Enrollments with what they are shown by: a job, or the decision of a plan that refused them one. */
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { DeviceRow } from "./admin-store.ts";
import { fromSql } from "./mapping.ts";
import type { EnrollmentRow, JobRow, PlanDeviceRow } from "./rows.ts";
import type { Columns, SqlRow } from "./admin-connection.ts";

/** The job that a device is shown by: its live one, else the newest that began, else the newest decision about a plan. */
const SHOWN_JOB: RawBuilder<string> = sql`(SELECT j.id FROM job j WHERE j.enrollment_id = e.id ORDER BY j.live DESC, j.begun DESC, j.created_at DESC, j.id DESC LIMIT 1)`;

/** The newest decision of an accepted plan that refused a device. */
const NEWEST_REFUSAL: RawBuilder<string> = sql`(SELECT d.plan_id FROM plan_device d JOIN plan p ON p.id = d.plan_id
  WHERE d.enrollment_id = e.id AND d.kind = 'refused' ORDER BY d.decided_at DESC, d.plan_id DESC LIMIT 1)`;
/** No job that began is shown before it, and no decision that is newer. */
const REFUSAL_SHOWN: RawBuilder<boolean> = sql`(shown.id IS NULL OR (shown.live = 0 AND shown.begun = 0 AND shown.created_at <= refused.decided_at))`;

/** Certificates that wait for an enrollment. */
const PENDING: RawBuilder<number> = sql`(SELECT COUNT(*) FROM certificate w WHERE w.pending_for = e.id)`;

/** Enrollments (`e`) beside what they are shown by: a job (`shown`), or the decision that refused them one (`refused`). */
const withShown = (build: Kysely<Columns>) =>
  build
    .selectFrom("enrollment as e")
    .leftJoin("job as shown", (join) => join.on("shown.id", "=", SHOWN_JOB))
    .leftJoin("plan_device as refused", (join) =>
      join.onRef("refused.enrollment_id", "=", "e.id").on("refused.plan_id", "=", NEWEST_REFUSAL).on(REFUSAL_SHOWN),
    );

/** Enrollments with the job they are shown by; its columns are prefixed so that both rows fit in one. */
export function joined(build: Kysely<Columns>) {
  const jobColumns = [
    "id",
    "plan_id",
    "enrollment_id",
    "live",
    "begun",
    "state",
    "reason",
    "due_at",
    "doc",
    "created_at",
    "finished_at",
    "lease_until",
    "needs_user",
    "mechanism",
  ];
  const decisionColumns = [
    "plan_id",
    "enrollment_id",
    "kind",
    "reason",
    "params",
    "seed",
    "job_id",
    "decided_at",
    "done_at",
  ];
  return withShown(build)
    .selectAll("e")
    .select(PENDING.as("pending"))
    .select(jobColumns.map((column) => `shown.${column} as job__${column}` as const))
    .select(decisionColumns.map((column) => `refused.${column} as refused__${column}` as const));
}

export function deviceRow(row: SqlRow): DeviceRow {
  const enrollment: SqlRow = {};
  const job: SqlRow = {};
  const refused: SqlRow = {};
  for (const [column, value] of Object.entries(row)) {
    if (column === "pending") continue;
    if (column.startsWith("job__")) job[column.slice("job__".length)] = value;
    else if (column.startsWith("refused__")) refused[column.slice("refused__".length)] = value;
    else enrollment[column] = value;
  }
  const isRefused = refused["plan_id"] !== null;
  return {
    enrollment: fromSql("enrollment", enrollment) as unknown as EnrollmentRow,
    job: isRefused || job["id"] === null ? null : (fromSql("job", job) as unknown as JobRow),
    refused: isRefused ? (fromSql("planDevice", refused) as unknown as PlanDeviceRow) : null,
    pending: Number(row["pending"]),
  };
}
