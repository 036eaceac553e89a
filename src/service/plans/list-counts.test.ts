/** A list asks the database as often for many rows as for one. */
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { createAdminStore } from "../../store/admin-queries.ts";
import { toSql } from "../../store/mapping.ts";
import { STEPS } from "../../store/migrations/steps.ts";
import { sqliteSql } from "../../store/sqlite/admin-sql.ts";
import { assignmentRow, jobRow, planRow, policyRow } from "../../store/suite-rows.ts";
import { createPlanService } from "./plan-service.ts";
import { createPolicyService } from "../policies/policy-service.ts";
import type { Ports } from "../ports.ts";
import type { Selector } from "./selector.ts";

type Table = "plan" | "job" | "policy" | "assignment";

/** A database with so many plans and policies, each with as many devices as its number; what is asked of it is counted. */
function listsOf(n: number) {
  const database = new DatabaseSync(":memory:");
  for (const { sqlite } of STEPS) database.exec(sqlite);
  const insert = (table: Table, row: object): void => {
    const stored = toSql(table, row);
    const names = Object.keys(stored);
    database
      .prepare(`INSERT INTO ${table} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`)
      .run(...Object.values(stored));
  };
  for (let plan = 1; plan <= n; plan += 1) {
    insert("plan", planRow(`p${plan}`, { devices: plan, createdAt: plan, spec: { to: "26.6.1", action: "install" } }));
    insert("policy", policyRow(`p${plan}`, { createdAt: plan }));
    for (let device = 0; device < plan; device += 1) {
      insert("job", jobRow(`j${plan}-${device}`, `e${plan}-${device}`, { planId: `p${plan}` }));
      insert("assignment", assignmentRow(`e${plan}-${device}`, `p${plan}`));
    }
  }
  const asked: string[] = [];
  const admin = createAdminStore(
    {
      query(sql, values) {
        asked.push(sql);
        return Promise.resolve(database.prepare(sql).all(...(values as readonly string[])));
      },
      close: () => Promise.resolve(database.close()),
    },
    sqliteSql,
  );
  const ports = { admin } as unknown as Ports;
  const nobody = {} as Selector;
  return {
    asked,
    plans: createPlanService(ports, nobody, { defaultZone: undefined, pushRate: 50 }),
    policies: createPolicyService(ports, nobody),
    close: () => admin.close(),
  };
}

describe.each([1, 7])("a list of %i", (n) => {
  it("of plans takes two statements and counts each plan's jobs", async () => {
    const { asked, plans, close } = listsOf(n);
    const listed = (await plans.list(undefined, 100)).rows;
    expect(asked).toHaveLength(2);
    expect(listed.map(({ states }) => states)).toEqual(Array.from({ length: n }, (_, at) => ({ asking: n - at })));
    await close();
  });

  it("of policies takes two statements and counts each policy's devices", async () => {
    const { asked, policies, close } = listsOf(n);
    const listed = (await policies.list(undefined, 100)).rows;
    expect(asked).toHaveLength(2);
    expect(listed.map(({ states }) => states)).toEqual(Array.from({ length: n }, (_, at) => ({ pending: n - at })));
    await close();
  });
});
