/** What admins and the work at plans ask about plans, their decisions and their jobs. */
import { type Compilable, type Kysely, type RawBuilder, sql } from "kysely";
import type { RolloutState } from "../plans/index.ts";
import type { Columns, SqlRow } from "./admin-connection.ts";
import type { AdminStore, JobsThat } from "./admin-store.ts";
import { countsOf } from "./counts.ts";
import type { PackedRow } from "./packed.ts";
import { padded } from "./padded.ts";
import { newestPage } from "./newest.ts";
import { page } from "./page.ts";
import type { BlockRow, EnrollmentRow, HaltRow, JobRow, PlanDeviceRow, PlanRow, TableName } from "./rows.ts";

export interface Queries {
  readonly build: Kysely<Columns>;
  readonly run: (query: Compilable) => Promise<readonly SqlRow[]>;
  /** For rows without number: in the order of the query's columns. */
  readonly each: <T>(query: Compilable, of: (row: PackedRow) => T) => Promise<T[]>;
  readonly rows: <T>(table: TableName, query: Compilable) => Promise<T[]>;
  /** By their ids; those that are forgotten are not among them. */
  readonly enrollmentsOf: (ids: readonly string[]) => Promise<ReadonlyMap<string, EnrollmentRow>>;
}

type PlanQueries = Pick<
  AdminStore,
  | "plans"
  | "plan"
  | "halt"
  | "planRevisions"
  | "planCounts"
  | "activePlans"
  | "planJobs"
  | "openDecisions"
  | "jobsThat"
  | "liveJobs"
  | "liveDocs"
  | "liveJobsAfter"
  | "blocks"
  | "blockPage"
  | "block"
  | "updatedJobs"
>;

/** As constants, or the partial index does not count. */
const RUNS = sql`live = 1 AND state NOT IN ('stopping', 'pausing', 'paused')`;
const IS_WITHHELD = sql`live = 1 AND state IN ('pausing', 'paused')`;
const rolloutIs = (...states: readonly RolloutState[]) =>
  sql`EXISTS (SELECT 1 FROM rollout r WHERE r.id = job.rollout_id AND r.state IN (${sql.join(states)}))`;

const THAT: { readonly [K in JobsThat]: RawBuilder<boolean> } = {
  run: sql`${RUNS}`,
  "are-withheld": sql`${IS_WITHHELD}`,
  "must-not-run": sql`${RUNS} AND ${rolloutIs("paused", "aborted")}`,
  "may-move": sql`${IS_WITHHELD} AND NOT ${rolloutIs("paused")}`,
  "are-over": sql`${IS_WITHHELD} AND ${rolloutIs("aborted")}`,
};

/** Blocks that are listed. */
const MOST_BLOCKS = 1000;

export function planQueries({ build, run, rows, enrollmentsOf }: Queries): PlanQueries {
  return {
    async liveJobs(ids, docs) {
      if (ids.length === 0) return [];
      return rows<
        Pick<JobRow, "id" | "enrollmentId" | "planId" | "rolloutId" | "ring" | "urgent"> & {
          readonly doc?: JobRow["doc"];
        }
      >(
        "job",
        build
          .selectFrom("job")
          .select(["id", "enrollment_id", "plan_id", "rollout_id", "ring", "urgent", ...(docs ? ["doc"] : [])])
          .where("enrollment_id", "in", padded(ids))
          // As a constant, or the partial index does not count.
          .where(sql<boolean>`live = 1`),
      );
    },
    liveJobsAfter: (after, limit) =>
      rows<Pick<JobRow, "id" | "enrollmentId" | "doc">>(
        "job",
        build
          .selectFrom("job")
          .select(["id", "enrollment_id", "doc"])
          // As a constant, or the partial index does not count.
          .where(sql<boolean>`live = 1`)
          .where("enrollment_id", ">", after ?? "")
          .orderBy("enrollment_id")
          .limit(limit),
      ),
    blocks: () =>
      rows<BlockRow>(
        "block",
        build.selectFrom("block").selectAll().orderBy("live", "desc").orderBy("id", "desc").limit(MOST_BLOCKS),
      ),
    async blockPage(after, limit) {
      let query = build
        .selectFrom("block")
        .selectAll()
        .orderBy("live", "desc")
        .orderBy("id", "desc")
        .limit(limit + 1);
      if (after !== undefined) {
        const live = Number(after.slice(0, 1));
        const id = after.slice(2);
        query = query.where((where) =>
          where.or([where("live", "<", live), where.and([where("live", "=", live), where("id", "<", id)])]),
        );
      }
      return page(await rows<BlockRow>("block", query), limit, (row) => `${row.live} ${row.id}`);
    },
    async block(id) {
      return (await rows<BlockRow>("block", build.selectFrom("block").selectAll().where("id", "=", id)))[0];
    },
    async updatedJobs(ids) {
      if (ids.length === 0) return [];
      return rows<Pick<JobRow, "id" | "enrollmentId" | "planId" | "doc">>(
        "job",
        build
          .selectFrom("job")
          .select(["id", "enrollment_id", "plan_id", "doc"])
          .where("enrollment_id", "in", padded(ids))
          .where("live", "=", 0)
          .where("begun", "=", 1)
          .where("state", "=", "done")
          .where("reason", "in", ["updated", "brought-before"])
          .orderBy("created_at")
          .orderBy("id"),
      );
    },
    plans: (after, limit) => newestPage({ build, rows }, ["plan", "plan"], after, limit),
    async plan(id) {
      const [row] = await rows<PlanRow>("plan", build.selectFrom("plan").selectAll().where("id", "=", id));
      return row;
    },
    async halt() {
      const [row] = await rows<HaltRow>("halt", build.selectFrom("halt").selectAll());
      return row;
    },
    async planRevisions() {
      const [row] = await run(build.selectFrom("plan").select((e) => e.fn.sum("revision").as("n")));
      return Number(row?.["n"] ?? 0);
    },
    planCounts: (ids) =>
      countsOf(
        ids,
        () =>
          build
            .selectFrom("job")
            .select(["plan_id as owner", "state as one", "reason as other"])
            .select((e) => e.fn.countAll().as("n"))
            .where("plan_id", "in", [...ids])
            .groupBy(["plan_id", "state", "reason"])
            .unionAll(
              build
                .selectFrom("plan_device")
                .select(["plan_id as owner", "kind as one", "reason as other"])
                .select((e) => e.fn.countAll().as("n"))
                .where("plan_id", "in", [...ids])
                .where("kind", "=", "refused")
                .groupBy(["plan_id", "kind", "reason"]),
            ),
        run,
        (state, reason, jobs) => ({ state, reason, jobs }),
      ),
    async planJobs(id, after, limit, state) {
      const of = (table: "job" | "plan_device") =>
        build
          .selectFrom(table)
          .selectAll()
          .where("plan_id", "=", id)
          .where("enrollment_id", ">", after ?? "")
          .orderBy("enrollment_id")
          .limit(limit + 1);
      const jobs = await rows<JobRow>("job", state === undefined ? of("job") : of("job").where("state", "=", state));
      const refused =
        state === undefined || state === "refused"
          ? await rows<PlanDeviceRow>("planDevice", of("plan_device").where("kind", "=", "refused"))
          : [];
      const both = [
        ...jobs.map((job) => ({ id: job.enrollmentId, shown: { job } })),
        ...refused.map((row) => ({ id: row.enrollmentId, shown: { refused: row } })),
      ].toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
      const found = page(both, limit, (row) => row.id);
      const byId = await enrollmentsOf(found.rows.map((row) => row.id));
      return {
        ...found,
        rows: found.rows.map((row) => ({ ...row.shown, enrollment: byId.get(row.id) ?? null })),
      };
    },
    async openDecisions(id, limit) {
      const open: string[] = [];
      // Kind by kind, or those that are done would be read through to find the open ones.
      for (const kind of ["job", "compliant"]) {
        if (open.length === limit) break;
        const found = await run(
          build
            .selectFrom("plan_device")
            .select("enrollment_id")
            .where("plan_id", "=", id)
            .where("kind", "=", kind)
            .where("done_at", "is", null)
            .orderBy("enrollment_id")
            .limit(limit - open.length),
        );
        open.push(...found.map((row) => String(row["enrollment_id"])));
      }
      return open;
    },
    activePlans: () =>
      rows<Pick<PlanRow, "id" | "devices">>(
        "plan",
        build.selectFrom("plan").select(["id", "devices"]).where("state", "=", "active").orderBy("id"),
      ),
    liveDocs: (planId, after, limit) =>
      rows<Pick<JobRow, "enrollmentId" | "doc">>(
        "job",
        build
          .selectFrom("job")
          .select(["enrollment_id", "doc"])
          .where("plan_id", "=", planId)
          .where("enrollment_id", ">", after)
          .where("live", "=", 1)
          .orderBy("enrollment_id")
          .limit(limit),
      ),
    jobsThat: (what, id, limit, notExcludedAt) =>
      rows<Pick<JobRow, "id" | "enrollmentId">>(
        "job",
        build
          .selectFrom("job")
          .select(["id", "enrollment_id"])
          .where("plan_id", "=", id)
          .where(THAT[what])
          .where(
            notExcludedAt === undefined
              ? sql<boolean>`EXISTS (SELECT 1 FROM enrollment e WHERE e.id = job.enrollment_id)`
              : sql<boolean>`EXISTS (SELECT 1 FROM enrollment e WHERE e.id = job.enrollment_id
                  AND (e.excluded_ends_at IS NULL OR e.excluded_ends_at <= ${notExcludedAt}))`,
          )
          .limit(limit),
      ),
  };
}
