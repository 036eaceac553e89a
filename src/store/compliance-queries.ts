/** What the work at classes of compliance asks, and how many devices have each class. */
import { type RawBuilder, sql } from "kysely";
import type { AdminStore, ClassCount, ClassRow, StandingRow } from "./admin-store.ts";
import { FLEET_COLUMNS } from "./fleet-queries.ts";
import { padded } from "./padded.ts";
import type { Queries } from "./plan-queries.ts";
import type { EnrollmentRow } from "./rows.ts";

type ComplianceQueries = Pick<AdminStore, "classRows" | "classCounts" | "governing" | "standingsOf" | "governedBy">;

/** What a standing plan has made of a device. */
const STANDING_COLUMNS = [
  ...[
    "awaiting_configuration",
    "governed_by",
    "ring",
    "aim",
    "joined_at",
    "joined_plan",
    "joined_as",
    "target",
    "offer",
  ],
  ...["deadline_local", "deadline_at", "compliance", "compliance_reason", "excluded_ends_at"],
] as const;

const ENROLLED = sql<boolean>`state = 'enrolled'`;

export function complianceQueries({ build, run, rows }: Queries): ComplianceQueries {
  return {
    classRows: (after, limit) =>
      rows<ClassRow>(
        "enrollment",
        build
          .selectFrom("enrollment")
          .select([...FLEET_COLUMNS, ...STANDING_COLUMNS])
          .where(ENROLLED)
          .where("id", ">", after ?? "")
          .orderBy("id")
          .limit(limit),
      ),
    async classCounts() {
      const found = await run(
        build
          .selectFrom("enrollment")
          .select(["compliance", "compliance_reason", "flags"])
          .select((e) => e.fn.countAll().as("n"))
          .where(ENROLLED)
          .groupBy(["compliance", "compliance_reason", "flags"]),
      );
      return found.map(
        (row): ClassCount => ({
          compliance: row["compliance"] as EnrollmentRow["compliance"],
          reason: String(row["compliance_reason"]),
          flags: String(row["flags"]),
          devices: Number(row["n"]),
        }),
      );
    },
    async governing(ids) {
      if (ids.length === 0) return new Map();
      const query: RawBuilder<unknown> = sql`SELECT enrollment_id, plan_id FROM (
        SELECT d.enrollment_id, d.plan_id,
          row_number() OVER (PARTITION BY d.enrollment_id ORDER BY d.decided_at DESC, d.plan_id DESC) AS place
        FROM plan_device d JOIN plan p ON p.id = d.plan_id LEFT JOIN job j ON j.id = d.job_id
        WHERE d.enrollment_id IN (${sql.join(padded(ids))}) AND p.state = 'active' AND p.kind = 'once'
          AND (d.reason IS NULL OR d.reason <> 'busy') AND (j.state IS NULL OR j.state <> 'stopped')) AS alike
        WHERE place = 1`;
      const found = await run({ compile: () => query.compile(build) });
      return new Map(found.map((row) => [String(row["enrollment_id"]), String(row["plan_id"])]));
    },
    async standingsOf(ids) {
      if (ids.length === 0) return [];
      return rows<StandingRow>(
        "enrollment",
        build.selectFrom("enrollment").select(["id", "compliance", "excluded_ends_at"]).where("id", "in", padded(ids)),
      );
    },
    async governedBy(planId, now, limit) {
      const found = await run(
        build
          .selectFrom("enrollment")
          .select("id")
          .where("governed_by", "=", planId)
          .where((where) => where.or([where("class_due_at", "is", null), where("class_due_at", ">", now)]))
          .limit(limit),
      );
      return found.map((row) => String(row["id"]));
    },
  };
}
