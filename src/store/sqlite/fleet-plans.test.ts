/** How SQLite carries out what is asked of a whole fleet: by an index that ends the search, or page by page along one; never by reading a large table. */
import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { createAdminStore } from "../admin-queries.ts";
import { type AdminStore, MOST_NAMED } from "../admin-store.ts";
import { STEPS } from "../migrations/steps.ts";
import { certificateRow, enrollmentRow, jobRow, planDeviceRow, planRow } from "../suite-rows.ts";
import { sqliteSql } from "./admin-sql.ts";
import { Statements } from "./statements.ts";

/** A device of each kind that is looked for, so that what follows from a first answer is asked too. */
function furnished(): DatabaseSync {
  const db = new DatabaseSync(":memory:");
  for (const { sqlite } of STEPS) db.exec(sqlite);
  const statements = new Statements(db);
  for (const write of [
    { put: "enrollment", row: enrollmentRow("a", { deviceName: "Front desk", serial: "ONE" }) },
    { put: "enrollment", row: enrollmentRow("b", { state: "quarantined" }) },
    { put: "certificate", row: certificateRow("f1", { pendingFor: "a", enrollmentId: null }) },
    { put: "plan", row: planRow("p") },
    { put: "job", row: jobRow("j", "a", { planId: "p", state: "blocked" }) },
    { put: "planDevice", row: planDeviceRow("p", "b", { kind: "refused", reason: "busy", seed: null }) },
  ] as const)
    statements.write(write);
  return db;
}

/** The steps of each statement, with its answers read. */
async function stepsOf(ask: (admin: AdminStore) => Promise<unknown>): Promise<string[]> {
  const db = furnished();
  const steps: string[] = [];
  const query = async (text: string, values: readonly unknown[]) => {
    const given = values as string[];
    steps.push(
      ...db
        .prepare(`EXPLAIN QUERY PLAN ${text}`)
        .all(...given)
        .map(({ detail }) => String(detail)),
    );
    return db.prepare(text).all(...given);
  };
  await ask(createAdminStore({ query, close: async () => db.close() }, sqliteSql));
  db.close();
  return steps;
}

/** What is read from its beginning to its end, and is no longer than what was found before, or than the list of plans. */
const SHORT =
  /^SCAN (alike|\(subquery-\d+\)|plan\b|p\b|CONSTANT ROW|\d+ CONSTANT ROWS?|enrollment USING COVERING INDEX enrollment_(quarantined|enrolled|authenticated|compliance)|certificate USING COVERING INDEX certificate_pending|refusal USING INDEX refusal_last)/;

const ids = Array.from({ length: 250 }, (_none, n) => `id-${n}`);
const texts = Array.from({ length: 250 }, (_none, n) => `SERIAL-${n}`);

it.each<readonly [what: string, ask: (admin: AdminStore) => Promise<unknown>, indexes: readonly string[]]>([
  ["all devices of a plan", (admin) => admin.fleet("a", 250), ["enrollment USING INDEX enrollment_enrolled (id>?)"]],
  [
    "devices of a plan by id",
    (admin) => admin.fleetOf(ids),
    ["enrollment USING INDEX sqlite_autoindex_enrollment_1 (id=?)"],
  ],
  [
    "devices by hundreds of serials",
    (admin) => admin.namedInFleet([...texts, "Front desk"]),
    [
      "enrollment USING COVERING INDEX sqlite_autoindex_enrollment_1 (id=?)",
      "enrollment USING INDEX sqlite_autoindex_enrollment_2 (apple_id=?)",
      "(serial=?)",
      "enrollment USING INDEX enrollment_name (device_name=?)",
    ],
  ],
  ["one device", (admin) => admin.named(["ONE"]), ["(serial=?)"]],
  ["live jobs of a page", (admin) => admin.liveJobs(ids, true), ["(enrollment_id=? AND live=?)"]],
  ["updates of a page", (admin) => admin.updatedJobs(ids), ["(enrollment_id=? AND live=? AND begun=?)"]],
  [
    "the number of devices",
    (admin) => admin.countDevices(),
    ["enrollment USING COVERING INDEX enrollment_enrolled", "enrollment USING COVERING INDEX enrollment_authenticated"],
  ],
  [
    "how many devices have each class",
    (admin) => admin.classCounts(),
    ["enrollment USING COVERING INDEX enrollment_compliance"],
  ],
  [
    "devices whose offer may change",
    (admin) => admin.classRows("a", 250),
    ["enrollment USING INDEX enrollment_enrolled (id>?)"],
  ],
  [
    "the members of a rollout",
    (admin) => admin.ringMembers({ id: "r1", planId: "p" }, false),
    ["j USING COVERING INDEX job_member (rollout_id=?)"],
  ],
  [
    "devices that were not given a release",
    (admin) => admin.notGivenTo({ id: "r1", planId: "p", platform: "macOS" }, false),
    [
      "enrollment USING COVERING INDEX enrollment_ring (governed_by=?)",
      "job USING COVERING INDEX job_member (rollout_id=?)",
      "e USING INDEX sqlite_autoindex_enrollment_1 (id=?)",
    ],
  ],
  [
    "what a plan that is decided once has seen",
    (admin) => admin.keptMembers("p"),
    ["j USING COVERING INDEX job_once_kept (plan_id=?)", "e USING INDEX sqlite_autoindex_enrollment_1 (id=?)"],
  ],
  ["the plans that govern", (admin) => admin.governing(ids), ["(enrollment_id=?)"]],
  [
    "devices that a plan governs",
    (admin) => admin.governedBy("p", 1, 250),
    ["enrollment USING INDEX enrollment_governed (governed_by=?)"],
  ],
  [
    "a page of the report",
    async (admin) => {
      await admin.seenBy(1, "", 250);
      await admin.jobsBegunBy(1, ids);
    },
    ["version_history USING INDEX sqlite_autoindex_version_history_1 (enrollment_id=? AND first_seen_at<?)"],
  ],
  [
    "the devices of plans, and those that are alike",
    async (admin) => {
      await admin.governedCounts(["p"]);
      await admin.governedAlike(["p"]);
    },
    ["listed USING COVERING INDEX listed_governed (governed_by=?)"],
  ],
  [
    "a plan's jobs in a state",
    (admin) => admin.planJobs("p", "a", 9, "blocked"),
    ["job USING INDEX job_plan_page (plan_id=? AND enrollment_id>?)"],
  ],
  ["the jobs of plans by state", (admin) => admin.planCounts(["p"]), ["job USING COVERING INDEX job_plan (plan_id=?)"]],
  ["a page of a timeline", (admin) => admin.timeline("a", 9, 9), ["timeline_enrollment (enrollment_id=? AND seq<?)"]],
  ["refused requests", (admin) => admin.refusals({ limit: 9 }), ["refusal USING INDEX refusal_last"]],
  [
    "the audit by who and by what",
    async (admin) => {
      await admin.audit({ limit: 9, actor: "token:first", after: "a" });
      await admin.audit({ limit: 9, objectKind: "plan", objectId: "p" });
    },
    ["audit USING INDEX audit_actor", "audit USING INDEX audit_object"],
  ],
  [
    "devices of another topic",
    (admin) => admin.countWhere({ is: "other-topic", topic: "t" }),
    ["enrollment USING INDEX enrollment_topic (topic<?)", "enrollment USING INDEX enrollment_topic (topic>?)"],
  ],
  [
    "devices without a push token",
    (admin) => admin.newestTrouble({ is: "unpushable" }),
    ["e USING INDEX enrollment_unpushable (pushable=?)"],
  ],
  [
    "devices that share a serial number",
    (admin) => admin.countWhere({ is: "serial-shared" }),
    ["enrollment_claimed", "enrollment USING COVERING INDEX enrollment_serial_state"],
  ],
  [
    "the devices that a rule means",
    (admin) => admin.devicesOf(ids),
    ["e USING INDEX sqlite_autoindex_enrollment_1 (id=?)"],
  ],
  [
    "the tags of a page",
    (admin) => admin.tagsOf(ids),
    ["device_tag USING COVERING INDEX sqlite_autoindex_device_tag_1"],
  ],
  ["all tags", (admin) => admin.tags("a", 9), ["device_tag USING COVERING INDEX device_tag_tag (tag>?)"]],
  [
    "a page of groups",
    (admin) => admin.groups("a", 9),
    ["device_group USING INDEX sqlite_autoindex_device_group_1 (id>?)"],
  ],
  ["devices that wait", (admin) => admin.waiting(undefined, 100), ["USING COVERING INDEX certificate_pending"]],
])("finds %s by an index", async (_what, ask, indexes) => {
  const steps = await stepsOf(ask);
  expect(steps.filter((step) => step.startsWith("SCAN") && !SHORT.test(step))).toEqual([]);
  for (const index of indexes) expect(steps).toContainEqual(expect.stringContaining(index));
});

it("reads few of the many devices that share a serial number or a name", async () => {
  const db = furnished();
  const statements = new Statements(db);
  for (let n = 0; n < 50; n += 1)
    statements.write({ put: "enrollment", row: enrollmentRow(`c${n}`, { serial: "SHARED", deviceName: "iPad" }) });
  const read: number[] = [];
  const query = async (text: string, values: readonly unknown[]) => {
    const rows = db.prepare(text).all(...(values as string[]));
    read.push(rows.length);
    return rows;
  };
  const admin = createAdminStore({ query, close: async () => db.close() }, sqliteSql);
  const found = await admin.namedInFleet(["shared", "ipad"]);
  expect([...found.values()].map((rows) => rows.length)).toEqual([MOST_NAMED, MOST_NAMED]);
  expect(read).toEqual([MOST_NAMED, MOST_NAMED]);
  await admin.close();
});
