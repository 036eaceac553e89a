/** A device that could take a declaration and never says so is not waited for in silence, nor for ever. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  BY_FRIDAY,
  declarative,
  type Device,
  enrolDevice,
  IPHONE,
  jobOf,
  kindsOf,
  makePlan,
  NOTHING_IN_PROGRESS,
  SOON,
  startUptick,
  typesOf,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
let supervised: Device;
let unsupervised: Device;

/** They acknowledge the command to sync, and never do. */
beforeAll(async () => {
  uptick = await startUptick();
  supervised = await enrolDevice(uptick, { refusesDeclarations: false });
  const facts = { ...IPHONE, IsSupervised: false };
  unsupervised = await enrolDevice(uptick, { refusesDeclarations: false, facts });
  await makePlan(uptick, [supervised.udid, unsupervised.udid], BY_FRIDAY);
});
afterAll(() => uptick.close());

const HOUR = 3_600_000;

describe("guarantee 8 by declaration: the first report", () => {
  it("is awaited for a bounded time, which is said, and asked for meanwhile", async () => {
    for (const device of [supervised, unsupervised]) {
      const job = await jobOf(uptick, device.udid);
      expect(job).toMatchObject({ state: "awaiting", reason: "report-awaited", next: { action: "push-again" } });
      expect(job.verdict.sentence).toContain("2026-08-26 14:");
      expect(typesOf(await device.session())).toContain("DeclarativeManagement");
    }
    await uptick.restart({ later: HOUR });
    const asked = () => uptick.device(supervised.udid);
    await expect
      .poll(async () => (await asked()).outstanding.map(({ requestType }) => requestType), SOON)
      .toContain("DeclarativeManagement");
    expect(await jobOf(uptick, supervised.udid)).toMatchObject({ state: "awaiting" });
  });

  it("that never comes lets the command tell the device, where there is one", async () => {
    await uptick.restart({ later: 24 * HOUR });
    await expect.poll(async () => (await jobOf(uptick, supervised.udid)).state, SOON).toBe("asking");
    const seen = await supervised.session({ OSUpdateStatus: NOTHING_IN_PROGRESS, ScheduleOSUpdate: undefined });
    expect(typesOf(seen)).toContain("ScheduleOSUpdate");
    expect(await jobOf(uptick, supervised.udid)).toMatchObject({ state: "downloading" });
    // What has been ordered by command is not declared as well, should the report come after all.
    const its = declarative(supervised);
    await its.settle();
    expect(its.update()).toBeUndefined();
    expect(await kindsOf(uptick, supervised.udid)).toContain("capabilities");
  });

  it("that never comes is shown with a remedy where nothing else can tell the device", async () => {
    await expect
      .poll(async () => jobOf(uptick, unsupervised.udid), SOON)
      .toMatchObject({ state: "blocked", reason: "never-reported", next: { action: "try-again" } });
    expect((await jobOf(uptick, unsupervised.udid)).verdict.remedy).toMatch(/\w/);
    const { id } = await uptick.device(unsupervised.udid);
    const sent = uptick.rows(
      "SELECT 1 FROM closed_command WHERE enrollment_id = ? AND request_type LIKE '%OSUpdate%'",
      id,
    );
    expect(sent).toEqual([]);
  });

  it("that comes late moves the job on from there", async () => {
    const its = declarative(unsupervised);
    await its.settle();
    expect(its.update()?.Payload).toMatchObject({ TargetOSVersion: "26.6.1" });
    expect(await jobOf(uptick, unsupervised.udid)).toMatchObject({ state: "declared", reason: "in-force" });
  });

  it("that comes in time moves the job on at once", async () => {
    const device = await enrolDevice(uptick, { refusesDeclarations: false });
    await makePlan(uptick, [device.udid], BY_FRIDAY);
    expect(await jobOf(uptick, device.udid)).toMatchObject({ state: "awaiting" });
    const its = declarative(device);
    await its.settle();
    expect(await jobOf(uptick, device.udid)).toMatchObject({ state: "declared" });
    expect(its.update()).toBeDefined();
  });

  it("that says no leaves the command, at once", async () => {
    const device = await enrolDevice(uptick, { refusesDeclarations: false });
    await makePlan(uptick, [device.udid], BY_FRIDAY);
    const seen = await device.session({
      DeclarativeManagement: { Status: "Error", ErrorChain: [{ ErrorCode: 1, ErrorDomain: "New" }] },
      OSUpdateStatus: NOTHING_IN_PROGRESS,
      ScheduleOSUpdate: undefined,
    });
    expect(typesOf(seen)).toContain("ScheduleOSUpdate");
    expect(await jobOf(uptick, device.udid)).toMatchObject({ state: "downloading" });
  });
});
