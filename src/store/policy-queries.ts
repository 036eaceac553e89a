/** What admins and the work at policies ask about policies and the devices that have them. */
import { sql } from "kysely";
import type { AdminStore } from "./admin-store.ts";
import { countsOf } from "./counts.ts";
import { newestPage } from "./newest.ts";
import { page } from "./page.ts";
import type { Queries } from "./plan-queries.ts";
import type { AssignmentRow, PolicyRow } from "./rows.ts";

type PolicyQueries = Pick<
  AdminStore,
  "policies" | "policy" | "policyCounts" | "policyDevices" | "assignmentsToTake" | "assignments"
>;

export function policyQueries({ build, run, rows, enrollmentsOf }: Queries): PolicyQueries {
  return {
    policies: (after, limit) => newestPage({ build, rows }, ["policy", "policy"], after, limit),
    async policy(id) {
      const [row] = await rows<PolicyRow>("policy", build.selectFrom("policy").selectAll().where("id", "=", id));
      return row;
    },
    policyCounts: (ids) =>
      countsOf(
        ids,
        () =>
          build
            .selectFrom("assignment")
            .select(["policy_id as owner", "way as one", "state as other"])
            .select((e) => e.fn.countAll().as("n"))
            .where("policy_id", "in", [...ids])
            .groupBy(["policy_id", "way", "state"]),
        run,
        (way, state, devices) => ({ way, state, devices }),
      ),
    async policyDevices(id, after, limit) {
      const found = await rows<AssignmentRow>(
        "assignment",
        build
          .selectFrom("assignment")
          .selectAll()
          .where("policy_id", "=", id)
          .where("enrollment_id", ">", after ?? "")
          .orderBy("enrollment_id")
          .limit(limit + 1),
      );
      const byId = await enrollmentsOf(found.map((row) => row.enrollmentId));
      const pairs = found.flatMap((assignment) => {
        const enrollment = byId.get(assignment.enrollmentId);
        return enrollment === undefined ? [] : [{ assignment, enrollment }];
      });
      return page(pairs, limit, ({ assignment }) => assignment.enrollmentId);
    },
    async assignmentsToTake(id, limit) {
      const found = await run(
        build
          .selectFrom("assignment")
          .select("enrollment_id")
          .where("policy_id", "=", id)
          // As a constant, or the partial index does not count.
          .where(sql<boolean>`state <> 'removing'`)
          .where(sql<boolean>`EXISTS (SELECT 1 FROM enrollment e WHERE e.id = assignment.enrollment_id)`)
          .limit(limit),
      );
      return found.map((row) => String(row["enrollment_id"]));
    },
    async assignments(ids) {
      if (ids.length === 0) return [];
      return rows<AssignmentRow>(
        "assignment",
        build
          .selectFrom("assignment")
          .selectAll()
          .where("enrollment_id", "in", [...ids]),
      );
    },
  };
}
