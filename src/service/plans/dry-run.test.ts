/** A dry run over a real database, page by page: what is asked of it, and what becomes of it when the database or the reader goes. */
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import { createAdminStore } from "../../store/admin-queries.ts";
import { STEPS } from "../../store/migrations/steps.ts";
import { sqliteSql } from "../../store/sqlite/admin-sql.ts";
import { Statements } from "../../store/sqlite/statements.ts";
import { enrollmentRow } from "../../store/suite-rows.ts";
import type { Ports } from "../ports.ts";
import { createPlanService } from "./plan-service.ts";
import { createSelector } from "./selector.ts";

const REQUEST = { to: "26.6.1", action: "install", devices: ["all"], allowUnlisted: true } as const;

/** A fleet of so many. `broken`: from this question on the database answers none. */
function fleet(count: number) {
  const database = new DatabaseSync(":memory:");
  for (const { sqlite } of STEPS) database.exec(sqlite);
  const statements = new Statements(database);
  for (let n = 0; n < count; n += 1)
    statements.write({ put: "enrollment", row: enrollmentRow(`e${String(n).padStart(6, "0")}`) });
  const asked: string[] = [];
  const state = { broken: false };
  const connection = {
    query(sql: string, values: readonly unknown[]) {
      asked.push(sql);
      if (state.broken) return Promise.reject(new Error("the disk is away"));
      return Promise.resolve(database.prepare(sql).all(...(values as readonly string[])));
    },
    close: () => Promise.resolve(database.close()),
  };
  const admin = createAdminStore(connection, sqliteSql);
  onTestFinished(() => admin.close());
  const stored: string[] = [];
  const devices = {
    read: () => Promise.resolve([]),
    run: ({ name }: { readonly name: string }) => Promise.resolve(stored.push(name)),
  };
  const ports = { admin, devices, now: () => 1, realNow: () => 1, newId: () => "run" } as unknown as Ports;
  const plans = createPlanService(ports, createSelector(admin), { defaultZone: undefined, pushRate: 3 });
  return { asked, state, stored, plans };
}

describe("a dry run", () => {
  it("asks a fleet for a page and its jobs at a time, whatever is named", async () => {
    const { asked, plans } = fleet(1000);
    expect((await plans.dryRun(REQUEST)).devices).toBe(1000);
    const all = asked.splice(0).length;
    const devices = Array.from({ length: 1000 }, (_none, n) => `UDID-e${String(n).padStart(6, "0")}`);
    expect((await plans.dryRun({ ...REQUEST, devices })).devices).toBe(1000);
    // Four pages of three questions each, the list of releases and the number of plans; for names also who is meant, 250 at a time.
    expect(all).toBeLessThanOrEqual(5 * 3 + 2);
    expect(asked.length).toBeLessThanOrEqual(4 * 4 + 2);
  });

  it.each([
    ["500 devices share a moment", 500, {}, []],
    [
      "501 do",
      501,
      {},
      [
        "501 devices in the time zone UTC share one moment, 2026-08-27 17:00: they download and restart together. Spread them over the hours before it with --spread-hours.",
      ],
    ],
    ["501 are spread over two hours", 501, { spreadHours: 2 }, []],
    ["501 install at once", 501, { deadline: undefined }, []],
    ["501 only download", 501, { action: "download" }, []],
  ] as const)("targets L2: warns where too many devices restart together: %s", async (_what, count, more, notes) => {
    const { deadline, ...rest } = { deadline: "2026-08-27T17:00", zone: "UTC", ...REQUEST, ...more };
    const request = deadline === undefined ? rest : { ...rest, deadline };
    const summary = await fleet(count).plans.dryRunSummary(request);
    expect([summary.jobs, summary.notes]).toEqual([count, notes]);
  });

  it("asks for no page before it is wanted, and for none once nobody listens", async () => {
    const { asked, stored, plans } = fleet(2000);
    const lines = plans.dryRunLines(REQUEST);
    await lines.next();
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    const before = asked.length;
    expect(before).toBeLessThanOrEqual(3 + 2);
    await lines.return(undefined);
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect([asked.length, stored]).toEqual([before, []]);
  });

  it("is stored a few thousand devices at a time, when its last line has been given", async () => {
    const { stored, plans } = fleet(8001);
    await plans.dryRun(REQUEST);
    expect(stored).toEqual(["addDryRun", "addDryRunPage", "addDryRunPage", "endDryRun"]);
  });

  it("fails where the database does, after the lines that it has given, and gives no summary", async () => {
    const { state, stored, plans } = fleet(2000);
    const seen: string[] = [];
    const reading = (async () => {
      for await (const page of plans.dryRunLines(REQUEST)) {
        seen.push(...page.flatMap((line) => Object.keys(line)));
        if (seen.length >= 500) state.broken = true;
      }
    })();
    await expect(reading).rejects.toThrow("the disk is away");
    expect(seen.length).toBeGreaterThanOrEqual(500);
    expect([new Set(seen), stored]).toEqual([new Set(["decision"]), []]);
  });

  it("counts the seconds of the pushes by the rate", async () => {
    const { pushRate, pushSeconds, jobs } = await fleet(10).plans.dryRun(REQUEST);
    expect([pushRate, pushSeconds]).toEqual([3, Math.ceil(jobs / 3)]);
  });
});
