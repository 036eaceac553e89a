/** A device that has downloaded under one plan does not download again for another, or the dry run says that it will. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DryRun, NewPlan } from "../../src/contract/index.ts";
import {
  type Able,
  ableDevice,
  BY_FRIDAY,
  declaredPlan,
  inForce,
  jobOf,
  makePlan,
  pendingBy,
  planJob,
  SOON,
  startUptick,
  stopPlan,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

const HOUR = 3_600_000;
const UPDATE = "configuration/uptick.update.";
const updates = ({ its }: Able): unknown[] =>
  [...its.held].flatMap(([path, { Payload }]) => (path.startsWith(UPDATE) ? [Payload["TargetLocalDateTime"]] : []));
const job = ({ device }: Able) => jobOf(uptick, device.udid);
const ofPlan = (able: Able, id: string) => expect.poll(async () => (await job(able)).planId, SOON).toBe(id);

/** In force, and downloading by its own report. */
async function downloading(request = {}): Promise<Able & { readonly plan: string }> {
  const able = await ableDevice(uptick);
  const plan = await inForce(uptick, able, { ...BY_FRIDAY, ...request });
  await able.its.report({ ...pendingBy(able.its), "softwareupdate.install-state": "downloading" });
  expect(await job(able)).toMatchObject({ state: "downloading" });
  return { ...able, plan };
}

const tried = async ({ device }: Able, request: object): Promise<DryRun> =>
  uptick.web.post<DryRun>("/api/v1/plans?dryRun=true", {
    to: "26.6.1",
    action: "install",
    devices: [device.udid],
    replace: true,
    ...request,
  });

describe("a plan that comes while the device installs for another", () => {
  it("says whose order it was when the device is there, and so does the next", async () => {
    const { plan, ...able } = await downloading();
    const { id } = await makePlan(uptick, [able.device.udid], { deadline: "2026-09-05T22:00", replace: true });
    await ofPlan(able, id);
    expect((await job(able)).state).not.toBe("done");
    await able.its.arrive({
      "device.operating-system.version": "26.6.1",
      "device.operating-system.build-version": "23G83",
    });
    const sentence = `Up to date: seen on 26.6.1, as plan ${plan} had ordered.`;
    expect(await job(able)).toMatchObject({ state: "done", reason: "brought-before", verdict: { sentence } });
    const { rows: decisions } = await tried(able, {});
    expect(decisions[0]).toMatchObject({ kind: "compliant", reason: "brought-before", sentence });
  });
});

describe("a plan with the same wish", () => {
  it("takes the declaration over with what is known of the download", async () => {
    const able = await downloading();
    const before = [...able.its.held];
    const { id } = await makePlan(uptick, [able.device.udid], { ...BY_FRIDAY, replace: true });
    await ofPlan(able, id);
    expect(await job(able)).toMatchObject({ state: "downloading", reason: "downloading" });
    expect((await planJob(uptick, able.plan, able.device.udid)).job).toMatchObject({ state: "stopped", next: null });
    expect(await able.its.sync()).toBe(false);
    expect([...able.its.held]).toEqual(before);
  });

  it("takes it over after a stop that the device has not heard of", async () => {
    const able = await downloading();
    const before = [...able.its.held];
    await stopPlan(uptick, able.plan);
    await expect.poll(async () => (await job(able)).state, SOON).toBe("stopping");
    const { id } = await makePlan(uptick, [able.device.udid], { ...BY_FRIDAY, replace: true });
    await ofPlan(able, id);
    expect(await job(able)).toMatchObject({ state: "declared", reason: "in-force" });
    await able.its.sync();
    expect([...able.its.held]).toEqual(before);
  });

  it("names no later moment for a window, though it is made later", async () => {
    const window = { window: "14:00-23:30", deadline: undefined };
    const able = await downloading(window);
    const before = updates(able);
    await uptick.restart({ later: HOUR / 3 });
    expect((await tried(able, { window: window.window })).downloadsLost).toBe(0);
    const { id } = await makePlan(uptick, [able.device.udid], { window: window.window, replace: true });
    await ofPlan(able, id);
    expect(await able.its.sync()).toBe(false);
    expect(updates(able)).toEqual(before);
  });
});

describe("a plan with an earlier moment", () => {
  const THURSDAY = { deadline: "2026-08-27T17:00" };

  it("targets D8: is added in one sync, and the former goes in a later one", async () => {
    const able = await downloading();
    expect((await tried(able, THURSDAY)).downloadsLost).toBe(0);
    const id = await declaredPlan(uptick, able, { ...THURSDAY, replace: true });
    const both = ["2026-08-28T17:00:00", "2026-08-27T17:00:00"];
    await able.its.sync();
    expect(updates(able)).toEqual(both);
    await able.its.report({}, { declarations: true });
    expect(await job(able)).toMatchObject({ planId: id, state: "downloading" });
    expect(await able.its.sync()).toBe(false);
    await uptick.restart({ later: HOUR + 1 });
    await expect.poll(() => able.its.sync(), SOON).toBe(true);
    expect(updates(able)).toEqual(["2026-08-27T17:00:00"]);
    await able.its.report({}, { declarations: true });
    expect(await job(able)).toMatchObject({ planId: id, state: "downloading" });
  });

  it("leaves neither behind when it is stopped, and is not confirmed while the device has one", async () => {
    const able = await downloading();
    const id = await declaredPlan(uptick, able, { ...THURSDAY, replace: true });
    await able.its.sync();
    const listed = [...able.its.held];
    await stopPlan(uptick, id);
    await expect.poll(async () => (await job(able)).state, SOON).toBe("stopping");
    await able.its.sync();
    expect(updates(able)).toEqual([]);
    const still = listed.filter(([, { Payload }]) => Payload["TargetLocalDateTime"] === "2026-08-28T17:00:00");
    const configurations = still.map(([, { Identifier, ServerToken }]) => ({
      identifier: Identifier,
      "server-token": ServerToken,
      active: true,
      valid: "valid",
    }));
    const lists = { activations: [], assets: [], configurations, management: [] };
    await able.its.report({ "management.declarations": lists });
    expect(await job(able)).toMatchObject({ state: "stopping", reason: "withdrawal-fetched" });
    await able.its.report({}, { declarations: true });
    expect(await job(able)).toMatchObject({ state: "stopped", reason: "withdrawal-confirmed" });
  });

  it("is not fetched where only the former one is: asking for that says nothing of it", async () => {
    const able = await downloading();
    const [path = ""] = [...able.its.held.keys()].filter((one) => one.startsWith(UPDATE));
    await declaredPlan(uptick, able, { ...THURSDAY, replace: true });
    expect((await able.its.ask(`declaration/${path}`)).status).toBe(200);
    expect(await job(able)).toMatchObject({ state: "declaring", reason: "declaration-set" });
  });
});

describe("a plan that costs a download", () => {
  it.each([
    ["a later moment", { deadline: "2026-08-29T17:00" }],
    ["another page", { ...BY_FRIDAY, detailsUrl: "https://it.example.org/other" }],
    ["a command", {}],
  ])("targets D8: says so before and after it is made: %s", async (_what, request) => {
    const able = await downloading();
    const { downloadsLost, rows: decisions } = await tried(able, request);
    expect(downloadsLost).toBe(1);
    expect(decisions[0]).toMatchObject({ losesDownload: "will", sentence: expect.stringMatching(/throws away/) });
    const body = { to: "26.6.1", action: "install", devices: [able.device.udid], replace: true, ...request };
    expect((await uptick.web.post<NewPlan>("/api/v1/plans", body)).decided).toMatchObject({
      jobs: 1,
      downloadsLost: 1,
    });
  });

  it("says that it may where no download was reported, and nothing where the declaration was never fetched", async () => {
    const later = { deadline: "2026-08-29T17:00" };
    const able = await ableDevice(uptick);
    await declaredPlan(uptick, able);
    const unfetched = await tried(able, later);
    expect([unfetched.downloadsLost, unfetched.rows[0]?.losesDownload]).toEqual([0, undefined]);
    await able.its.sync();
    expect((await tried(able, later)).rows[0]).toMatchObject({ losesDownload: "may" });
  });
});
