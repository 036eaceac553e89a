/** Rules over a real database: what is asked of it, however many devices there are. */
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import { parseRule } from "../../plans/index.ts";
import { createAdminStore } from "../../store/admin-queries.ts";
import { STEPS } from "../../store/migrations/steps.ts";
import { sqliteSql } from "../../store/sqlite/admin-sql.ts";
import { Statements } from "../../store/sqlite/statements.ts";
import { enrollmentRow, groupRow, zoneRuleRow } from "../../store/suite-rows.ts";
import { createSelector } from "../plans/selector.ts";
import { groupNamesOf, meantBy, scopeOf } from "./scope.ts";
import { zoneFinder } from "./zone-rules.ts";

const idOf = (n: number): string => `e${String(n).padStart(6, "0")}`;

/** So many devices: every third has the tag, every second is a Mac, every tenth has left. */
function fleet(count: number) {
  const database = new DatabaseSync(":memory:");
  for (const { sqlite } of STEPS) database.exec(sqlite);
  const statements = new Statements(database);
  for (let n = 0; n < count; n += 1) {
    const platform = n % 2 === 0 ? "macOS" : "iOS";
    const state = n % 10 === 9 ? "checked-out" : "enrolled";
    statements.write({ put: "enrollment", row: enrollmentRow(idOf(n), { platform, state }) });
    if (n % 3 === 0) statements.write({ put: "deviceTag", row: { enrollmentId: idOf(n), tag: "third" } });
  }
  const asked: string[] = [];
  const query = (sql: string, values: readonly unknown[]) => {
    asked.push(sql);
    return Promise.resolve(database.prepare(sql).all(...(values as readonly string[])));
  };
  const admin = createAdminStore({ query, close: async () => database.close() }, sqliteSql);
  onTestFinished(() => admin.close());
  return { asked, admin, statements };
}

async function idsOf(pages: AsyncGenerator<readonly { readonly id: string }[]>): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of pages) ids.push(...page.map(({ id }) => id));
  return ids;
}
const numbers = (count: number, isOne: (n: number) => boolean): string[] =>
  Array.from({ length: count }, (_value, n) => n)
    .filter(isOne)
    .map(idOf);

const COUNT = 2500;

describe("a rule over a fleet", () => {
  it("reads a thousand devices and their tags at a time", async () => {
    const { admin, asked } = fleet(COUNT);
    const scope = await scopeOf(admin, parseRule("platform = macOS and tag = third"));
    expect(await idsOf(meantBy(admin, scope, {}))).toEqual(numbers(COUNT, (n) => n % 6 === 0));
    // Three pages, each with its tags, and whether the last one is the last.
    expect(asked.length).toBe(7);
    expect(asked.filter((sql) => sql.includes("device_tag")).length).toBe(3);
  });

  it("reads no tag where none is asked for", async () => {
    const { admin, asked } = fleet(COUNT);
    const scope = await scopeOf(admin, parseRule("platform = macOS"));
    expect((await idsOf(meantBy(admin, scope, {}))).length).toBe(COUNT / 2);
    expect(asked.length).toBe(4);
  });

  it("gives a plan the enrolled devices, some hundred at a time", async () => {
    const { admin, asked } = fleet(COUNT);
    let largest = 0;
    const ids: string[] = [];
    for await (const page of createSelector(admin).meant({ rule: "tag = third" })) {
      largest = Math.max(largest, page.length);
      ids.push(...page.map(({ id }) => id));
    }
    expect(ids).toEqual(numbers(COUNT, (n) => n % 3 === 0 && n % 10 !== 9));
    expect(largest).toBeLessThanOrEqual(250);
    // Twice for each page of a thousand, once for the end, and once for each page of a plan.
    expect(asked.length).toBeLessThanOrEqual(3 * 2 + 1 + 3 * 2);
  });

  it("gives a plan no device that has left since the rule was asked", async () => {
    const { admin, statements } = fleet(3);
    const scoped = {
      ...admin,
      async scopeRows(query: Parameters<typeof admin.scopeRows>[0]) {
        const page = await admin.scopeRows(query);
        statements.write({ patch: "enrollment", where: { id: idOf(1) }, set: { state: "checked-out" } });
        return page;
      },
    };
    expect(await idsOf(createSelector(scoped).meant({ rule: "all" }))).toEqual([idOf(0), idOf(2)]);
  });

  it("asks for its groups once, and for the tags that their rules read", async () => {
    const { admin, asked, statements } = fleet(COUNT);
    statements.write({ put: "deviceGroup", row: groupRow("Third", "tag = third") });
    statements.write({ put: "deviceGroup", row: groupRow("Macs", "platform = macOS") });
    const scope = await scopeOf(admin, parseRule("group = THIRD and not group = macs"));
    expect(await idsOf(meantBy(admin, scope, {}))).toEqual(numbers(COUNT, (n) => n % 3 === 0 && n % 2 === 1));
    expect(asked.length).toBe(1 + 7);
    await expect(scopeOf(admin, parseRule("group = none"))).rejects.toThrow('There is no group "none".');
    const [row] = await admin.fleetOf([idOf(6)]);
    expect(row === undefined ? [] : await groupNamesOf(admin, row)).toEqual(["Macs", "Third"]);
  });
});

describe("zones by rule", () => {
  it("are those of the first rule that matches, for a page of devices at once", async () => {
    const { admin, asked, statements } = fleet(10);
    statements.write({ put: "zoneRule", row: zoneRuleRow(0, "tag = third", "Asia/Tokyo") });
    statements.write({ put: "zoneRule", row: zoneRuleRow(1, "platform = macOS", "Europe/Zurich") });
    const find = await zoneFinder(admin);
    const rows = await admin.fleetOf(numbers(8, () => true));
    asked.splice(0);
    const zones = await find(rows);
    expect(asked.length).toBe(1);
    expect(rows.map(({ id }) => zones.get(id)?.zone ?? null)).toEqual([
      "Asia/Tokyo",
      null,
      "Europe/Zurich",
      "Asia/Tokyo",
      "Europe/Zurich",
      null,
      "Asia/Tokyo",
      null,
    ]);
  });

  it("leave out a rule of which the group is gone", async () => {
    const { admin, statements } = fleet(2);
    statements.write({ put: "zoneRule", row: zoneRuleRow(0, "group = gone", "Asia/Tokyo") });
    statements.write({ put: "zoneRule", row: zoneRuleRow(1, "all", "Europe/Zurich") });
    const zones = await (await zoneFinder(admin))(await admin.fleetOf([idOf(0)]));
    expect([...zones.values()]).toEqual([{ zone: "Europe/Zurich", by: "token:first" }]);
  });

  it("ask nothing where there is no rule or no device", async () => {
    const { admin, asked } = fleet(3);
    const find = await zoneFinder(admin);
    asked.splice(0);
    expect([await find(await admin.fleetOf([])), await find([])]).toEqual([new Map(), new Map()]);
    expect(asked).toEqual([]);
  });
});
