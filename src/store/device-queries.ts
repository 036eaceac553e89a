/** What admins ask about devices: which there are, how many, what they are called, and for which a certificate waits. */
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Columns } from "./admin-connection.ts";
import { type AdminStore, type DeviceQuery, MOST_NAMED } from "./admin-store.ts";
import type { AdminSql } from "./admin-sql.ts";
import { conditionSql, type DeviceTrouble, troubleSql } from "./device-condition.ts";
import { deviceRow, joined } from "./device-rows.ts";
import { lowerAscii, upperAscii } from "./identifiers.ts";
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
  | "device"
  | "named"
  | "idsLike"
  | "enrollments"
>;

export function deviceQueries({ build, run, rows }: Queries, dialect: AdminSql): DeviceQueries {
  return {
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
