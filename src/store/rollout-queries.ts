/** Standing plans, their releases under way, and the deadlines that they gave. */
import { sql } from "kysely";
import type { AdminStore, MemberRow } from "./admin-store.ts";
import { padded } from "./padded.ts";
import type { Queries } from "./plan-queries.ts";
import type { GateDecisionRow, GivenRow, JobRow, PlanRow, RingRunRow, RolloutRow } from "./rows.ts";

type RolloutQueries = Pick<
  AdminStore,
  | "standingPlans"
  | "rolloutsOf"
  | "ringRunsOf"
  | "ringMembers"
  | "gateDecisions"
  | "givenTo"
  | "endedStanding"
  | "governedCounts"
>;

/** Decisions of a rollout that are shown. */
const MOST_DECISIONS = 1000;

export function rolloutQueries({ build, rows, run }: Queries): RolloutQueries {
  return {
    standingPlans: () =>
      rows<PlanRow>(
        "plan",
        build
          .selectFrom("plan")
          .selectAll()
          // As constants, or the partial index does not count.
          .where(sql<boolean>`kind = 'standing' AND state <> 'stopped'`)
          .orderBy("place")
          .orderBy("id"),
      ),
    async governedCounts(planIds) {
      if (planIds.length === 0) return new Map();
      const found = await run(
        build
          .selectFrom("enrollment")
          .select("governed_by")
          .select((e) => e.fn.countAll().as("n"))
          .where("governed_by", "in", padded(planIds))
          .where("state", "=", "enrolled")
          .groupBy("governed_by"),
      );
      return new Map(found.map((row) => [String(row["governed_by"]), Number(row["n"])]));
    },
    async rolloutsOf(planIds) {
      if (planIds.length === 0) return [];
      const query = build.selectFrom("rollout").selectAll().where("plan_id", "in", padded(planIds));
      return rows<RolloutRow>("rollout", query.orderBy("began_at").orderBy("id"));
    },
    async ringRunsOf(rolloutIds) {
      if (rolloutIds.length === 0) return [];
      const query = build.selectFrom("ring_run").selectAll().where("rollout_id", "in", padded(rolloutIds));
      return rows<RingRunRow>("ringRun", query.orderBy("rollout_id").orderBy("ring").orderBy("urgent"));
    },
    ringMembers: (rolloutId) =>
      rows<MemberRow>(
        "job",
        build
          .selectFrom("job as j")
          .innerJoin("enrollment as e", "e.id", "j.enrollment_id")
          .select(["j.enrollment_id", "j.ring", "j.urgent", "j.created_at", "j.started_at", "j.member"])
          .select(["e.last_seen_at", "e.os_version", "e.build_version", "e.supplemental_extra"])
          .where("j.rollout_id", "=", rolloutId)
          .where(sql<boolean>`e.state = 'enrolled'`)
          // Ids grow with time.
          .where(
            sql<boolean>`NOT EXISTS (SELECT 1 FROM job n WHERE n.rollout_id = j.rollout_id AND n.enrollment_id = j.enrollment_id AND n.id > j.id)`,
          ),
      ),
    gateDecisions: (rolloutId) =>
      rows<GateDecisionRow>(
        "gateDecision",
        build
          .selectFrom("gate_decision")
          .selectAll()
          .where("rollout_id", "=", rolloutId)
          .orderBy("at", "desc")
          .orderBy("n", "desc")
          .limit(MOST_DECISIONS),
      ),
    async endedStanding(enrollmentIds) {
      if (enrollmentIds.length === 0) return [];
      const found = await rows<Pick<JobRow, "enrollmentId" | "state" | "doc">>(
        "job",
        build
          .selectFrom("job")
          .select(["enrollment_id", "state", "doc"])
          .where("enrollment_id", "in", padded(enrollmentIds))
          .where("live", "=", 0)
          .where("rollout_id", "is not", null)
          .orderBy("created_at")
          .orderBy("id"),
      );
      return [...new Map(found.map((row) => [row.enrollmentId, row])).values()];
    },
    async givenTo(enrollmentIds) {
      if (enrollmentIds.length === 0) return [];
      const query = build.selectFrom("given").selectAll().where("enrollment_id", "in", padded(enrollmentIds));
      return rows<GivenRow>("given", query.orderBy("enrollment_id").orderBy("given_at"));
    },
  };
}
