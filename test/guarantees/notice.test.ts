/** By command: an install command that its device could not take in time is withdrawn, and leaves again with notice (targets D6). */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  isoOf,
  type Device,
  DOWNLOADED,
  enrolDevice,
  IPHONE,
  jobOf,
  makePlan,
  NOTHING_IN_PROGRESS,
  result,
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

const HOUR = 3_600_000;
/** Its OS has no declarations. */
const OLD_IPHONE = { ...IPHONE, OSVersion: "16.7.10", BuildVersion: "20H350", ProductName: "iPhone10,1" };
const TO = { to: "16.7.11", allowUnlisted: true, noticeHours: 24 } as const;
const inHours = (hours: number): string => new Date(uptick.now() + hours * HOUR).toISOString().slice(0, 16);
const job = ({ udid }: Device) => jobOf(uptick, udid);
const session = (device: Device, status: object) =>
  device.session({ OSUpdateStatus: status as never, ScheduleOSUpdate: result("DownloadOnly", "Downloading") });
/** The device has been ordered the download and has it. */
async function downloaded(device: Device): Promise<void> {
  expect(typesOf(await session(device, NOTHING_IN_PROGRESS))).toContain("ScheduleOSUpdate");
  await uptick.restart({ later: HOUR });
  expect(typesOf(await session(device, DOWNLOADED))).not.toContain("ScheduleOSUpdate");
  await expect.poll(async () => (await job(device)).state, SOON).toBe("ready");
}

describe("an install command that was not taken in the hour after its time", () => {
  it("is withdrawn, and leaves a day after the next contact at the deadline's time of day", async () => {
    const device = await enrolDevice(uptick, { facts: OLD_IPHONE });
    const deadline = inHours(30);
    const { id } = await makePlan(uptick, [device.udid], { ...TO, deadline });
    await downloaded(device);
    await uptick.restart({ later: 31 * HOUR });
    await expect
      .poll(async () => (await job(device)).verdict.sentence, SOON)
      .toContain("its install time was taken back");
    expect(typesOf(await session(device, DOWNLOADED))).not.toContain("ScheduleOSUpdate");
    const at = Date.parse(`${deadline}Z`) + 48 * HOUR;
    await expect
      .poll(async () => await job(device), SOON)
      .toMatchObject({ state: "ready", next: { action: "install", dueAt: isoOf(at) } });
    await uptick.restart({ later: at - uptick.now() - HOUR });
    expect(typesOf(await session(device, DOWNLOADED))).not.toContain("ScheduleOSUpdate");
    await uptick.restart({ later: HOUR + 60_000 });
    await expect.poll(async () => (await job(device)).state, SOON).toBe("installing");
    expect(typesOf(await session(device, DOWNLOADED))).toContain("ScheduleOSUpdate");
    await stopPlan(uptick, id);
  });

  it("is taken within that hour as ever", async () => {
    const device = await enrolDevice(uptick, { facts: OLD_IPHONE });
    const deadline = inHours(30);
    const { id } = await makePlan(uptick, [device.udid], { ...TO, deadline });
    await downloaded(device);
    await uptick.restart({ later: Date.parse(`${deadline}Z`) + HOUR / 2 - uptick.now() });
    await expect.poll(async () => (await job(device)).state, SOON).toBe("installing");
    expect(typesOf(await session(device, DOWNLOADED))).toContain("ScheduleOSUpdate");
    await stopPlan(uptick, id);
  });
});

describe("a device that is first heard with less than the notice left", () => {
  it("is ordered to install at a later time", async () => {
    const device = await enrolDevice(uptick, { facts: OLD_IPHONE });
    const deadline = inHours(30);
    const { id } = await makePlan(uptick, [device.udid], { ...TO, deadline });
    await expect.poll(async () => (await uptick.device(device.udid)).job?.planId, SOON).toBe(id);
    await uptick.restart({ later: 20 * HOUR });
    await downloaded(device);
    expect((await job(device)).next).toMatchObject({
      action: "install",
      dueAt: isoOf(Date.parse(`${deadline}Z`) + 24 * HOUR),
    });
    await stopPlan(uptick, id);
  });
});
