/** Plans that are decided once, as the gate looks at them. */
import { sql } from "kysely";
import type { AdminStore, KeptRow } from "./admin-store.ts";
import type { Queries } from "./plan-queries.ts";
import type { PlanRow } from "./rows.ts";

type OncePlanQueries = Pick<AdminStore, "oncePlansUnderWay" | "oncePlansPaused" | "keptMembers">;

/** As constants, or the partial index does not count. */
const LIVE = sql`SELECT plan_id FROM job WHERE live = 1 AND rollout_id IS NULL`;

export const oncePlanQueries = ({ build, rows }: Queries): OncePlanQueries => ({
  oncePlansUnderWay: () =>
    rows<PlanRow>(
      "plan",
      build
        .selectFrom("plan")
        .selectAll()
        // While it is due its jobs are being made.
        .where(sql<boolean>`(due_at IS NOT NULL OR id IN (${LIVE}))`)
        .where("kind", "=", "once")
        .where("state", "=", "active")
        .orderBy("id"),
    ),
  oncePlansPaused: () =>
    rows<Pick<PlanRow, "id" | "name" | "pauseBy">>(
      "plan",
      build
        .selectFrom("plan")
        .select(["id", "name", "pause_by"])
        .where("kind", "=", "once")
        .where("state", "=", "paused")
        .orderBy("id"),
    ),
  keptMembers: (planId) =>
    rows<KeptRow>(
      "job",
      build
        .selectFrom("job as j")
        .innerJoin("enrollment as e", "e.id", "j.enrollment_id")
        .select(["j.created_at", "j.started_at", "j.member", "e.last_seen_at", "e.excluded_ends_at"])
        .where("j.plan_id", "=", planId)
        .where(sql<boolean>`j.member IS NOT NULL AND j.rollout_id IS NULL`)
        .where(sql<boolean>`e.state = 'enrolled'`),
    ),
});
