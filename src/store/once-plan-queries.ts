/** Plans that are decided once, as the gate looks at them. */
import { sql } from "kysely";
import type { AdminSql } from "./admin-sql.ts";
import type { AdminStore, KeptRow } from "./admin-store.ts";
import type { Queries } from "./plan-queries.ts";
import { IS_ENROLLED, memberIn } from "./rollout-queries.ts";
import type { PlanRow } from "./rows.ts";

type OncePlanQueries = Pick<AdminStore, "oncePlansUnderWay" | "oncePlansPaused" | "keptMembers">;

/** As constants, or the partial index does not count. */
const LIVE = sql`SELECT plan_id FROM job WHERE live = 1 AND rollout_id IS NULL`;

export const oncePlanQueries = (
  { build, each, rows }: Queries,
  { member }: Pick<AdminSql, "member">,
): OncePlanQueries => ({
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
    each<KeptRow>(
      build
        .selectFrom("job as j")
        .innerJoin("enrollment as e", "e.id", "j.enrollment_id")
        .select(["j.created_at", "j.started_at", "e.last_seen_at", "e.excluded_ends_at"])
        .select([member.reachedAt.as("reached_at"), member.momentAt.as("moment_at"), member.whole.as("whole")])
        .where("j.plan_id", "=", planId)
        // As the index has it: nothing has been seen of the others, so none of them has begun or failed.
        .where(sql<boolean>`j.rollout_id IS NULL AND (j.started_at IS NOT NULL OR j.member <> 'null')`)
        .where(IS_ENROLLED),
      (row) => ({
        createdAt: row.number(0),
        startedAt: row.numberOrNull(1),
        lastSeenAt: row.numberOrNull(2),
        excludedEndsAt: row.numberOrNull(3),
        member: memberIn(row.numberOrNull(4), row.numberOrNull(5), row.textOrNull(6)),
      }),
    ),
});
