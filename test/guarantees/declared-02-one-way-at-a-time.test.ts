/** While a declaration may manage a device's updates it ignores commands, so none is handed out: it would only look ordered. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Able,
  ableDevice,
  BY_FRIDAY,
  commandBytes,
  declaredPlan,
  DOWNLOADED,
  inForce,
  jobOf,
  makePlan,
  NOTHING_IN_PROGRESS,
  rawCommand,
  scheduleUpdate,
  SOON,
  startUptick,
  stopPlan,
  typesOf,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

const UPDATE = "ScheduleOSUpdate";
const jobOfPlan = (udid: string, plan: string) =>
  expect.poll(async () => (await jobOf(uptick, udid)).planId, SOON).toBe(plan);

/** In force, with a session on the way in which the device says this. */
async function inFor(able: Able, says: Parameters<Able["device"]["session"]>[0]): Promise<string> {
  const id = await declaredPlan(uptick, able);
  await able.device.session(says);
  await able.its.sync();
  await able.its.report({}, { declarations: true });
  return id;
}

describe("guarantee 2 by declaration", () => {
  it("delivers no update command to a device that is updated by declaration", async () => {
    const able = await ableDevice(uptick);
    await inForce(uptick, able);
    expect(typesOf(await able.device.session({ OSUpdateStatus: DOWNLOADED }))).not.toContain(UPDATE);
    expect((await uptick.device(able.device.udid)).outstanding.map(({ requestType }) => requestType)).not.toContain(
      UPDATE,
    );
  });

  it("refuses a raw one, naming the plan, and once more until the device has synced after the stop", async () => {
    const able = await ableDevice(uptick);
    const { device, its } = able;
    const id = await inForce(uptick, able);
    const put = async () => {
      const bytes = commandBytes(`raw-${device.udid}`, scheduleUpdate("DownloadOnly"));
      return rawCommand(uptick, device.udid, bytes);
    };
    const refused = await put();
    expect([refused.status, refused.problem()]).toMatchObject([
      409,
      { code: "update-outstanding", detail: expect.stringContaining(id), remedy: expect.stringMatching(/\w/) },
    ]);
    await stopPlan(uptick, id);
    await its.ask("tokens");
    expect((await put()).problem().code).toBe("update-outstanding");
    await its.sync();
    expect((await put()).status).toBe(202);
    expect(typesOf(await device.session({ ScheduleOSUpdate: undefined }))).toContain(UPDATE);
  });

  it("holds a raw one back that was there before the declaration and was put off", async () => {
    const able = await ableDevice(uptick);
    const { device, its } = able;
    await rawCommand(uptick, device.udid, commandBytes(`early-${device.udid}`, scheduleUpdate("DownloadOnly")));
    const id = await inFor(able, { ScheduleOSUpdate: { Status: "NotNow" } });
    for (let nth = 0; nth < 2; nth += 1) expect(typesOf(await device.session())).not.toContain(UPDATE);
    await stopPlan(uptick, id);
    await its.sync();
    expect(typesOf(await device.session({ ScheduleOSUpdate: undefined }))).toContain(UPDATE);
  });

  it.each([
    ["download", NOTHING_IN_PROGRESS],
    ["install", DOWNLOADED],
  ])(
    "holds the %s of a plan for now back until the device has fetched a list without the declaration",
    async (_what, status) => {
      const able = await ableDevice(uptick);
      const { device, its } = able;
      await inForce(uptick, able);
      const { id } = await makePlan(uptick, [device.udid], { replace: true });
      await jobOfPlan(device.udid, id);
      for (let nth = 0; nth < 3; nth += 1) {
        // Told to sync as often as it takes; the tokens alone take no declaration away.
        expect(typesOf(await device.session({ OSUpdateStatus: status }))).not.toContain(UPDATE);
        await its.ask("tokens");
      }
      expect((await jobOf(uptick, device.udid)).next).not.toBeNull();
      await its.sync();
      expect(its.update()).toBeUndefined();
      await uptick.restart({ later: 20 * 60_000 });
      await expect
        .poll(async () => typesOf(await device.session({ OSUpdateStatus: status, ScheduleOSUpdate: undefined })), SOON)
        .toContain(UPDATE);
    },
  );

  it("holds it back after a stop as well, where the next plan comes before the device has synced", async () => {
    const able = await ableDevice(uptick);
    const { device, its } = able;
    const first = await inForce(uptick, able);
    await stopPlan(uptick, first);
    await expect.poll(async () => (await jobOf(uptick, device.udid)).state, SOON).toBe("stopping");
    const { id } = await makePlan(uptick, [device.udid], { replace: true });
    await jobOfPlan(device.udid, id);
    expect(typesOf(await device.session({ OSUpdateStatus: DOWNLOADED }))).not.toContain(UPDATE);
    const words = async () => (await jobOf(uptick, device.udid)).verdict.sentence;
    expect(await words()).toMatch(/the update command is on hold/);
    await its.sync();
    await expect
      .poll(
        async () => typesOf(await device.session({ OSUpdateStatus: DOWNLOADED, ScheduleOSUpdate: undefined })),
        SOON,
      )
      .toContain(UPDATE);
    expect(await words()).not.toContain("on hold");
  });

  it("tells a device twice of one update never: a declared plan after an order by command takes the order's place", async () => {
    const able = await ableDevice(uptick);
    const { device, its } = able;
    await makePlan(uptick, [device.udid]);
    await device.session({ OSUpdateStatus: NOTHING_IN_PROGRESS, ScheduleOSUpdate: undefined });
    const { id } = await makePlan(uptick, [device.udid], { ...BY_FRIDAY, replace: true });
    await jobOfPlan(device.udid, id);
    expect(typesOf(await device.session({ OSUpdateStatus: NOTHING_IN_PROGRESS }))).not.toContain(UPDATE);
    await its.sync();
    expect(its.update()).toBeDefined();
    expect((await uptick.device(device.udid)).outstanding.map(({ requestType }) => requestType)).not.toContain(UPDATE);
  });
});
