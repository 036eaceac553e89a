/** While a declaration may manage a device's updates it ignores commands, so none is handed out: it would only look ordered. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  ableDevice,
  BY_FRIDAY,
  DOWNLOADED,
  inForce,
  jobOf,
  makePlan,
  NOTHING_IN_PROGRESS,
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

describe("promise 2 by declaration", () => {
  it("hands out no update command to a device that is told by declaration", async () => {
    const able = await ableDevice(uptick);
    await inForce(uptick, able);
    expect(typesOf(await able.device.session({ OSUpdateStatus: DOWNLOADED }))).not.toContain(UPDATE);
    expect((await uptick.device(able.device.udid)).outstanding.map(({ requestType }) => requestType)).not.toContain(
      UPDATE,
    );
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
    await its.sync();
    await expect
      .poll(
        async () => typesOf(await device.session({ OSUpdateStatus: DOWNLOADED, ScheduleOSUpdate: undefined })),
        SOON,
      )
      .toContain(UPDATE);
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
