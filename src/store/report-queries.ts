/** What a report of a day in the past asks: which version each device ran then, and which job it had. */
import { sql } from "kysely";
import type { AdminStore, SeenRow } from "./admin-store.ts";
import { padded } from "./padded.ts";
import { page } from "./page.ts";
import type { Queries } from "./plan-queries.ts";
import type { JobRow, VersionHistoryRow } from "./rows.ts";

type ReportQueries = Pick<AdminStore, "seenBy" | "firstVersionAt" | "jobsBegunBy">;

const COLUMNS = [
  "id",
  "apple_id",
  "state",
  "serial",
  "device_name",
  "product_name",
  "model_name",
  "platform",
  "software_update_device_id",
  "removed_at",
  "last_seen_at",
  "excluded_until",
  "excluded_ends_at",
  "excluded_reason",
  "excluded_by",
  "excluded_at",
] as const;

export function reportQueries({ build, run, rows }: Queries): ReportQueries {
  return {
    async seenBy(at, after, limit) {
      const found = await rows<SeenRow["enrollment"]>(
        "enrollment",
        build
          .selectFrom("enrollment")
          .select(COLUMNS)
          .where("id", ">", after ?? "")
          .orderBy("id")
          .limit(limit + 1),
      );
      const { rows: enrollments, next } = page(found, limit, ({ id }) => id);
      if (enrollments.length === 0) return { rows: [], next };
      const versions = await rows<VersionHistoryRow>(
        "versionHistory",
        build
          .selectFrom("version_history")
          .selectAll()
          .where("enrollment_id", "in", padded(enrollments.map(({ id }) => id)))
          .where("first_seen_at", "<=", at)
          .orderBy("enrollment_id")
          .orderBy("first_seen_at"),
      );
      const byId = Map.groupBy(versions, ({ enrollmentId }) => enrollmentId);
      return { rows: enrollments.map((enrollment) => ({ enrollment, versions: byId.get(enrollment.id) ?? [] })), next };
    },
    async firstVersionAt() {
      const [row] = await run(build.selectFrom("version_history").select((e) => e.fn.min("first_seen_at").as("at")));
      const at = row?.["at"] ?? null;
      return at === null ? undefined : Number(at);
    },
    async jobsBegunBy(at, ids) {
      if (ids.length === 0) return [];
      return rows<Pick<JobRow, "enrollmentId" | "doc">>(
        "job",
        build
          .selectFrom("job as j")
          .select(["j.enrollment_id", "j.doc"])
          .where("j.enrollment_id", "in", padded(ids))
          .where(
            sql<boolean>`j.id = (SELECT n.id FROM job n WHERE n.enrollment_id = j.enrollment_id AND n.begun = 1 AND n.created_at <= ${at}
              ORDER BY n.created_at DESC, n.id DESC LIMIT 1)`,
          ),
      );
    },
  };
}
