/** What admins ask about devices: which there are, how many, what they are called, and for which a certificate waits. */
import { type Kysely, sql } from "kysely";
import type { Columns, SqlRow } from "./admin-connection.ts";
import type { AdminStore, DeviceRow, ScopeRow } from "./admin-store.ts";
import type { AdminSql } from "./admin-sql.ts";
import { conditionSql, type DeviceTrouble, troubleSql } from "./device-condition.ts";
import { deviceRow, joined } from "./device-rows.ts";
import { type ListBounds, listQueries } from "./list-queries.ts";
import { padded } from "./padded.ts";
import { page } from "./page.ts";
import type { Queries } from "./plan-queries.ts";
import type { CertificateRow, EnrollmentRow } from "./rows.ts";

type DeviceQueries = Pick<
  AdminStore,
  | "countDevices"
  | "countWhere"
  | "waiting"
  | "pendingCounts"
  | "newestTrouble"
  | "devices"
  | "countListed"
  | "valueCounts"
  | "devicesOf"
  | "scopeRows"
  | "device"
  | "idsLike"
>;

export function deviceQueries({ build, run, rows }: Queries, dialect: AdminSql, bounds?: ListBounds): DeviceQueries {
  const list = listQueries({ build, run }, dialect, bounds);

  async function devicesOf(ids: readonly string[]): Promise<readonly DeviceRow[]> {
    if (ids.length === 0) return [];
    const shown = await run(joined(build).where("e.id", "in", padded(ids)).orderBy("e.id"));
    return shown.map(deviceRow);
  }

  return {
    async countDevices() {
      // As constants and one by one, or the partial indexes do not count.
      const of = (state: "enrolled" | "authenticated") =>
        build
          .selectFrom("enrollment")
          .select((e) => e.fn.countAll().as("n"))
          .where(sql<boolean>`state = ${sql.lit(state)}`);
      const found = await run(of("enrolled").unionAll(of("authenticated")));
      return found.reduce((sum, row) => sum + Number(row["n"]), 0);
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
      if (condition.is !== "identity-ends" && condition.is !== "exclusion-ends") return { devices, first: null };
      const [ends] = await run(
        condition.is === "identity-ends"
          ? build
              .selectFrom("renewal")
              .select((e) => e.fn.min("ends_at").as("first"))
              .where("ends_at", ">=", condition.from)
              .where("ends_at", "<", condition.to)
          : build
              .selectFrom("enrollment as e")
              .select((e) => e.fn.min("e.excluded_ends_at").as("first"))
              .where(fits),
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
          .where("id", "in", waitingIds(build))
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
      const [row] = await run({ compile: () => query.compile(build) });
      if (row === undefined) return undefined;
      const { device_name: deviceName, serial, apple_id: appleId } = row;
      return {
        ...({ deviceName, serial, appleId } as Pick<DeviceTrouble, "deviceName" | "serial" | "appleId">),
        error: String(row["error"]),
        at: Number(row["at"]),
      };
    },
    async devices(query) {
      const { rows: found, next } = await list.page(query, []);
      const byId = new Map((await devicesOf(found.map(({ id }) => String(id)))).map((row) => [row.enrollment.id, row]));
      return { rows: found.flatMap(({ id }) => byId.get(String(id)) ?? []), next };
    },
    countListed: (filter) => list.count(filter),
    valueCounts: (by, filter, after, limit) => list.counts(by, filter, after, limit),
    devicesOf,
    async scopeRows(query) {
      const { rows: found, next } = await list.page(query, SCOPE_COLUMNS);
      return { rows: found.map(scopeRow), next };
    },
    async device(id) {
      const [row] = await run(joined(build).where("e.id", "=", id));
      return row === undefined ? undefined : deviceRow(row);
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
  };
}

/** Of `listed`. */
const SCOPE_COLUMNS = ["platform", "product_name", "hardware", "os_version", "supervised", "serial"] as const;

/** As `fromSql`, written out: a rule reads these of a whole fleet. */
function scopeRow(row: SqlRow): ScopeRow {
  const text = (column: (typeof SCOPE_COLUMNS)[number]) => row[column] as string | null;
  return {
    id: row["id"] as string,
    platform: text("platform"),
    productName: text("product_name"),
    softwareUpdateDeviceId: text("hardware"),
    osVersion: text("os_version"),
    supervised: row["supervised"] as ScopeRow["supervised"],
    serial: text("serial"),
  };
}

/** Enrollments in quarantine, and those for which a certificate waits. */
const waitingIds = (build: Kysely<Columns>) =>
  build
    .selectFrom("enrollment")
    .select("id")
    // As a constant, or the partial index does not count.
    .where(sql<boolean>`state = 'quarantined'`)
    .unionAll(build.selectFrom("certificate").select("pending_for as id").where("pending_for", "is not", null));
