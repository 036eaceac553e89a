/**
 * How SQLite carries out each filter of the list of devices in each order: along an index that a limit ends, by the few devices that an
 * index names, or by reading `listed` once. No long table is read through, and nothing is looked up for each of all devices but by its key.
 */
import { DatabaseSync } from "node:sqlite";
import { afterAll, expect, it } from "vitest";
import { parseRule } from "../../plans/scope/parse.ts";
import { createAdminStore } from "../admin-queries.ts";
import type { AdminStore } from "../admin-store.ts";
import type { DeviceCondition } from "../device-condition.ts";
import type { DeviceFilter, DeviceSort } from "../device-query.ts";
import type { ListBounds } from "../list-queries.ts";
import { STEPS } from "../migrations/steps.ts";
import { enrollmentRow, jobRow, planRow } from "../suite-rows.ts";
import { sqliteSql } from "./admin-sql.ts";
import { Statements } from "./statements.ts";

const NO_GROUPS = new Map();
const CONDITIONS: readonly DeviceCondition[] = [
  { is: "identity-ends", from: 1, to: 2 },
  { is: "exclusion-ends", from: 1, to: 2 },
  { is: "quarantined" },
  { is: "pending" },
  { is: "needs-user" },
  { is: "unpushable" },
  { is: "serial-shared" },
  { is: "other-topic", topic: "t" },
  { is: "fell-back" },
];
const FILTERS: readonly DeviceFilter[] = [
  {},
  { search: "desk" },
  { search: "de" },
  { search: "d" },
  { platform: "macOS", model: "Mac" },
  { os: { how: "=", key: 1 } },
  { os: { how: "<", key: 1 } },
  { enrollment: "checked-out" },
  { jobState: "blocked" },
  { jobState: "refused" },
  { mechanism: "command" },
  { class: "cannot", reason: "window" },
  { flags: { overdue: true, newest: false } },
  { plan: "p", ring: 1 },
  { silentSince: 5 },
  { scope: { rule: parseRule("tag = lab and not model in (Mac14,2, iPad*)"), groups: NO_GROUPS } },
  { scope: { rule: parseRule("serial in (a, b) or supervised = true and major = 26"), groups: NO_GROUPS } },
  { ids: ["a"] },
  ...CONDITIONS.map((where) => ({ where })),
];
const SORTS: readonly DeviceSort[] = ["id", "name", "os", "compliance", "deadline", "lastSeen"];

/** What may be read from its beginning: what a limit ends, what was found before, the list itself, and what no fleet makes long. */
const MAY_BE_READ = [
  /^SCAN w USING (COVERING )?INDEX (listed_\w+|sqlite_autoindex_listed_1)$/,
  /^SCAN (w|e) USING COVERING INDEX (enrollment_last_seen|enrollment_quarantined)$/,
  /^SCAN (l|s|source|found|alike|further|both_of|plan|p|json_each|\(subquery-\d+\)|CONSTANT ROW)( VIRTUAL TABLE INDEX 1:)?$/,
  /^SCAN listed_search VIRTUAL TABLE INDEX 0:M\d+$/,
  /^SCAN json_each VIRTUAL TABLE INDEX 1:$/,
  /^SCAN p USING COVERING INDEX sqlite_autoindex_plan_1$/,
  // Partial: they have only what is looked for.
  /^SCAN (job|j) USING (COVERING )?INDEX job_(needs_user|fell_back)$/,
  /^SCAN certificate USING COVERING INDEX certificate_pending$/,
  /^SCAN (c|h|t|enrollment) USING (COVERING )?INDEX enrollment_(claimed|serial_state|excluded_due)$/,
];

/** With a device of each kind, so that what follows from a first answer is asked too. */
function furnished(): DatabaseSync {
  const db = new DatabaseSync(":memory:");
  for (const { sqlite } of STEPS) db.exec(sqlite);
  const statements = new Statements(db);
  statements.write({ put: "plan", row: planRow("p") });
  for (const id of ["a", "b", "c"]) {
    statements.write({ put: "enrollment", row: enrollmentRow(id, { deviceName: "Front desk" }) });
    statements.write({ put: "job", row: jobRow(`j${id}`, id, { planId: "p", state: "blocked" }) });
  }
  return db;
}
const db = furnished();
afterAll(() => db.close());

/** The steps of all statements of a page, of a page behind it and of a count. */
async function stepsOf(bounds: ListBounds, filter: DeviceFilter, by: DeviceSort, down: boolean): Promise<string[]> {
  const steps: string[] = [];
  const query = async (text: string, values: readonly unknown[]) => {
    const given = values as string[];
    const explained = db.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...given);
    steps.push(...explained.map(({ detail }) => String(detail)));
    return db.prepare(text).all(...given);
  };
  const admin: AdminStore = createAdminStore({ query, close: async () => undefined }, sqliteSql, bounds);
  const after = by === "id" ? "a" : JSON.stringify(by === "name" ? ["a", 1] : [1, by === "lastSeen" ? "a" : 1]);
  await admin.devices({ ...filter, sort: { by, down }, limit: 1 });
  await admin.devices({ ...filter, sort: { by, down }, limit: 1, after });
  await admin.countListed(filter);
  return steps;
}

const WAYS: readonly (readonly [name: string, bounds: ListBounds])[] = [
  ["few devices", { few: 100, walked: () => 100 }],
  ["an index", { few: 0, walked: () => 100 }],
  ["the whole list", { few: 0, walked: () => 0 }],
];

it.each(WAYS)("console B4: reads no long table for a page of the list, by %s", async (_name, bounds) => {
  for (const filter of FILTERS)
    for (const by of SORTS)
      for (const down of [false, true]) {
        const steps = await stepsOf(bounds, filter, by, down);
        const long = steps.filter((one) => one.startsWith("SCAN") && !MAY_BE_READ.some((may) => may.test(one)));
        expect([filter, by, long]).toEqual([filter, by, []]);
      }
});

it.each<readonly [by: DeviceSort, indexes: readonly string[]]>([
  ["id", ["listed_1 (id>?)"]],
  ["name", ["listed_name (name=? AND n>?)", "listed_name (name>?)"]],
  ["os", ["listed_os (os=? AND n>?)", "listed_os (os>?)"]],
  ["compliance", ["listed_worst (worst=? AND n>?)", "listed_worst (worst>?)"]],
  ["deadline", ["listed_deadline (deadline=? AND n>?)", "listed_deadline (deadline>?)"]],
  ["lastSeen", ["enrollment_last_seen (<expr>=? AND id>?)", "enrollment_last_seen (<expr>>?)"]],
])("a page by %s begins at its place in the index, however many devices have the same key", async (by, indexes) => {
  const steps = await stepsOf({ few: 0, walked: () => 100 }, {}, by, false);
  for (const index of indexes) expect(steps.join("\n")).toContain(index);
});

it("finds the devices that were refused by the state, not by reading all jobs of all plans", async () => {
  const steps = await stepsOf({ few: 100, walked: () => 100 }, { jobState: "refused" }, "id", false);
  for (const index of [
    "d USING INDEX plan_device_kind (plan_id=? AND kind=?)",
    "j USING INDEX job_plan (plan_id=? AND state=?)",
  ])
    expect(steps).toContainEqual(expect.stringContaining(index));
});
