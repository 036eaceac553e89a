/** The admin's queries: built with Kysely, run on whatever connection a backend keeps for them. */
import { type Compilable, DummyDriver, type Dialect, Kysely, type RawBuilder, sql } from "kysely";
import { conditionSql, type DeviceTrouble, troubleSql } from "./device-condition.ts";
import { type AdminStore, type DeviceQuery, MOST_NAMED, type WithoutBytes } from "./admin-store.ts";
import { lowerAscii, upperAscii } from "./identifiers.ts";
import type { AdminConnection, Columns, SqlRow } from "./admin-connection.ts";
import { countsOf } from "./counts.ts";
import { deviceRow, joined } from "./device-rows.ts";
import { fromSql } from "./mapping.ts";
import { page } from "./page.ts";
import { planQueries } from "./plan-queries.ts";
import type {
  AssignmentRow,
  CertificateRow,
  AuditRow,
  ClosedCommandRow,
  CommandRow,
  EnrollmentLinkRow,
  EnrollmentRow,
  PolicyRow,
  RefusalRow,
  ReleaseRow,
  TableName,
  TimelineRow,
} from "./rows.ts";

/** Where the backends' SQL differs. */
export interface AdminSql extends Omit<Dialect, "createDriver"> {
  /** `column` holds the same text, whatever its case; an index serves it. */
  sameText(column: string, text: string): RawBuilder<boolean>;
  /** `column` is like `pattern` (backslash escapes), whatever its case. */
  like(column: string, pattern: string): RawBuilder<boolean>;
}

/** All columns but the bytes, which may be a MiB. */
const OPEN_COLUMNS = [
  "enrollment_id",
  "uuid",
  "rank",
  "request_type",
  "origin",
  "job_id",
  "purpose",
  "state",
  "skip",
  "once",
  "not_before",
  "not_after",
  "queued_at",
  "offered_at",
  "offers",
  "not_nows",
  "created_by",
  "not_nows",
];
const CLOSED_COLUMNS = [
  "enrollment_id",
  "uuid",
  "request_type",
  "origin",
  "job_id",
  "purpose",
  "outcome",
  "answer",
  "queued_at",
  "offered_at",
  "closed_at",
  "created_by",
];
export function createAdminStore(connection: AdminConnection, dialect: AdminSql): AdminStore {
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

  return {
    ...planQueries({ build, run, rows, enrollmentsOf }),
    async countDevices() {
      const [row] = await run(
        build
          .selectFrom("enrollment")
          .select((e) => e.fn.countAll().as("n"))
          .where("state", "in", ["enrolled", "authenticated"]),
      );
      return Number(row?.["n"] ?? 0);
    },
    async countWhere(condition) {
      const fits = conditionSql(condition);
      const [row] = await run(
        build
          .selectFrom("enrollment as e")
          .select((e) => e.fn.countAll().as("n"))
          .where(fits),
      );
      const devices = Number(row?.["n"] ?? 0);
      if (condition.is !== "identity-ends") return { devices, first: null };
      const [ends] = await run(
        build
          .selectFrom("renewal")
          .select((e) => e.fn.min("ends_at").as("first"))
          .where("ends_at", ">=", condition.from)
          .where("ends_at", "<", condition.to),
      );
      const first = ends?.["first"] ?? null;
      return { devices, first: first === null ? null : Number(first) };
    },
    async waiting(after, limit) {
      const found = await rows<EnrollmentRow>(
        "enrollment",
        build
          .selectFrom("enrollment")
          .selectAll()
          .where("id", ">", after ?? "")
          .where((where) => where.or([where("state", "=", "quarantined"), where("id", "in", pendingIds(build))]))
          .orderBy("id")
          .limit(limit + 1),
      );
      if (found.length === 0) return { rows: [], next: undefined };
      const shown = found.flatMap(({ state, certificate }) => {
        return state === "quarantined" && certificate !== null ? [certificate] : [];
      });
      const certificates = await rows<CertificateRow>(
        "certificate",
        build
          .selectFrom("certificate")
          .selectAll()
          .where((where) =>
            where.or([
              where(
                "pending_for",
                "in",
                found.map(({ id }) => id),
              ),
              ...(shown.length === 0 ? [] : [where("fingerprint", "in", shown)]),
            ]),
          )
          .orderBy("issued_at"),
      );
      const waiting = found.map((enrollment) => ({
        enrollment,
        certificates: certificates.filter(
          ({ pendingFor, enrollmentId }) => (pendingFor ?? enrollmentId) === enrollment.id,
        ),
      }));
      return page(waiting, limit, ({ enrollment }) => enrollment.id);
    },
    async pendingCounts(ids) {
      if (ids.length === 0) return new Map();
      const found = await run(
        build
          .selectFrom("certificate")
          .select("pending_for")
          .select((e) => e.fn.countAll().as("n"))
          .where("pending_for", "in", [...ids])
          .groupBy("pending_for"),
      );
      return new Map(found.map((row) => [String(row["pending_for"]), Number(row["n"])]));
    },
    async newestTrouble(condition) {
      const trouble = troubleSql(condition);
      if (trouble === undefined) return undefined;
      const { from, error, at } = trouble;
      const query = sql`SELECT e.device_name, e.serial, e.apple_id, ${error} AS error, ${at} AS at FROM ${from} ORDER BY 5 DESC LIMIT 1`;
      const { sql: text, parameters } = query.compile(build);
      const [row] = await connection.query(text, parameters);
      if (row === undefined) return undefined;
      const { device_name: deviceName, serial, apple_id: appleId } = row;
      return {
        ...({ deviceName, serial, appleId } as Pick<DeviceTrouble, "deviceName" | "serial" | "appleId">),
        error: String(row["error"]),
        at: Number(row["at"]),
      };
    },
    async devices(query) {
      const found = await run(devicesQuery(build, dialect, query));
      return page(found.map(deviceRow), query.limit, (row) => row.enrollment.id);
    },
    async device(id) {
      const [row] = await run(joined(build).where("e.id", "=", id));
      return row === undefined ? undefined : deviceRow(row);
    },
    async named(texts) {
      const all = new Map<string, readonly EnrollmentRow[]>();
      /** Those that are meant first: nothing that has a serial or a name may push out what has the id. */
      const select = (condition: RawBuilder<boolean>, text: string, forms: readonly string[]) =>
        rows<EnrollmentRow>(
          "enrollment",
          build
            .selectFrom("enrollment")
            .selectAll()
            .where(condition)
            .orderBy((where) => where.or([where("id", "in", forms), where("apple_id", "in", forms)]), "desc")
            .orderBy(sql`removed_at IS NOT NULL`)
            .orderBy(sql`CASE WHEN ${text} IN (id, apple_id, serial, device_name) THEN 0 ELSE 1 END`)
            .orderBy("id")
            .limit(MOST_NAMED),
        );
      for (const text of texts) {
        const forms = [text, upperAscii(text), lowerAscii(text)];
        const letters = sql.join(forms);
        const known = sql<boolean>`(id IN (${letters}) OR apple_id IN (${letters}) OR serial = ${upperAscii(text)})`;
        const exact = firstKind(await select(known, text, forms), forms);
        all.set(
          text,
          meant(exact.length > 0 ? exact : await select(dialect.sameText("device_name", text), text, forms), text),
        );
      }
      return all;
    },
    async idsLike(table, text, limit) {
      const found = await run(
        build
          .selectFrom(table)
          .select("id")
          .where((where) => where.or([where("id", "like", `${text}%`), where("id", "like", `%${text}`)]))
          .orderBy("id", "desc")
          .limit(limit),
      );
      return found.map((row) => String(row["id"]));
    },
    enrollments: (after, limit) =>
      rows(
        "enrollment",
        build
          .selectFrom("enrollment")
          .selectAll()
          .where("id", ">", after ?? "")
          .orderBy("id")
          .limit(limit),
      ),
    timeline: (id, before, limit) =>
      rows<TimelineRow>(
        "timeline",
        build
          .selectFrom("timeline")
          .selectAll()
          .where("enrollment_id", "=", id)
          .where("seq", "<", before ?? Number.MAX_SAFE_INTEGER)
          .orderBy("seq", "desc")
          .limit(limit),
      ),
    policies: (limit) =>
      rows<PolicyRow>("policy", build.selectFrom("policy").selectAll().orderBy("created_at", "desc").limit(limit)),
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
          .where("enrollment_id", "in", build.selectFrom("enrollment").select("id"))
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
    async timelineEntry(id, seq) {
      const query = build.selectFrom("timeline").selectAll().where("enrollment_id", "=", id).where("seq", "=", seq);
      return (await rows<TimelineRow>("timeline", query))[0];
    },
    async bodyBatches(id) {
      const found = await run(build.selectFrom("body_batch").select("batch").where("enrollment_id", "=", id));
      return found.map((row) => Number(row["batch"]));
    },
    async body(id, batch, n) {
      const query = build
        .selectFrom("body")
        .select("bytes")
        .where("enrollment_id", "=", id)
        .where("batch", "=", batch)
        .where("n", "=", n);
      return (await run(query))[0]?.["bytes"] as Uint8Array | undefined;
    },
    async command(enrollmentId, uuid) {
      const of = (table: "command" | "closed_command", columns: readonly string[]) =>
        build.selectFrom(table).select(columns).where("enrollment_id", "=", enrollmentId).where("uuid", "=", uuid);
      const [open] = await rows<WithoutBytes<CommandRow>>("command", of("command", OPEN_COLUMNS));
      if (open !== undefined) return { open };
      const [closed] = await rows<WithoutBytes<ClosedCommandRow>>(
        "closedCommand",
        of("closed_command", CLOSED_COLUMNS),
      );
      return closed === undefined ? {} : { closed };
    },
    async commandBytes(enrollmentId, uuid) {
      for (const table of ["command", "closed_command"] as const) {
        const [row] = await run(
          build.selectFrom(table).select("bytes").where("enrollment_id", "=", enrollmentId).where("uuid", "=", uuid),
        );
        if (row !== undefined) return row["bytes"] as Uint8Array;
      }
      return undefined;
    },
    outstanding: (id) =>
      rows<WithoutBytes<CommandRow>>(
        "command",
        build.selectFrom("command").select(OPEN_COLUMNS).where("enrollment_id", "=", id).orderBy("rank"),
      ),
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
    links: (limit) =>
      rows<EnrollmentLinkRow>(
        "enrollmentLink",
        build
          .selectFrom("enrollment_link")
          .selectAll()
          .orderBy("created_at", "desc")
          .orderBy("id", "desc")
          .limit(limit),
      ),
    async audit({ actor, objectKind, objectId, since, after, limit }) {
      let query = build
        .selectFrom("audit")
        .selectAll()
        .orderBy("id", "desc")
        .limit(limit + 1);
      if (actor !== undefined) query = query.where("actor", actor === null ? "is" : "=", actor);
      if (objectKind !== undefined) query = query.where("object_kind", "=", objectKind);
      if (objectId !== undefined) query = query.where("object_id", "=", objectId);
      if (since !== undefined) query = query.where("at", ">=", since);
      if (after !== undefined) query = query.where("id", "<", after);
      return page(await rows<AuditRow>("audit", query), limit, (row) => row.id);
    },
    releases: () => rows<ReleaseRow>("release", build.selectFrom("release").selectAll().orderBy("id")),
    close: () => connection.close(),
  };
}

/** Enrollments for which a certificate waits. */
const pendingIds = (build: Kysely<Columns>) =>
  build.selectFrom("certificate").select("pending_for").where("pending_for", "is not", null);

/** A removed enrollment is meant only where there is no other; and a text in the very same letters before one in others. */
function meant(found: readonly EnrollmentRow[], text: string): readonly EnrollmentRow[] {
  const here = found.filter(({ state }) => state !== "removed");
  const rows = here.length > 0 ? here : found;
  const same = rows.filter((row) => [row.id, row.appleId, row.serial, row.deviceName].includes(text));
  return same.length > 0 ? same : rows;
}

function devicesQuery(build: Kysely<Columns>, dialect: AdminSql, query: DeviceQuery) {
  let found = joined(build)
    .where("e.id", ">", query.after ?? "")
    .orderBy("e.id")
    .limit(query.limit + 1);
  if (query.platform !== undefined) found = found.where("e.platform", "=", query.platform);
  if (query.model !== undefined) found = found.where("e.product_name", "like", `${query.model}%`);
  if (query.enrollment !== undefined) found = found.where("e.state", "=", query.enrollment);
  // A condition says itself whom it means: a certificate may wait for a removed device too.
  else if (query.where === undefined) found = found.where("e.state", "!=", "removed");
  if (query.jobState === "refused")
    found = found.where((where) =>
      where.or([where("refused.plan_id", "is not", null), where("shown.state", "=", "refused")]),
    );
  else if (query.jobState !== undefined)
    found = found.where("shown.state", "=", query.jobState).where("refused.plan_id", "is", null);
  if (query.where !== undefined) found = found.where(conditionSql(query.where));
  if (query.search !== undefined && query.search !== "") {
    // The user's % and _ are meant as themselves.
    const pattern = `%${query.search.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
    const columns = ["device_name", "serial", "apple_id", "product_name", "model_name"];
    found = found.where((where) => where.or(columns.map((column) => dialect.like(`e.${column}`, pattern))));
  }
  return found;
}

/** Of enrollments that a text names, those that it names best: by id, else by UDID, else by serial number. */
function firstKind(found: EnrollmentRow[], forms: readonly string[]): EnrollmentRow[] {
  const byId = found.filter(({ id }) => forms.includes(id));
  if (byId.length > 0) return byId;
  const byUdid = found.filter(({ appleId }) => forms.includes(appleId));
  return byUdid.length > 0 ? byUdid : found;
}
