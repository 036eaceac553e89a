/** The declarative route, whole: switched on, synced, enforced, reported, withdrawn. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DeviceView } from "../../src/contract/index.ts";
import {
  declarative,
  type Declared,
  enrolDevice,
  IPHONE,
  makePlan,
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

const jobOf = async (udid: string): Promise<NonNullable<DeviceView["job"]>> => {
  const { job } = await uptick.device(udid);
  if (job === null) throw new Error("there is no job");
  return job;
};

const able = async (facts = IPHONE) => {
  const device = await enrolDevice(uptick, { facts, refusesDeclarations: false });
  const its = declarative(device);
  await its.settle({ "device.operating-system.version": facts["OSVersion"] });
  return { device, its };
};

const BY_FRIDAY = { deadline: "2026-08-28T17:00" };

describe("a device that takes declarations", () => {
  it("is switched on after its enrolment, with a list that is consistent and stays as it is", async () => {
    const { device, its } = await able();
    expect([...its.held.keys()].toSorted()).toEqual([
      "activation/uptick.activation",
      "configuration/uptick.subscriptions",
      "management/uptick.organization",
    ]);
    expect(await its.sync()).toBe(false);
    expect((await device.session()).map(({ requestType }) => requestType)).toEqual([]);
  });

  it("is brought to a version by its declaration, and its reports are the job's story", async () => {
    const { device, its } = await able();
    const { id } = await makePlan(uptick, [device.udid], { to: "26.6.1", ...BY_FRIDAY });
    await expect.poll(async () => (await jobOf(device.udid)).state).toBe("declaring");
    await device.session({ DeclarativeManagement: {} });
    await its.sync();
    expect(its.update()?.Payload).toEqual({ TargetOSVersion: "26.6.1", TargetLocalDateTime: "2026-08-28T17:00:00" });
    expect(await jobOf(device.udid)).toMatchObject({ state: "declaring", reason: "taken" });
    await its.report({}, { declarations: true });
    expect(await jobOf(device.udid)).toMatchObject({ state: "declared", reason: "in-force" });
    const pending = {
      "softwareupdate.pending-version": { "os-version": "26.6.1", "build-version": "23G83" },
      "softwareupdate.install-reason": { reason: ["declaration"], "declaration-id": its.update()?.Identifier },
    };
    for (const [said, state] of [
      ["downloading", "downloading"],
      ["prepared", "ready"],
      ["installing", "installing"],
    ] as const) {
      await its.report({ ...pending, "softwareupdate.install-state": said });
      expect((await jobOf(device.udid)).state).toBe(state);
    }
    await its.report({ "device.operating-system.version": "26.6.1", "device.operating-system.build-version": "23G83" });
    expect(await jobOf(device.udid)).toMatchObject({ state: "done", reason: "updated", planId: id });
    // What has been reached is withdrawn.
    await device.session({ DeclarativeManagement: {} });
    await its.sync();
    expect(its.update()).toBeUndefined();
  });

  it("is told of a stop at its next sync, and the stop is confirmed by its own word", async () => {
    const { device, its } = await able();
    const { id } = await makePlan(uptick, [device.udid], { to: "26.6.1", ...BY_FRIDAY });
    await expect.poll(async () => (await jobOf(device.udid)).state).toBe("declaring");
    await its.settle();
    expect(its.update()).toBeDefined();
    await stopPlan(uptick, id);
    await expect.poll(async () => (await jobOf(device.udid)).reason).toBe("withdrawal-unconfirmed");
    await its.sync();
    expect(its.update()).toBeUndefined();
    expect(await jobOf(device.udid)).toMatchObject({ state: "stopping", reason: "withdrawal-fetched" });
    await its.report({}, { declarations: true });
    expect(await jobOf(device.udid)).toMatchObject({ state: "stopped", reason: "withdrawal-confirmed" });
  });

  it("is told again to sync when it has acknowledged and no sync has followed", async () => {
    const device = await enrolDevice(uptick, { refusesDeclarations: false });
    const its = declarative(device);
    const commands = async () => (await device.session()).map(({ requestType }) => requestType);
    expect(await commands()).toEqual([]);
    await uptick.restart({ later: 16 * 60_000 });
    await expect.poll(commands, SOON).toContain("DeclarativeManagement");
    await its.sync();
    await uptick.restart({ later: 2 * 3_600_000 });
    await device.session();
    expect((await uptick.device(device.udid)).outstanding).toEqual([]);
    expect(await uptick.device(device.udid)).toMatchObject({ declarative: { current: true } });
  });

  it("that reports a declaration which is not in its list is told to sync: a backup was restored here", async () => {
    const { device, its } = await able();
    const stray = { Type: "", Identifier: "uptick.update.before", ServerToken: "t", Payload: {} };
    (its.held as Map<string, Declared>).set("configuration/uptick.update.before", stray);
    await uptick.restart({ later: 2 * 3_600_000 });
    await device.session();
    await its.report({}, { declarations: true });
    expect((await device.session()).map(({ requestType }) => requestType)).toEqual(["DeclarativeManagement"]);
    // Once, not with every report.
    await its.report({}, { declarations: true });
    expect(await device.session()).toEqual([]);
  });
});
