/** Standing plans over the API: edited with their revision, ordered, and a once plan in between. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { DeviceDetail, GoverningTrial, PlanOrdered, PlanRequest, PlanView } from "../../src/contract/index.ts";
import { type Device, enrolDevice, makePlan, SOON, startUptick, stopPlan, type Uptick } from "../support/index.ts";

let uptick: Uptick;
let device: Device;
beforeAll(async () => {
  uptick = await startUptick();
  device = await enrolDevice(uptick);
});
afterAll(() => uptick.close());

const STANDING: PlanRequest = { standing: true, to: "latest-minor", action: "install", deadline: "+14d 17:00" };

const standing = (name: string): Promise<PlanView> => uptick.web.post<PlanView>("/api/v1/plans", { ...STANDING, name });

const send = (method: string, path: string, body: unknown) =>
  uptick.web.request(method, path, { body: JSON.stringify(body), headers: { "content-type": "application/json" } });

const detail = (): Promise<DeviceDetail> => uptick.web.get<DeviceDetail>(`/api/v1/devices/${device.serial}`);

/** The device's job once it is of this plan. */
const jobOf = (planId: string) =>
  vi.waitFor(async () => {
    const { job, standing: plans } = await detail();
    expect(job).toMatchObject({ planId, finishedAt: null });
    return plans.sentence;
  }, SOON);

describe("a standing plan", () => {
  it("is edited with its revision; with another it is refused, and the reply has the plan as it is", async () => {
    const { id, revision } = await standing("first");
    const edited = await send("PATCH", `/api/v1/plans/${id}`, { revision, name: "mine", skipWeekdays: ["fri"] });
    expect(edited.json()).toMatchObject({ id, name: "mine", revision: 2, standing: { skipWeekdays: ["fri"] } });
    const stale = await send("PATCH", `/api/v1/plans/${id}`, { revision, name: "theirs" });
    expect([stale.status, stale.json()]).toMatchObject([
      412,
      { code: "revision-stale", present: { id, name: "mine", revision: 2 } },
    ]);
    const tried = await send("PATCH", `/api/v1/plans/${id}?dryRun=true`, { revision: 2, exclude: "all" });
    expect(tried.json()).toMatchObject({ counts: { plan: 1 }, plans: [{ plan: { id }, leaves: 1 }, { plan: null }] });
    expect(await uptick.web.get(`/api/v1/plans/${id}`)).toMatchObject({ revision: 2, standing: { exclude: null } });
    await stopPlan(uptick, id);
  });

  it("is edited as its dry run has shown it, and not from another dry run", async () => {
    const { id, revision } = await standing("shown");
    const path = `/api/v1/plans/${id}`;
    const edit = { revision, deadline: "+10d 17:00" };
    const { hash, asOf } = (await send("PATCH", `${path}?dryRun=true`, edit)).json<GoverningTrial>();
    const other = await send("PATCH", path, { ...edit, deadline: "+9d 17:00", hash, asOf });
    expect([other.status, other.problem()?.code]).toEqual([412, "dry-run-unknown"]);
    const saved = await send("PATCH", path, { ...edit, hash, asOf });
    expect(saved.json()).toMatchObject({ revision: 2, deadline: "+10d 17:00", changed: { count: 0, devices: [] } });
    await stopPlan(uptick, id);
  });

  it("gives its device to a once plan without replace, and governs it again when that ends", async () => {
    const { id } = await standing("phones");
    const rollouts = () => uptick.rows("SELECT id FROM rollout WHERE plan_id = ?", id);
    await vi.waitFor(() => expect(rollouts()).toHaveLength(1), SOON);
    await uptick.restart({
      between: (database) =>
        void database
          .prepare("UPDATE ring_run SET state = 'open', opened_at = ?, count_from = ?")
          .run(uptick.now(), uptick.now()),
    });
    // All devices are looked at after an edit.
    await send("PATCH", `/api/v1/plans/${id}`, { revision: 1, name: "open" });
    expect(await jobOf(id)).toBe('"open" governs the device: it is the only standing plan that matches it.');
    const once = await makePlan(uptick, [device.udid], { name: "August" });
    expect(once.states).not.toHaveProperty("refused");
    expect(await jobOf(once.id)).toContain('The job of the once plan "August" is under way');
    const tried = await uptick.web.post<GoverningTrial>(`/api/v1/plans/${once.id}/stop?dryRun=true`, undefined);
    expect(tried.rows.map(({ before, after }) => [before.plan?.name, after.plan?.name])).toEqual([["August", "open"]]);
    await stopPlan(uptick, once.id);
    await jobOf(id);
    await stopPlan(uptick, id);
  });

  it("is put before another", async () => {
    const [first, second] = [await standing("one"), await standing("two")];
    const plans = [second.id, first.id];
    const ordered = await send("POST", "/api/v1/plans/order", { plans });
    expect(ordered.json<PlanOrdered>().plans.map(({ id, order }) => [id, order])).toEqual(
      plans.map((id, n) => [id, n]),
    );
    const back = await send("POST", "/api/v1/plans/order?dryRun=true", { plans: plans.toReversed() });
    expect(back.json<GoverningTrial>().plans.map(({ plan, joins }) => [plan?.name, joins])).toEqual([
      ["two", 0],
      ["one", 1],
    ]);
    expect((await detail()).standing.plans.map(({ name }) => name)).toEqual(["two", "one"]);
    expect((await send("POST", "/api/v1/plans/order", { plans: [first.id] })).problem()).toMatchObject({
      ...{ status: 409, code: "plan-order-differs" },
    });
  });
});
