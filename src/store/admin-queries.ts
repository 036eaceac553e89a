/** The admin's queries: built with Kysely, run on whatever connection a backend keeps for them. */
import { type Compilable, DummyDriver, Kysely } from "kysely";
import type { AdminConnection, Columns, SqlRow } from "./admin-connection.ts";
import type { AdminSql } from "./admin-sql.ts";
import type { AdminStore } from "./admin-store.ts";
import { complianceQueries } from "./compliance-queries.ts";
import { deviceQueries } from "./device-queries.ts";
import { figureQueries } from "./figure-queries.ts";
import { eventQueries } from "./event-queries.ts";
import { fleetQueries } from "./fleet-queries.ts";
import type { ListBounds } from "./list-queries.ts";
import { historyQueries } from "./history-queries.ts";
import { fromSql } from "./mapping.ts";
import { packed, type PackedRow, unpacked } from "./packed.ts";
import { newestPage } from "./newest.ts";
import { page } from "./page.ts";
import { planQueries } from "./plan-queries.ts";
import { policyQueries } from "./policy-queries.ts";
import { oncePlanQueries } from "./once-plan-queries.ts";
import { rolloutQueries } from "./rollout-queries.ts";
import { reportQueries } from "./report-queries.ts";
import { scopeQueries } from "./scope-queries.ts";
import type {
  AuditRow,
  EnrollmentLinkRow,
  EnrollmentRow,
  RefusalRow,
  ReleaseRow,
  SecurityReleaseRow,
  TableName,
} from "./rows.ts";

export function createAdminStore(connection: AdminConnection, dialect: AdminSql, bounds?: ListBounds): AdminStore {
  const build = new Kysely<Columns>({
    dialect: {
      createAdapter: () => dialect.createAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => dialect.createIntrospector(db),
      createQueryCompiler: () => dialect.createQueryCompiler(),
    },
  });
  const run = async (query: Compilable): Promise<readonly SqlRow[]> => {
    const { sql: text, parameters } = query.compile();
    return connection.query(text, parameters);
  };
  const each = async <T>(query: Compilable, of: (row: PackedRow) => T): Promise<T[]> => {
    const { sql: text, parameters } = query.compile();
    const found =
      (await connection.packed?.(text, parameters)) ??
      packed((await connection.query(text, parameters)).map((row) => Object.values(row)));
    return unpacked(found, of);
  };
  const rows = async <T>(table: TableName, query: Compilable): Promise<T[]> =>
    (await run(query)).map((row) => fromSql(table, row) as T);

  async function enrollmentsOf(ids: readonly string[]): Promise<ReadonlyMap<string, EnrollmentRow>> {
    if (ids.length === 0) return new Map();
    const query = build
      .selectFrom("enrollment")
      .selectAll()
      .where("id", "in", [...ids]);
    return new Map((await rows<EnrollmentRow>("enrollment", query)).map((row) => [row.id, row]));
  }

  const queries = { build, run, each, rows, enrollmentsOf };
  return {
    ...deviceQueries(queries, dialect, bounds),
    ...fleetQueries(queries, dialect),
    ...planQueries(queries),
    ...policyQueries(queries),
    ...rolloutQueries(queries, dialect),
    ...oncePlanQueries(queries, dialect),
    ...historyQueries(queries),
    ...scopeQueries(queries),
    ...reportQueries(queries),
    ...complianceQueries(queries),
    ...figureQueries(queries, dialect),
    ...eventQueries(queries),
    async refusals({ source, after, limit }) {
      let query = build
        .selectFrom("refusal")
        .selectAll()
        .orderBy("last_at", "desc")
        .orderBy("id", "desc")
        .limit(limit + 1);
      if (source !== undefined) query = query.where("source", "in", [...source]);
      if (after !== undefined) {
        const [lastAt = "", id = ""] = after.split("-");
        const at = Number(lastAt);
        query = query.where((where) =>
          where.or([where("last_at", "<", at), where.and([where("last_at", "=", at), where("id", "<", id)])]),
        );
      }
      const found = await rows<RefusalRow>("refusal", query);
      const owners = found.flatMap(({ owner }) => (owner === null ? [] : [owner]));
      const byId = await enrollmentsOf([...new Set(owners)]);
      const pairs = found.map((refusal) => ({ refusal, owner: byId.get(refusal.owner ?? "") ?? null }));
      return page(pairs, limit, ({ refusal }) => `${refusal.lastAt}-${refusal.id}`);
    },
    links: (after, limit) => newestPage(queries, ["enrollmentLink", "enrollment_link"], after, limit),
    async link(id) {
      const query = build.selectFrom("enrollment_link").selectAll().where("id", "=", id);
      return (await rows<EnrollmentLinkRow>("enrollmentLink", query))[0];
    },
    async audit({ actor, objectKind, objectId, route, outcome, since, until, after, limit }) {
      let query = build
        .selectFrom("audit")
        .selectAll()
        .orderBy("id", "desc")
        .limit(limit + 1);
      if (actor !== undefined) query = query.where("actor", actor === null ? "is" : "=", actor);
      if (objectKind !== undefined) query = query.where("object_kind", "=", objectKind);
      if (objectId !== undefined) query = query.where("object_id", "=", objectId);
      if (route !== undefined) query = query.where("route", "=", route);
      if (outcome === "refused") query = query.where("outcome", "<>", "ok");
      else if (outcome !== undefined) query = query.where("outcome", "=", outcome);
      if (since !== undefined) query = query.where("at", ">=", since);
      if (until !== undefined) query = query.where("at", "<", until);
      if (after !== undefined) query = query.where("id", "<", after);
      return page(await rows<AuditRow>("audit", query), limit, (row) => row.id);
    },
    async auditBegins() {
      const [row] = await run(build.selectFrom("audit").select((e) => e.fn.min("at").as("at")));
      const at = row?.["at"] ?? null;
      return at === null ? undefined : Number(at);
    },
    releases: () => rows<ReleaseRow>("release", build.selectFrom("release").selectAll().orderBy("id")),
    securityReleases: () =>
      rows<SecurityReleaseRow>(
        "securityRelease",
        build.selectFrom("security_release").selectAll().orderBy("platform").orderBy("version"),
      ),
    close: () => connection.close(),
  };
}
