/** A declared update has succeeded when the device reports a version that satisfies the target, and by nothing else. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DryRun } from "../../src/contract/index.ts";
import {
  type Able,
  ableDevice,
  ARRIVED,
  BY_FRIDAY,
  declaredPlan,
  inForce,
  jobOf,
  makePlan,
  pendingBy,
  SOON,
  startUptick,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

const version = (os: string, build?: string): Record<string, string> => ({
  "device.operating-system.version": os,
  ...(build === undefined ? {} : { "device.operating-system.build-version": build }),
});
const job = ({ device }: Able) => jobOf(uptick, device.udid);

/** What is reached is no longer declared. */
async function expectWithdrawn({ device, its }: Able): Promise<void> {
  await device.session();
  await its.sync();
  expect(its.update()).toBeUndefined();
}

describe("guarantee 3 by declaration: success", () => {
  it.each(["waiting", "downloading", "prepared", "installing", "none", "failed"])(
    "is not that the device says %s",
    async (state) => {
      const able = await ableDevice(uptick);
      await inForce(uptick, able);
      await able.its.report({ ...pendingBy(able.its), "softwareupdate.install-state": state });
      expect(await job(able)).toMatchObject({ finishedAt: null, next: { dueAt: expect.any(String) } });
    },
  );

  it("is not that the state is none again and nothing is pending any more", async () => {
    const able = await ableDevice(uptick);
    await inForce(uptick, able);
    await able.its.report({ ...pendingBy(able.its), "softwareupdate.install-state": "installing" });
    await able.its.report({
      "softwareupdate.install-state": "none",
      "softwareupdate.pending-version": { "os-version": "", "build-version": "" },
      "softwareupdate.install-reason": { reason: [] },
    });
    expect(await job(able)).toMatchObject({ finishedAt: null });
  });

  it("is not a report of the version, which may be old: the device is asked, and its answer counts", async () => {
    const able = await ableDevice(uptick);
    await inForce(uptick, able);
    await able.its.report(ARRIVED);
    expect(await job(able)).toMatchObject({ state: "declared", finishedAt: null });
    expect((await able.device.session()).map(({ requestType }) => requestType)).toContain("DeviceInformation");
    expect(await job(able)).toMatchObject({ state: "declared", finishedAt: null });
    expect((await uptick.device(able.device.udid)).osVersion).toBe("26.5");
    // Said again within minutes, it is not asked each time.
    await able.its.report(ARRIVED);
    expect(await able.device.session()).toEqual([]);
  });

  it("is the version of the target, and its declaration is withdrawn", async () => {
    const able = await ableDevice(uptick);
    await inForce(uptick, able);
    await able.its.arrive(ARRIVED);
    expect(await job(able)).toMatchObject({ state: "done", reason: "updated" });
    await expectWithdrawn(able);
  });

  it("is a newer version as well", async () => {
    const able = await ableDevice(uptick);
    await inForce(uptick, able);
    await able.its.arrive(version("26.7", "23H10"));
    expect(await job(able)).toMatchObject({ state: "done" });
    await expectWithdrawn(able);
  });

  it("is not an older version, nor a version that is none", async () => {
    const able = await ableDevice(uptick);
    await inForce(uptick, able);
    for (const os of ["26.6", "26.5", "", "26.6.1 beta", "latest"]) await able.its.report(version(os, "23G83"));
    expect(await job(able)).toMatchObject({ finishedAt: null });
    // It is shown as it came, and no plan takes it for a version, nor for the one before.
    expect((await uptick.device(able.device.udid)).osVersion).toBe("latest");
    const body = { to: "26.5", action: "install", devices: [able.device.udid], replace: true };
    const { rows: decisions } = await uptick.web.post<DryRun>("/api/v1/plans?dryRun=true", body);
    expect(decisions[0]).toMatchObject({ kind: "refused", reason: "version-unreadable" });
  });

  it("asks for the build where the plan names one, in the declaration and in what is seen", async () => {
    const able = await ableDevice(uptick);
    await declaredPlan(uptick, able, { to: "26.6.1 (23G83)", ...BY_FRIDAY });
    await able.its.sync();
    expect(able.its.update()?.Payload).toMatchObject({ TargetOSVersion: "26.6.1", TargetBuildVersion: "23G83" });
    await able.its.arrive(version("26.6.1", "23G6083"));
    expect(await job(able)).toMatchObject({ finishedAt: null });
    await able.its.arrive(version("26.6.1", "23G83"));
    expect(await job(able)).toMatchObject({ state: "done" });
  });

  it("is seen where version and build come in two reports", async () => {
    const able = await ableDevice(uptick);
    await inForce(uptick, able);
    able.device.facts = { ...able.device.facts, OSVersion: "26.6.1" };
    await able.its.report(version("26.6.1"));
    await able.its.arrive({ "device.operating-system.build-version": "23G83" });
    expect(await job(able)).toMatchObject({ state: "done", reason: "updated" });
  });
});

describe("guarantee 3 by declaration: an error that is none", () => {
  const refuses = ({ its }: Able) =>
    its.report({
      "management.declarations": {
        configurations: [
          {
            identifier: its.update()?.Identifier,
            "server-token": its.update()?.ServerToken,
            active: true,
            valid: "invalid",
            reasons: [{ code: "Error.ConfigurationCannotBeApplied", description: "The target is older." }],
          },
        ],
      },
    });

  it("is that the target is older than what the device runs: it is there, and its declaration goes", async () => {
    const able = await ableDevice(uptick);
    await declaredPlan(uptick, able);
    await able.its.sync();
    // The user was faster: the device says it can't be applied, and only when asked what it runs.
    able.device.facts = { ...able.device.facts, OSVersion: "26.7", BuildVersion: "23H10" };
    await refuses(able);
    expect(await job(able)).toMatchObject({ state: "blocked", reason: "refused-by-device" });
    await able.device.session();
    expect(await job(able)).toMatchObject({ state: "done" });
    await expectWithdrawn(able);
  });

  it("is it in the same report as the version", async () => {
    const able = await ableDevice(uptick);
    await declaredPlan(uptick, able);
    await able.its.sync();
    const { its } = able;
    await its.ask("status", {
      StatusItems: {
        device: { "operating-system": { version: "26.7", "build-version": "23H10" } },
        management: {
          declarations: {
            configurations: [
              {
                identifier: its.update()?.Identifier,
                "server-token": its.update()?.ServerToken,
                active: true,
                valid: "invalid",
                reasons: [{ code: "Error.ConfigurationCannotBeApplied" }],
              },
            ],
          },
        },
      },
      Errors: [],
    });
    expect(await job(able)).toMatchObject({ state: "declaring", finishedAt: null });
    able.device.facts = { ...able.device.facts, OSVersion: "26.7", BuildVersion: "23H10" };
    await able.device.session();
    expect(await job(able)).toMatchObject({ state: "done" });
    const steps = (await uptick.timeline(able.device.udid)).map(({ data }) => Object(data).to as unknown);
    expect(steps).not.toContain("blocked");
  });

  it("is one for a device that is below the target: shown in its own words, with a remedy", async () => {
    const able = await ableDevice(uptick);
    await inForce(uptick, able);
    await refuses(able);
    await able.device.session();
    const blocked = await job(able);
    expect(blocked).toMatchObject({
      state: "blocked",
      reason: "refused-by-device",
      next: { dueAt: expect.any(String) },
    });
    expect(blocked.verdict.sentence).toContain("The target is older.");
    expect(blocked.verdict.remedy).toMatch(/\w/);
  });

  it("is no failure to have an Info reason, or an inactive management declaration", async () => {
    const able = await ableDevice(uptick);
    await inForce(uptick, able);
    const { its } = able;
    await its.report({
      "management.declarations": {
        configurations: [
          {
            identifier: its.update()?.Identifier,
            "server-token": its.update()?.ServerToken,
            active: true,
            valid: "valid",
            reasons: [{ code: "Info.Later" }],
          },
        ],
        management: [{ identifier: "uptick.organization", "server-token": "x", active: false, valid: "valid" }],
      },
    });
    expect(await job(able)).toMatchObject({ state: "declared", reason: "in-force" });
  });
});

describe("guarantee 3 by declaration: after the end", () => {
  it("a device that comes later than anyone waited is done all the same", async () => {
    const able = await ableDevice(uptick);
    await makePlan(uptick, [able.device.udid], BY_FRIDAY);
    await able.its.sync();
    await uptick.restart({ later: 60 * 24 * 3_600_000 });
    await expect.poll(async () => (await job(able)).state, SOON).toBe("failed");
    await able.its.arrive(ARRIVED);
    expect(await job(able)).toMatchObject({ state: "done" });
  });
});
