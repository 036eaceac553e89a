/**
 * What is asked of a whole fleet, page by page: which devices there are and who is meant by hundreds of texts. Only the columns
 * that a plan or a policy decides by are read; the rest of a row is many times as much.
 */
import { type Compilable, type RawBuilder, sql } from "kysely";
import type { SqlRow } from "./admin-connection.ts";
import { type AdminStore, type FleetRow, MOST_NAMED } from "./admin-store.ts";
import type { AdminSql } from "./admin-sql.ts";
import { lowerAscii, upperAscii } from "./identifiers.ts";
import { padded } from "./padded.ts";
import type { Queries } from "./plan-queries.ts";
import type { EnrollmentRow } from "./rows.ts";

type FleetQueries = Pick<AdminStore, "named" | "namedInFleet" | "fleet" | "fleetOf">;

export const FLEET_COLUMNS = [
  "id",
  "apple_id",
  "kind",
  "state",
  "serial",
  "device_name",
  "product_name",
  "platform",
  "os_version",
  "build_version",
  "supplemental_build",
  "supplemental_extra",
  "time_zone",
  "supervised",
  "access_rights",
  "bootstrap_token_at",
  "last_seen_at",
  "enforces",
  "admin_zone",
  "removed_at",
  "reported_version",
  "software_update_device_id",
  "bootstrap_token_required",
  "bootstrap_token_allowed",
] as const;

export function fleetQueries({ build, run, rows }: Queries, dialect: AdminSql): FleetQueries {
  const ofFleet = sql`${sql.join(FLEET_COLUMNS.map((column) => sql.ref(column)))}`;
  const compilable = (query: RawBuilder<unknown>): Compilable => ({ compile: () => query.compile(build) });
  const wholeRows = (query: RawBuilder<unknown>) => rows<EnrollmentRow>("enrollment", compilable(query));
  const fleetRows = async (query: RawBuilder<unknown>) => (await run(compilable(query))).map(fleetRow);

  async function named<T extends Named>(
    texts: readonly string[],
    columns: RawBuilder<unknown>,
    read: (query: RawBuilder<unknown>) => Promise<readonly T[]>,
  ) {
    const exact = await read(byIdentifiers(texts, columns));
    const found = new Map(texts.map((text) => [text, [] as readonly T[]]));
    const byKey = new Map<string, T[]>();
    for (const row of exact)
      for (const key of new Set([`id ${row.id}`, `udid ${row.appleId}`, `serial ${row.serial}`]))
        byKey.set(key, [...(byKey.get(key) ?? []), row]);
    const others: string[] = [];
    for (const text of found.keys()) {
      const forms = formsOf(text);
      const kinds = [
        forms.flatMap((form) => byKey.get(`id ${form}`) ?? []),
        forms.flatMap((form) => byKey.get(`udid ${form}`) ?? []),
        byKey.get(`serial ${upperAscii(text)}`) ?? [],
      ];
      const best = kinds.find((kind) => kind.length > 0);
      if (best === undefined) others.push(text);
      else found.set(text, meant(best, text));
    }
    if (others.length === 0) return found;
    const byName = new Map<string, T[]>();
    for (const row of await read(byNames(others, columns, dialect))) {
      const name = lowerAscii(row.deviceName ?? "");
      byName.set(name, [...(byName.get(name) ?? []), row]);
    }
    for (const text of others) found.set(text, meant(byName.get(lowerAscii(text)) ?? [], text));
    return found;
  }

  return {
    named: (texts) => named(texts, sql`*`, wholeRows),
    namedInFleet: (texts) => named(texts, ofFleet, fleetRows),
    fleet: (after, limit) =>
      fleetRows(
        sql`SELECT ${ofFleet} FROM enrollment WHERE state = 'enrolled' AND id > ${after ?? ""} ORDER BY id LIMIT ${limit}`,
      ),
    async fleetOf(ids) {
      if (ids.length === 0) return [];
      const found = await fleetRows(sql`SELECT ${ofFleet} FROM enrollment WHERE id IN (${sql.join(padded(ids))})`);
      const byId = new Map(found.map((row) => [row.id, row]));
      return ids.flatMap((id) => byId.get(id) ?? []);
    },
  };
}

/**
 * As `fromSql`, written out: hundreds of thousands of rows that were filled name by name are several times as large, and memory is
 * what a fleet takes.
 */
function fleetRow(row: SqlRow): FleetRow {
  const text = (column: (typeof FLEET_COLUMNS)[number]) => row[column] as string | null;
  const number = (column: (typeof FLEET_COLUMNS)[number]) => row[column] as number | null;
  return {
    id: row["id"] as string,
    appleId: row["apple_id"] as string,
    kind: row["kind"] as FleetRow["kind"],
    state: row["state"] as FleetRow["state"],
    serial: text("serial"),
    deviceName: text("device_name"),
    productName: text("product_name"),
    platform: text("platform"),
    osVersion: text("os_version"),
    buildVersion: text("build_version"),
    supplementalBuild: text("supplemental_build"),
    supplementalExtra: text("supplemental_extra"),
    timeZone: text("time_zone"),
    supervised: number("supervised") as FleetRow["supervised"],
    accessRights: number("access_rights"),
    bootstrapTokenAt: number("bootstrap_token_at"),
    lastSeenAt: number("last_seen_at"),
    enforces: number("enforces") as FleetRow["enforces"],
    adminZone: text("admin_zone"),
    removedAt: number("removed_at"),
    reportedVersion: text("reported_version"),
    softwareUpdateDeviceId: text("software_update_device_id"),
    bootstrapTokenRequired: number("bootstrap_token_required") as FleetRow["bootstrapTokenRequired"],
    bootstrapTokenAllowed: text("bootstrap_token_allowed"),
  };
}

type Named = Pick<EnrollmentRow, "id" | "appleId" | "serial" | "deviceName" | "state" | "removedAt">;

/** The ways in which an id or a UDID may be written. */
const formsOf = (text: string): readonly string[] => [...new Set([text, upperAscii(text), lowerAscii(text)])];

/**
 * Those that have a text as their id, their UDID or their serial number. A serial may be many devices': some of each are
 * enough to say that it names nobody alone.
 */
function byIdentifiers(texts: readonly string[], columns: RawBuilder<unknown>): RawBuilder<unknown> {
  const forms = sql.join(padded(texts.flatMap(formsOf)));
  const serials = sql.join(padded(texts.map(upperAscii)));
  return sql`SELECT ${columns} FROM enrollment WHERE id IN (SELECT id FROM enrollment WHERE id IN (${forms})
    UNION ALL SELECT id FROM enrollment WHERE apple_id IN (${forms})
    UNION ALL ${someOfEach(sql`serial`, sql`serial IN (${serials})`)})`;
}

function byNames(texts: readonly string[], columns: RawBuilder<unknown>, dialect: AdminSql): RawBuilder<unknown> {
  // One spelling of a name can't push out another: the one in the very same letters is meant before others.
  const some = someOfEach(sql`device_name`, dialect.sameTextAsOne("device_name", padded(texts)));
  return sql`SELECT ${columns} FROM enrollment WHERE id IN (${some})`;
}

/** Ids of the first of each that share a value: those that were not removed before others. */
const someOfEach = (value: RawBuilder<unknown>, condition: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY ${value} ORDER BY removed_at IS NOT NULL, id) AS place
    FROM enrollment WHERE ${condition}) AS alike WHERE place <= ${MOST_NAMED}`;

/** A removed enrollment is meant only where there is no other; and a text in the very same letters before one in others. */
function meant<T extends Named>(found: readonly T[], text: string): readonly T[] {
  const here = found.filter(({ state }) => state !== "removed");
  const rows = here.length > 0 ? here : found;
  const same = rows.filter((row) => [row.id, row.appleId, row.serial, row.deviceName].includes(text));
  return (same.length > 0 ? same : rows).toSorted((a, b) => (a.id < b.id ? -1 : 1)).slice(0, MOST_NAMED);
}
