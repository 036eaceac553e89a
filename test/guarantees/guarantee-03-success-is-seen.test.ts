/** Success is a version the device was seen on. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PlanRequest } from "../../src/contract/index.ts";
import {
  SOON,
  type Device,
  DOWNLOADED,
  enrolDevice,
  IPHONE,
  makePlan,
  NOTHING_IN_PROGRESS,
  result,
  startUptick,
  typesOf,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

const HOUR = 3_600_000;

/** A device whose install was ordered and acknowledged with `Status`. */
async function ordered(status: string, request: Partial<PlanRequest> = {}): Promise<Device> {
  const device = await enrolDevice(uptick);
  await makePlan(uptick, [device.udid], request);
  await device.session({ OSUpdateStatus: DOWNLOADED, ScheduleOSUpdate: result("InstallASAP", status) });
  return device;
}

describe("guarantee 3: success is an observed version", () => {
  it.each(["Idle", "Installing", "Downloading", "Done"])(
    "does not take Acknowledged with %s for installed, and keeps asking",
    async (status) => {
      const device = await ordered(status);
      const { job } = await uptick.device(device.udid);
      expect(job).toMatchObject({ state: "installing", finishedAt: null, next: { action: "look-again" } });
    },
  );

  it("does not take a device that is seen on the old version for updated, and takes the new one", async () => {
    const device = await ordered("Installing");
    await uptick.restart({ later: HOUR });
    await expect.poll(async () => (await uptick.device(device.udid)).outstanding.length, SOON).toBe(1);
    await device.session({ OSUpdateStatus: NOTHING_IN_PROGRESS });
    expect((await uptick.device(device.udid)).job).toMatchObject({ state: "installing", finishedAt: null });

    device.facts = { ...IPHONE, OSVersion: "26.6.1", BuildVersion: "23G83" };
    await uptick.restart({ later: HOUR });
    await expect.poll(async () => (await uptick.device(device.udid)).outstanding.length, SOON).toBe(1);
    await device.session();
    const { job, osVersion, buildVersion } = await uptick.device(device.udid);
    expect([osVersion, buildVersion]).toEqual(["26.6.1", "23G83"]);
    expect(job).toMatchObject({ state: "done", reason: "updated", next: null });
  });

  it("asks for the build where the plan names one: the same version in another build is not there yet", async () => {
    const facts = { ...IPHONE, OSVersion: "26.6.1", BuildVersion: "23G6083" };
    const device = await enrolDevice(uptick, { facts });
    await makePlan(uptick, [device.udid], { to: "26.6.1 (23G83)" });
    await device.session({ OSUpdateStatus: NOTHING_IN_PROGRESS, ScheduleOSUpdate: undefined });
    expect((await uptick.device(device.udid)).job).toMatchObject({ state: "downloading", finishedAt: null });
  });

  it("takes either build of a release for that release where the plan names none", async () => {
    const device = await ordered("Installing");
    device.facts = { ...IPHONE, OSVersion: "26.6.1", BuildVersion: "23G6083" };
    await uptick.restart({ later: HOUR });
    await expect.poll(async () => (await uptick.device(device.udid)).outstanding.length, SOON).toBe(1);
    await device.session();
    expect((await uptick.device(device.udid)).job).toMatchObject({ state: "done", reason: "updated" });
  });

  it("does not take a Background Security Improvement on an older version for the version asked for", async () => {
    const device = await ordered("Installing");
    // The supplemental build is the one the plan is waiting for, and yet the version is not there.
    device.facts = { ...IPHONE, SupplementalBuildVersion: "23G83", SupplementalOSVersionExtra: "(c)" };
    await uptick.restart({ later: HOUR });
    await expect.poll(async () => (await uptick.device(device.udid)).outstanding.length, SOON).toBe(1);
    await device.session({ OSUpdateStatus: NOTHING_IN_PROGRESS });
    expect((await uptick.device(device.udid)).job).toMatchObject({ state: "installing", finishedAt: null });

    const improved = { SupplementalBuildVersion: "23G6183a", SupplementalOSVersionExtra: "(a)" };
    device.facts = { ...IPHONE, OSVersion: "26.6.1", BuildVersion: "23G83", ...improved };
    await uptick.restart({ later: HOUR });
    await expect.poll(async () => (await uptick.device(device.udid)).outstanding.length, SOON).toBe(1);
    await device.session();
    expect((await uptick.device(device.udid)).job).toMatchObject({ state: "done", reason: "updated" });
  });

  it.each([
    ["26.6.1", "23G83", "already-there"],
    ["26.6.2", "23G90", "already-newer"],
    ["27.0", "24A300", "already-newer"],
  ])("calls a device on %s (%s) compliant, never failed: %s", async (OSVersion, BuildVersion, reason) => {
    const device = await enrolDevice(uptick, { facts: { ...IPHONE, OSVersion, BuildVersion } });
    await makePlan(uptick, [device.udid]);
    expect((await uptick.device(device.udid)).job).toMatchObject({ state: "done", reason });
    expect(typesOf(await device.session())).toEqual([]);
  });

  it("calls a device compliant that turns out newer while its job is under way", async () => {
    const device = await enrolDevice(uptick);
    await makePlan(uptick, [device.udid]);
    device.facts = { ...IPHONE, OSVersion: "26.7", BuildVersion: "23H1" };
    await device.session();
    expect((await uptick.device(device.udid)).job).toMatchObject({ state: "done", finishedAt: expect.any(String) });
  });
});
