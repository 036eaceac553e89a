/** A plan is saved as its dry run showed it, also after a restart: another process knows no more than what is stored. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DryRun, DryRunLine, NewPlan, PlanView, Problem } from "../../src/contract/index.ts";
import { enrolDevice, insertRow, startUptick, type Uptick } from "../support/index.ts";
import type { TestDatabase } from "../support/database.ts";

const MANY = 120;
const ALL = { to: "26.6.1", action: "install", devices: ["all"], deadline: "2099-08-28T17:00", allowUnlisted: true };
const PLANS = "/api/v1/plans";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
  const { udid } = await enrolDevice(uptick, { serial: "FIRST" });
  await uptick.restart({ between: (database) => copies(database, udid) });
});
afterAll(() => uptick.close());

const idOf = (n: number): string => `0198c000-0000-7000-8000-${String(n).padStart(12, "0")}`;

/** Devices as the one that has enrolled; none of them ever comes. */
function copies(database: TestDatabase, udid: string): void {
  const row = database.prepare("SELECT * FROM enrollment WHERE apple_id = ?").get(udid);
  for (let n = 1; n < MANY; n += 1) {
    const own = {
      id: idOf(n),
      apple_id: `COPY-${n}`,
      serial: `COPY${n}`,
      certificate: null,
      pushable: 0,
      due_at: null,
    };
    insertRow(database, "enrollment", { ...row, ...own });
  }
}

/** Devices reach the release without a plan, while the server is down. */
const updated =
  (from: number, count: number) =>
  (database: TestDatabase): void => {
    for (let n = from; n < from + count; n += 1)
      database
        .prepare("UPDATE enrollment SET os_version = '26.6.1', reported_version = '26.6.1' WHERE id = ?")
        .run(idOf(n));
  };

const dryRun = (): Promise<DryRun> => uptick.web.post<DryRun>(`${PLANS}?dryRun=true`, ALL);
const saveAs = (shown: object, more: object = {}) =>
  uptick.web.request("POST", PLANS, {
    body: JSON.stringify({ ...ALL, ...shown, ...more }),
    headers: { "content-type": "application/json" },
  });
const plansOf = async (): Promise<readonly PlanView[]> =>
  (await uptick.web.get<{ rows: readonly PlanView[] }>(PLANS)).rows;

describe("a plan that names its dry run", () => {
  it("is refused with the devices that differ where too many have changed, and nothing is saved", async () => {
    const { hash, asOf } = await dryRun();
    await uptick.restart({ between: updated(1, 51) });
    const reply = await saveAs({ hash, asOf });
    expect(reply.status).toBe(412);
    const problem = reply.problem() as Problem;
    expect(problem).toMatchObject({ code: "dry-run-outdated", changed: { count: 51, allowed: 50 } });
    expect(problem.changed?.devices).toHaveLength(51);
    expect(problem.changed?.devices[0]).toMatchObject({
      device: { serial: "COPY1", osVersion: "26.6.1" },
      reason: "changed-since-dry-run",
      shown: { kind: "job", release: "26.6.1", deadlineLocal: "2099-08-28T17:00" },
      now: { kind: "compliant", release: null, reason: "already-there" },
    });
    expect([await plansOf(), uptick.rows("SELECT plan_id FROM plan_device")]).toEqual([[], []]);
  });

  it("is refused where nobody knows the dry run", async () => {
    const { hash, asOf } = await dryRun();
    for (const shown of [
      { hash: "0".repeat(32), asOf },
      { hash, asOf: { decidedAt: "2026-01-01T00:00:00.000Z" } },
    ]) {
      const reply = await saveAs(shown);
      expect([reply.status, reply.problem()?.code]).toEqual([412, "dry-run-unknown"]);
    }
    expect((await saveAs({ hash })).status).toBe(400);
    expect((await saveAs({ hash, asOf: "now" })).status).toBe(400);
  });

  it("is saved after a restart without the devices that have changed, which are listed", async () => {
    const streamed = await uptick.web.request("POST", `${PLANS}?dryRun=true`, {
      body: JSON.stringify(ALL),
      headers: { "content-type": "application/json", accept: "application/x-ndjson" },
    });
    const last = JSON.parse(streamed.text.trimEnd().split("\n").at(-1) ?? "") as DryRunLine;
    if (!("summary" in last)) throw new Error("the dry run has no summary");
    const { hash, asOf, jobs, compliant } = last.summary;
    expect([jobs, compliant]).toEqual([MANY - 51, 51]);
    await uptick.restart({ between: updated(60, 3) });
    const reply = await saveAs({ hash, asOf: { decidedAt: asOf.decidedAt } }, { name: "as shown" });
    expect(reply.status).toBe(201);
    const plan = reply.json<NewPlan>();
    expect(plan).toMatchObject({
      devices: MANY - 3,
      decided: { jobs: MANY - 54, compliant: 51 },
      changed: { count: 3 },
    });
    expect(plan.changed?.devices.map(({ device }) => device.serial)).toEqual(["COPY60", "COPY61", "COPY62"]);
    const kept = uptick.rows<{ enrollment_id: string }>(
      "SELECT enrollment_id FROM plan_device WHERE plan_id = ?",
      plan.id,
    );
    expect(kept.map((row) => row.enrollment_id)).not.toContain(idOf(60));
    expect(kept).toHaveLength(MANY - 3);
  });

  it("has its hash on both kinds of dry run, and a save without one decides now", async () => {
    const { hash } = await dryRun();
    const plan = await uptick.web.post<NewPlan>(PLANS, { ...ALL, replace: true });
    expect([hash.length, plan.devices, plan.changed]).toEqual([32, MANY, undefined]);
  });
});
