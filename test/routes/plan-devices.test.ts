/** What a plan decides is kept row by row: all of it or nothing, at once visible, and one job of each row whatever happens. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { PlanJobView, PlanView } from "../../src/contract/index.ts";
import { enrolDevice, makePlan, newDevice, SOON, startUptick, type Uptick } from "../support/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

interface Decided {
  readonly plan_id: string;
  readonly kind: string;
  readonly seed: string;
  readonly job_id: string | null;
  readonly done_at: number | null;
}
const decided = (planId: string) => uptick.rows<Decided>("SELECT * FROM plan_device WHERE plan_id = ?", planId);
const jobs = (planId: string) => uptick.rows<{ id: string }>("SELECT id FROM job WHERE plan_id = ?", planId);
const idsOf = (rows: readonly { readonly id: string }[]) => new Set(rows.map(({ id }) => id));
const shown = (planId: string) => uptick.web.get<{ rows: PlanJobView[] }>(`/api/v1/plans/${planId}/jobs`);
const settled = (planId: string): Promise<PlanView> =>
  vi.waitFor(async () => {
    const plan = await uptick.web.get<PlanView>(`/api/v1/plans/${planId}`);
    expect(plan.working).toBe(false);
    return plan;
  }, SOON);

/** More than one page of devices holds. */
const MANY = 600;

describe("a plan's decisions", () => {
  it("leave nothing where a device behind the first page is unknown", async () => {
    const { udid } = await enrolDevice(uptick);
    const strangers = Array.from({ length: MANY }, (_, n) => `nobody-${n}`);
    const request = { to: "26.6.1", action: "install", devices: [udid, ...strangers] };
    const reply = await uptick.web.request("POST", "/api/v1/plans", {
      body: JSON.stringify(request),
      headers: { "content-type": "application/json" },
    });
    expect(reply.status).toBe(404);
    expect(reply.body.toString()).toContain(`and ${MANY - 5} more`);
    expect(uptick.rows("SELECT plan_id FROM plan_device")).toEqual([]);
    expect(uptick.rows("SELECT id FROM plan")).toEqual([]);
  });

  it("make a job for each device, whatever it is called and however often it is named", async () => {
    const devices = [await enrolDevice(uptick), await enrolDevice(uptick)];
    const names = devices.flatMap(({ udid, serial }) => [udid, serial]);
    const plan = await makePlan(uptick, names);
    expect(plan.devices).toBe(2);
    expect(Object.values(plan.states).reduce((sum, n) => sum + n, 0)).toBe(2);
  });

  it("say which job came of them, and hold what it was made from no more", async () => {
    const { id } = await makePlan(uptick, ["all"], { replace: true });
    await settled(id);
    const rows = decided(id);
    expect(rows.length).toBeGreaterThan(2);
    expect(new Set(rows.map(({ job_id }) => job_id))).toEqual(idsOf(jobs(id)));
    expect(rows.filter(({ seed, done_at }) => seed !== "null" || done_at === null)).toEqual([]);
  });

  it("show a refused device at once, with its reason, in the plan, by its state and as the device, and never as a job", async () => {
    // It has told nothing yet.
    const silent = await newDevice(uptick);
    await silent.authenticate();
    const { id, states } = await uptick.web.post<PlanView>("/api/v1/plans", {
      to: "26.6.1",
      action: "install",
      devices: [silent.udid],
    });
    expect(states).toEqual({ refused: 1 });
    const [row] = (await shown(id)).rows;
    expect(row?.job).toMatchObject({
      planId: id,
      state: "refused",
      reason: "not-enrolled",
      mechanism: null,
      next: null,
    });
    expect(row?.job.verdict.sentence).toMatch(/^Not possible: /);
    expect((await uptick.device(silent.udid)).job).toEqual(row?.job);
    const { rows } = await uptick.web.get<{ rows: { udid: string }[] }>("/api/v1/devices?jobState=refused");
    expect(rows.map(({ udid }) => udid)).toEqual([silent.udid]);
    expect(await settled(id)).toMatchObject({ devices: 1, pending: 0, finished: true, states: { refused: 1 } });
    expect(jobs(id)).toEqual([]);
    const noted = (await uptick.timeline(silent.udid)).filter(({ kind }) => kind === "job-refused");
    expect(noted.map(({ sentence: text }) => text)).toEqual([row?.job.verdict.sentence]);
  });

  it("are carried out once, wherever the process has ended", async () => {
    const devices = [await enrolDevice(uptick), await enrolDevice(uptick), await enrolDevice(uptick)];
    const { id } = await makePlan(
      uptick,
      devices.map(({ udid }) => udid),
    );
    await settled(id);
    const before = jobs(id);
    // As if it had ended after the first job was made: the others' decisions are open, and the plan is leased.
    const [kept] = decided(id);
    await uptick.restart({
      later: 120_000,
      between(database) {
        const others = "plan_id = ? AND job_id <> ?";
        database.prepare("UPDATE plan SET due_at = 1, lease_until = 2 WHERE id = ?").run(id);
        database
          .prepare(
            `UPDATE plan_device SET done_at = NULL, job_id = NULL, seed = (SELECT json_object('enrollmentId', enrollment_id, 'platform', doc ->> 'platform',
              'from', doc -> 'from', 'target', doc -> 'target', 'goal', 'installed', 'action', 'InstallASAP', 'twoSteps', json('true'),
              'identify', 'product-version', 'zone', 'UTC', 'zoneKnown', json('true')) FROM job WHERE id = job_id) WHERE ${others}`,
          )
          .run(id, kept?.job_id ?? "");
        database.prepare("DELETE FROM job WHERE plan_id = ? AND id <> ?").run(id, kept?.job_id ?? "");
      },
    });
    await settled(id);
    expect(jobs(id)).toHaveLength(before.length);
    expect(new Set(decided(id).map(({ job_id }) => job_id))).toEqual(idsOf(jobs(id)));
    expect(jobs(id).map((job) => job.id)).toContain(kept?.job_id);
  });
});
