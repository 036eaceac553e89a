/** A plan and a policy for many devices: handed out some at a time, and gone on with at once by the server that is started next. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { PlanView, PolicyView } from "../../src/contract/index.ts";
import { enrolDevice, insertRow, makePlan, SOON, startUptick, type Uptick } from "../support/index.ts";
import type { TestDatabase } from "../support/database.ts";

/** More than a page of work. */
const MANY = 450;

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
  const { udid } = await enrolDevice(uptick);
  await uptick.restart({ between: (database) => copies(database, udid) });
});
afterAll(() => uptick.close());

/** Devices as the one that has enrolled; none of them has a certificate, and none ever comes. */
function copies(database: TestDatabase, udid: string): void {
  const row = database.prepare("SELECT * FROM enrollment WHERE apple_id = ?").get(udid);
  database.prepare("BEGIN").run();
  for (let n = 1; n < MANY; n += 1) {
    const own = {
      id: `0198c000-0000-7000-8000-${String(n).padStart(12, "0")}`,
      apple_id: `COPY-${n}`,
      serial: `COPY${n}`,
    };
    insertRow(database, "enrollment", { ...row, ...own, certificate: null, pushable: 0, due_at: null });
  }
  database.prepare("COMMIT").run();
}

const held = (table: "plan" | "policy", id: string) =>
  uptick.rows<{ due_at: number | null; lease_until: number }>(
    `SELECT due_at, lease_until FROM ${table} WHERE id = ?`,
    id,
  )[0];

describe("what is for many devices", () => {
  it("is gone on with where a stop of the server has interrupted it: a plan makes one job of each decision", async () => {
    const { id } = await uptick.web.post<PlanView>("/api/v1/plans", {
      to: "26.6.1",
      action: "install",
      devices: ["all"],
    });
    let left: ReturnType<typeof held>;
    await uptick.restart({
      between(database) {
        [left] = database.prepare("SELECT due_at, lease_until FROM plan WHERE id = ?").all(id) as [typeof left];
      },
    });
    // The clock stands where it stood: a lease would keep the next server from it.
    expect(left?.lease_until).toBe(0);
    await vi.waitFor(() => expect(held("plan", id)).toEqual({ due_at: null, lease_until: 0 }), SOON);
    const plan = await uptick.web.get<PlanView>(`/api/v1/plans/${id}`);
    expect(plan).toMatchObject({ devices: MANY, pending: 0, states: { asking: MANY } });
    const devices = uptick.rows("SELECT DISTINCT enrollment_id FROM job WHERE plan_id = ?", id);
    expect(devices).toHaveLength(MANY);
  });

  it("so with a plan that is stopped: every job is withdrawn", async () => {
    const { id } = await makePlan(uptick, ["all"], { replace: true });
    await uptick.web.post<PlanView>(`/api/v1/plans/${id}/stop`, {});
    await uptick.restart();
    await vi.waitFor(() => expect(held("plan", id)).toEqual({ due_at: null, lease_until: 0 }), SOON);
    expect(uptick.rows("SELECT id FROM job WHERE plan_id = ? AND live = 1", id)).toEqual([]);
  });

  it("so with a policy, when it is made and when it is removed", async () => {
    const { id } = await uptick.web.post<PolicyView>("/api/v1/policies", {
      devices: ["all"],
      settings: { Deferrals: { CombinedPeriodInDays: 7 } },
    });
    await uptick.restart();
    await vi.waitFor(() => expect(held("policy", id)).toEqual({ due_at: null, lease_until: 0 }), SOON);
    const assigned = (state: string) =>
      uptick.rows(`SELECT enrollment_id FROM assignment WHERE policy_id = ? AND ${state}`, id);
    expect(assigned("state <> 'removing'")).toHaveLength(MANY);
    await uptick.web.request("POST", `/api/v1/policies/${id}/remove`);
    await uptick.restart();
    await vi.waitFor(() => expect(held("policy", id)).toEqual({ due_at: null, lease_until: 0 }), SOON);
    expect(assigned("state <> 'removing'")).toEqual([]);
  });
});
