/** Standing plans, their releases under way, and the deadlines that they gave. */
import { sql } from "kysely";
import type { AdminSql } from "./admin-sql.ts";
import type { AdminStore, MemberRow, NotGivenRow } from "./admin-store.ts";
import { countsOf } from "./counts.ts";
import { padded } from "./padded.ts";
import type { Queries } from "./plan-queries.ts";
import type { GateDecisionRow, GivenRow, JobRow, Json, PlanRow, RingRunRow, RolloutRow } from "./rows.ts";

type RolloutQueries = Pick<
  AdminStore,
  | "standingPlans"
  | "rollout"
  | "rolloutsOf"
  | "rolloutCounts"
  | "rolloutDocs"
  | "devicesUnder"
  | "ringRunsOf"
  | "lastStarts"
  | "ringMembers"
  | "notGivenTo"
  | "gateDecisions"
  | "givenTo"
  | "endedStanding"
  | "governedCounts"
  | "governedAlike"
>;

/** It has a job that brings it to the release that its plan means for it. */
const HAS_JOB = sql`EXISTS (
  SELECT 1 FROM job j JOIN rollout r ON r.id = j.rollout_id
  WHERE j.enrollment_id = enrollment.id AND j.live = 1 AND r.version = enrollment.aim
)`;

/** As constants, or the partial index does not count. */
const GOVERNED = sql<boolean>`state = 'enrolled' AND governed_by IS NOT NULL`;
/** Of a device that was found by its id, whose row is read anyway. Said plainly it would be found by a wide index that has the state too. */
export const IS_ENROLLED = sql<boolean>`CASE WHEN e.state = 'enrolled' THEN 1 ELSE 0 END = 1`;

/** Decisions of a rollout that are shown. */
const MOST_DECISIONS = 1000;

/** What a job keeps for the gate, as far as outcomes hang on it. */
export function memberIn(reachedAt: number | null, momentAt: number | null, whole: string | null): Json {
  if (whole !== null) return JSON.parse(whole) as Json;
  if (reachedAt === null) return momentAt === null ? null : { momentAt };
  return momentAt === null ? { reachedAt } : { reachedAt, momentAt };
}

export function rolloutQueries(
  { build, run, each, rows }: Queries,
  { member }: Pick<AdminSql, "member">,
): RolloutQueries {
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
          .selectFrom("listed")
          .select("governed_by")
          .select((e) => e.fn.countAll().as("n"))
          .where("governed_by", "in", padded(planIds))
          .where(GOVERNED)
          .groupBy("governed_by"),
      );
      return new Map(found.map((row) => [String(row["governed_by"]), Number(row["n"])]));
    },
    async governedAlike(planIds) {
      if (planIds.length === 0) return [];
      const columns = ["governed_by", "platform", "product_name", "hardware", "os_version"] as const;
      const found = await run(
        build
          .selectFrom("listed")
          .select(columns)
          .select((e) => e.fn.countAll().as("n"))
          .where("governed_by", "in", padded(planIds))
          .where(GOVERNED)
          .groupBy(columns),
      );
      return found.map((row) => ({
        planId: String(row["governed_by"]),
        platform: row["platform"] as string | null,
        productName: row["product_name"] as string | null,
        softwareUpdateDeviceId: row["hardware"] as string | null,
        osVersion: row["os_version"] as string | null,
        devices: Number(row["n"]),
      }));
    },
    async rolloutsOf(planIds) {
      if (planIds.length === 0) return [];
      const query = build.selectFrom("rollout").selectAll().where("plan_id", "in", padded(planIds));
      return rows<RolloutRow>("rollout", query.orderBy("began_at").orderBy("id"));
    },
    async rollout(id) {
      const [row] = await rows<RolloutRow>("rollout", build.selectFrom("rollout").selectAll().where("id", "=", id));
      return row;
    },
    rolloutCounts: (ids) =>
      countsOf(
        ids,
        () =>
          build
            .selectFrom("job")
            .select(["rollout_id as owner", "state as one", "reason as other"])
            .select((e) => e.fn.countAll().as("n"))
            .where("rollout_id", "in", padded(ids))
            .groupBy(["rollout_id", "state", "reason"]),
        run,
        (state, reason, jobs) => ({ state, reason, jobs }),
      ),
    rolloutDocs: (rolloutId, after, limit) =>
      rows<Pick<JobRow, "enrollmentId" | "doc">>(
        "job",
        build
          .selectFrom("job")
          .select(["enrollment_id", "doc"])
          .where("rollout_id", "=", rolloutId)
          .where("enrollment_id", ">", after)
          // As a constant, or the partial index does not count.
          .where(sql<boolean>`live = 1`)
          .orderBy("enrollment_id")
          .limit(limit),
      ),
    async devicesUnder(planId) {
      const found = await run(
        build
          .selectFrom("enrollment")
          .select(["platform", "aim", "ring", "os_version"])
          .select((e) => e.fn.countAll().as("n"))
          .select(sql`SUM(CASE WHEN ${HAS_JOB} THEN 1 ELSE 0 END)`.as("with_job"))
          .where("governed_by", "=", planId)
          .where(sql<boolean>`ring IS NOT NULL AND aim IS NOT NULL AND state = 'enrolled'`)
          .groupBy(["platform", "aim", "ring", "os_version"]),
      );
      return found.map((row) => ({
        platform: String(row["platform"]),
        aim: String(row["aim"]),
        ring: Number(row["ring"]),
        osVersion: typeof row["os_version"] === "string" ? row["os_version"] : null,
        devices: Number(row["n"]),
        withJob: Number(row["with_job"]),
      }));
    },
    async ringRunsOf(rolloutIds) {
      if (rolloutIds.length === 0) return [];
      const query = build.selectFrom("ring_run").selectAll().where("rollout_id", "in", padded(rolloutIds));
      return rows<RingRunRow>("ringRun", query.orderBy("rollout_id").orderBy("ring").orderBy("urgent"));
    },
    async lastStarts(planId) {
      const last = sql`(
        SELECT MAX(j.started_at) FROM job j WHERE j.rollout_id = g.rollout_id AND j.ring = g.ring AND j.urgent = g.urgent
      )`;
      const found = await run(
        build
          .selectFrom("ring_run as g")
          .innerJoin("rollout as r", "r.id", "g.rollout_id")
          .select(["g.rollout_id", "g.ring", "g.urgent", last.as("last_start_at")])
          .where("r.plan_id", "=", planId),
      );
      return found.map((row) => ({
        rolloutId: String(row["rollout_id"]),
        ring: Number(row["ring"]),
        urgent: Number(row["urgent"]) === 1 ? 1 : 0,
        lastStartAt: row["last_start_at"] === null ? null : Number(row["last_start_at"]),
      }));
    },
    notGivenTo: ({ id, planId, platform }, ids) =>
      each<NotGivenRow>(
        build
          .selectFrom("enrollment as e")
          .select(["e.ring", "e.aim", "e.os_version", "e.supplemental_extra", "e.last_seen_at", "e.excluded_ends_at"])
          .$if(ids, (query) => query.select("e.id"))
          // Both by an index in order of the devices: the rows of those that are left alone are read.
          .where(
            sql<boolean>`e.id IN (
              SELECT id FROM enrollment WHERE governed_by = ${planId} AND ring IS NOT NULL
              EXCEPT SELECT enrollment_id FROM job WHERE rollout_id = ${id}
            )`,
          )
          .where("e.aim", "is not", null)
          .where("e.platform", "=", platform)
          .where(IS_ENROLLED),
        (row) => ({
          ring: row.number(0),
          aim: row.textOrNull(1) ?? "",
          osVersion: row.textOrNull(2),
          supplementalExtra: row.textOrNull(3),
          lastSeenAt: row.numberOrNull(4),
          excludedEndsAt: row.numberOrNull(5),
          id: ids ? (row.textOrNull(6) ?? "") : "",
        }),
      ),
    ringMembers: ({ id, planId }, ids) =>
      each<MemberRow>(
        build
          .selectFrom("job as j")
          .innerJoin("enrollment as e", "e.id", "j.enrollment_id")
          .select(["j.ring", "j.urgent", "j.created_at", "j.started_at", "e.last_seen_at", "e.excluded_ends_at"])
          .select(sql`CASE WHEN e.governed_by = ${planId} THEN 1 ELSE 0 END`.as("governed"))
          .select([member.reachedAt.as("reached_at"), member.momentAt.as("moment_at"), member.whole.as("whole")])
          .$if(ids, (query) => query.select("j.enrollment_id"))
          .where("j.rollout_id", "=", id)
          .where(IS_ENROLLED)
          // Ids grow with time, and a live job is the newest; most devices have one job of a rollout.
          .where(
            sql<boolean>`(
              j.live = 1
              OR j.enrollment_id NOT IN (SELECT enrollment_id FROM job WHERE rollout_id = ${id} GROUP BY enrollment_id HAVING COUNT(*) > 1)
              OR NOT EXISTS (SELECT 1 FROM job n WHERE n.rollout_id = j.rollout_id AND n.enrollment_id = j.enrollment_id AND n.id > j.id)
            )`,
          ),
        (row) => ({
          ring: row.numberOrNull(0),
          urgent: row.number(1) === 1 ? 1 : 0,
          createdAt: row.number(2),
          startedAt: row.numberOrNull(3),
          lastSeenAt: row.numberOrNull(4),
          excludedEndsAt: row.numberOrNull(5),
          governedBy: row.number(6) === 1 ? planId : null,
          member: memberIn(row.numberOrNull(7), row.numberOrNull(8), row.textOrNull(9)),
          enrollmentId: ids ? (row.textOrNull(10) ?? "") : "",
        }),
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
