/** Standing plans, their releases under way, and the deadlines that they gave. */
import { sql } from "kysely";
import type { AdminStore } from "./admin-store.ts";
import { padded } from "./padded.ts";
import type { Queries } from "./plan-queries.ts";
import type { GateDecisionRow, GivenRow, PlanRow, RingRunRow, RolloutRow } from "./rows.ts";

type RolloutQueries = Pick<AdminStore, "standingPlans" | "rolloutsOf" | "ringRunsOf" | "gateDecisions" | "givenTo">;

/** Decisions of a rollout that are shown. */
const MOST_DECISIONS = 1000;

export function rolloutQueries({ build, rows }: Queries): RolloutQueries {
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
    async givenTo(enrollmentIds) {
      if (enrollmentIds.length === 0) return [];
      const query = build.selectFrom("given").selectAll().where("enrollment_id", "in", padded(enrollmentIds));
      return rows<GivenRow>("given", query.orderBy("enrollment_id").orderBy("given_at"));
    },
  };
}
