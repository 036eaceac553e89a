/** The report over a real database: it is read page by page, and nothing of a page is held once it was given. */
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import type { ReportRow } from "../../contract/index.ts";
import { createAdminStore } from "../../store/admin-queries.ts";
import { STEPS } from "../../store/migrations/steps.ts";
import { sqliteSql } from "../../store/sqlite/admin-sql.ts";
import { Statements } from "../../store/sqlite/statements.ts";
import { enrollmentRow, jobRow, versionRow } from "../../store/suite-rows.ts";
import type { Ports } from "../ports.ts";
import { reportLines } from "./report.ts";

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 7, 25, 12);
const name = (n: number): string => `e${String(n).padStart(6, "0")}`;

/** A fleet of so many, each seen on 26.5 since ten days ago; `setting`: what the settings hold. */
function fleet(count: number, setting?: unknown) {
  const database = new DatabaseSync(":memory:");
  for (const { sqlite } of STEPS) database.exec(sqlite);
  const statements = new Statements(database);
  for (let n = 0; n < count; n += 1) {
    statements.write({ put: "enrollment", row: enrollmentRow(name(n), { productName: "iPhone15,2" }) });
    statements.write({ put: "versionHistory", row: versionRow(name(n), NOW - 10 * DAY, "26.5") });
  }
  const asked: string[] = [];
  const connection = {
    query(sql: string, values: readonly unknown[]) {
      asked.push(sql);
      return Promise.resolve(database.prepare(sql).all(...(values as readonly string[])));
    },
    close: () => Promise.resolve(database.close()),
  };
  const admin = createAdminStore(connection, sqliteSql);
  onTestFinished(() => admin.close());
  const read = ({ where }: { where: { name: string } }) =>
    Promise.resolve(where.name === "version-history" && setting !== undefined ? [{ value: setting }] : []);
  const ports = { admin, devices: { read }, now: () => NOW } as unknown as Ports;
  return { asked, statements, report: (at?: number, days = 400) => reportLines(ports, days * DAY, at) };
}

async function rowsOf(lines: ReturnType<typeof reportLines>): Promise<ReportRow[]> {
  const rows: ReportRow[] = [];
  for await (const page of lines) rows.push(...page.flatMap((line) => ("device" in line ? [line.device] : [])));
  return rows;
}

describe("a report", () => {
  it("comes in pages of some hundred devices, and its last line counts them", async () => {
    const sizes: number[] = [];
    let last: unknown;
    for await (const page of fleet(1201).report()) {
      sizes.push(page.length);
      last = page.at(-1);
    }
    expect(sizes).toEqual([500, 500, 201, 1]);
    expect(last).toMatchObject({ summary: { devices: 1201, catalogTakenAt: null } });
  });

  it("asks for no page before it is wanted, and for none once nobody listens", async () => {
    const { asked, report } = fleet(1600);
    const lines = report();
    await lines.next();
    const before = asked.length;
    await lines.return(undefined);
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect([before <= 5, asked.length]).toEqual([true, before]);
  });

  it("has the deadline of the newest job that had begun by then", async () => {
    const { statements, report } = fleet(2);
    const job = (id: string, createdAt: number, deadlineAt: number) =>
      ({
        put: "job",
        row: jobRow(id, name(0), { live: 0, createdAt, doc: { v: 2, target: { version: "26.6" }, deadlineAt } }),
      }) as const;
    statements.write(job("j1", NOW - 5 * DAY, NOW - 3 * DAY));
    statements.write(job("j2", NOW - DAY, NOW + DAY));
    const deadlines = async (at: number) => (await rowsOf(report(at))).map(({ deadlineAt }) => deadlineAt);
    const iso = (at: number): string => new Date(at).toISOString();
    expect(await deadlines(NOW)).toEqual([iso(NOW + DAY), null]);
    expect(await deadlines(NOW - 2 * DAY)).toEqual([iso(NOW - 3 * DAY), null]);
    expect(await deadlines(NOW - 6 * DAY)).toEqual([null, null]);
  });

  it.each<[string, number | undefined, unknown, number, RegExp]>([
    ["before the first version", NOW - 10 * DAY - 1, undefined, 400, /known from 2026-08-15T12:00:00.000Z on/],
    ["before all devices were known", NOW - 5 * DAY, { since: NOW - 4 * DAY }, 400, /known from 2026-08-21T12/],
    ["before the history that is kept", NOW - 5 * DAY, undefined, 3, /known from 2026-08-22T12/],
    ["in the future", NOW + 1, undefined, 400, /in the future/],
  ])("is refused for a moment %s", async (_what, at, setting, days, detail) => {
    const refused = fleet(1, setting).report(at, days).next();
    await expect(refused).rejects.toMatchObject({
      code: "report-date-unknown",
      message: expect.stringMatching(detail),
    });
  });

  it("is given from that moment on, and of no device at all", async () => {
    expect(await rowsOf(fleet(1).report(NOW - 10 * DAY))).toHaveLength(1);
    expect(await rowsOf(fleet(1, { since: NOW - 4 * DAY }).report(NOW - 4 * DAY))).toHaveLength(1);
    expect(await rowsOf(fleet(0).report(NOW - 900 * DAY))).toEqual([]);
  });
});
