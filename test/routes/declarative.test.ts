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
  storyOf,
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
  it("is switched on after its enrollment, with a list that is consistent and stays as it is", async () => {
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
    await its.arrive({ "device.operating-system.version": "26.6.1", "device.operating-system.build-version": "23G83" });
    expect(await jobOf(device.udid)).toMatchObject({ state: "done", reason: "updated", planId: id });
    // What has been reached is withdrawn.
    await device.session({ DeclarativeManagement: {} });
    await its.sync();
    expect(its.update()).toBeUndefined();
  });

  it("is told one thing by a plan that replaces another: one change of its list, one sync, no questions", async () => {
    const { device, its } = await able();
    await makePlan(uptick, [device.udid], { to: "26.6.1", ...BY_FRIDAY });
    await its.settle();
    const first = its.update();
    const before = (await uptick.timeline(device.udid)).length;
    const { id } = await makePlan(uptick, [device.udid], { deadline: "2026-08-29T17:00", replace: true });
    await expect.poll(async () => (await jobOf(device.udid)).planId, SOON).toBe(id);
    expect(await jobOf(device.udid)).toMatchObject({ state: "declaring", reason: "declaration-set" });
    const since = (await uptick.timeline(device.udid)).slice(before).map(({ kind }) => kind);
    expect(since.filter((kind) => kind === "declarations-changed")).toHaveLength(1);
    expect((await device.session({ DeclarativeManagement: {} })).map(({ requestType }) => requestType)).toEqual([
      "DeclarativeManagement",
    ]);
    await its.sync();
    expect(its.update()?.Payload).toMatchObject({ TargetLocalDateTime: "2026-08-29T17:00:00" });
    expect(its.update()?.Identifier).not.toBe(first?.Identifier);
  });

  it("keeps its declaration, and has taken it up, when a plan replaces another with the same wish", async () => {
    const { device, its } = await able();
    await makePlan(uptick, [device.udid], { to: "26.6.1", ...BY_FRIDAY });
    await its.settle();
    const update = its.update();
    const { id } = await makePlan(uptick, [device.udid], { to: "26.6.1", ...BY_FRIDAY, replace: true });
    await expect.poll(async () => (await jobOf(device.udid)).planId, SOON).toBe(id);
    expect(await jobOf(device.udid)).toMatchObject({ state: "declared", reason: "in-force" });
    expect(await its.sync()).toBe(false);
    expect(its.update()).toEqual(update);
    await its.report({}, { declarations: true });
    expect(await jobOf(device.udid)).toMatchObject({ planId: id, state: "declared", reason: "in-force" });
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

  it("is not shown on an older version for a report that came late: it is asked, and its answer counts", async () => {
    const { device, its } = await able();
    const version = async () => (await uptick.device(device.udid)).osVersion;
    const late = { "device.operating-system.version": "26.5", "device.operating-system.build-version": "23F77" };
    await its.arrive({ "device.operating-system.version": "26.6", "device.operating-system.build-version": "23G71" });
    expect(await version()).toBe("26.6");
    await uptick.restart({ later: 16 * 60_000 });
    await its.report(late);
    expect(await version()).toBe("26.6");
    const asked = async () => (await device.session()).map(({ requestType }) => requestType);
    expect(await asked()).toContain("DeviceInformation");
    await its.report(late);
    expect(await asked()).toEqual([]);
    expect(await version()).toBe("26.6");
    expect((await storyOf(uptick, device.udid)).map(({ sentence: text }) => text)).toContain(
      "Reports 26.5, older than 26.6, which it reported before; Uptick asks it",
    );
    // Restored with an older OS, against all that Apple says: its own answer says so.
    device.facts = { ...device.facts, OSVersion: "26.5", BuildVersion: "23F77" };
    await uptick.restart({ later: 16 * 60_000 });
    await expect.poll(asked, SOON).toContain("DeviceInformation");
    expect(await version()).toBe("26.5");
  });

  it("gets a token that it never had when a list is again what it was: its last sync may have broken off", async () => {
    const { device, its } = await able();
    const tokenOf = async () => {
      const { body } = await its.ask("tokens");
      return (JSON.parse(body.toString()) as { SyncTokens: { DeclarationsToken: string } }).SyncTokens
        .DeclarationsToken;
    };
    const before = await tokenOf();
    const { id } = await makePlan(uptick, [device.udid], { to: "26.6.1", ...BY_FRIDAY });
    await expect.poll(tokenOf, SOON).not.toBe(before);
    // It fetches the declaration, and dies before it keeps the token of the list.
    const list = JSON.parse((await its.ask("declaration-items")).body.toString()) as {
      Declarations: { Configurations: { Identifier: string }[] };
    };
    for (const { Identifier } of list.Declarations.Configurations)
      expect((await its.ask(`declaration/configuration/${Identifier}`)).status).toBe(200);
    await stopPlan(uptick, id);
    await expect.poll(async () => (await jobOf(device.udid)).reason, SOON).toBe("withdrawal-unconfirmed");
    expect(await tokenOf()).not.toBe(before);
    expect(await its.sync()).toBe(true);
    expect((await jobOf(device.udid)).reason).toBe("withdrawal-fetched");
  });
});
