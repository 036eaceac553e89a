/** A device in Setup Assistant waits for DeviceConfigured: it has what it is to have by then, or ten minutes have passed. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  BY_FRIDAY,
  CAPABLE,
  commandBytes,
  declarative,
  type Device,
  type DeviceOptions,
  IPHONE,
  jobOf,
  makePlan,
  makePolicy,
  newDevice,
  NOTHING_IN_PROGRESS,
  profiles,
  rawCommand,
  scheduleUpdate,
  SOON,
  startUptick,
  typesOf,
  type Uptick,
} from "../support/index.ts";

const MINUTE = 60_000;
let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

async function waiting(options: DeviceOptions = {}) {
  const device = await newDevice(uptick, options);
  await device.authenticate();
  await device.tokenUpdate({ AwaitingConfiguration: true });
  return device;
}
/** Its OS takes no declarations. */
const OLD = { facts: { ...IPHONE, OSVersion: "14.8.1", BuildVersion: "18H107" } };

describe("a device that awaits its configuration", () => {
  it("is released when it has answered what must be known, in the same session", async () => {
    const device = await waiting(OLD);
    expect(typesOf(await device.session())).toEqual(["DeviceInformation", "SecurityInfo", "DeviceConfigured"]);
    expect(await device.session()).toEqual([]);
  });

  it("is released when it has fetched its declarations and reported, not before", async () => {
    const device = await waiting({ refusesDeclarations: false });
    const its = declarative(device);
    const first = await device.session({ DeclarativeManagement: {} });
    expect(typesOf(first)).toEqual(["DeviceInformation", "SecurityInfo", "DeclarativeManagement"]);
    expect(await its.sync()).toBe(true);
    expect(typesOf(await device.session())).toEqual([]);
    await its.report({}, { full: true, declarations: true });
    expect(typesOf(await device.session())).toEqual(["DeviceConfigured"]);
  });

  it("is released where it refuses declarative management", async () => {
    const device = await waiting();
    expect(typesOf(await device.session()).at(-1)).toBe("DeviceConfigured");
  });

  it("is released after ten minutes whatever it has not done, and again within a quarter of an hour", async () => {
    const device = await waiting(OLD);
    const first = (await device.poll()).command;
    expect(first?.requestType).toBe("DeviceInformation");
    await uptick.restart({ later: 9 * MINUTE });
    expect((await device.poll()).command?.uuid).toBe(first?.uuid);
    await uptick.restart({ later: 2 * MINUTE });
    await expect.poll(async () => (await device.poll()).command?.requestType, SOON).toBe("DeviceConfigured");
    await device.session({ DeviceConfigured: { Status: "Error", ErrorChain: [] } });
    expect(await device.session()).toEqual([]);
    await uptick.restart({ later: 16 * MINUTE });
    await expect.poll(async () => (await device.poll()).command?.requestType, SOON).toBe("DeviceConfigured");
  });

  it("is told once more at its next Idle when it never answered", async () => {
    const device = await waiting(OLD);
    await device.session({ DeviceConfigured: undefined });
    const first = (await device.poll()).command;
    const again = (await device.poll()).command;
    expect([again?.requestType, again?.uuid]).toEqual(["DeviceConfigured", first?.uuid]);
  });
});

/** As far as the server has to know a device for a plan; nothing of declarations yet. */
async function answersQuestion(device: Device): Promise<void> {
  const first = (await device.poll()).command;
  const second = await device.poll("Acknowledged", { CommandUUID: first?.uuid, QueryResponses: device.facts });
  expect([first?.requestType, second.command?.requestType]).toEqual(["DeviceInformation", "SecurityInfo"]);
}

describe("a device that awaits its configuration and has a plan", () => {
  const order = commandBytes("order-1", scheduleUpdate("InstallASAP"));
  it.each<[string, (device: Device) => Promise<unknown>]>([
    ["the plan's", ({ udid }) => makePlan(uptick, [udid])],
    ["an admin's", ({ udid }) => rawCommand(uptick, udid, order)],
  ])("gets %s order to update after it is let out, not before", async (_whose, send) => {
    const device = await waiting();
    await answersQuestion(device);
    await send(device);
    const seen = typesOf(await device.session({ OSUpdateStatus: NOTHING_IN_PROGRESS, ScheduleOSUpdate: undefined }));
    expect(seen).toContain("DeviceConfigured");
    expect(seen.indexOf("ScheduleOSUpdate")).toBeGreaterThan(seen.indexOf("DeviceConfigured"));
  });

  it("has its update declaration before it is let out", async () => {
    const device = await waiting({ refusesDeclarations: false });
    const its = declarative(device);
    await answersQuestion(device);
    await makePlan(uptick, [device.udid], BY_FRIDAY);
    const seen: string[] = [];
    while (!seen.includes("DeviceConfigured") && seen.length < 20) {
      const told = its.update() !== undefined && (await jobOf(uptick, device.udid)).state === "declared";
      seen.push(...typesOf(await device.session()), told ? "declared" : "not declared");
      if (await its.sync())
        await its.report({ "management.client-capabilities": CAPABLE }, { full: true, declarations: true });
    }
    expect(seen.at(-1)).toBe("declared");
    expect(seen.at(-2)).toBe("DeviceConfigured");
  });
});

describe("a device that was erased and awaits its configuration anew", () => {
  it("is prepared anew, and the order whose answer went with it is not called untaken", async () => {
    const { udid, serial, ...device } = await waiting(OLD);
    expect(typesOf(await device.session())).toContain("DeviceConfigured");
    await rawCommand(uptick, udid, commandBytes("erase-1", { RequestType: "EraseDevice" }), 0, "EraseDevice");
    expect((await device.poll()).command?.uuid).toBe("erase-1");
    await uptick.restart({ later: 60 * MINUTE });

    const again = await waiting({ ...OLD, udid, serial });
    const lost = await uptick.web.request("GET", `/api/v1/devices/${udid}/commands/erase-1`);
    expect([lost.status, lost.problem().detail]).toEqual([410, expect.stringContaining("may have carried it out")]);
    expect(typesOf(await again.session())).toEqual(["DeviceInformation", "SecurityInfo", "DeviceConfigured"]);
  });
});

describe("a device that awaits its configuration and has a policy", () => {
  it("is let out when it has answered to the profile, be it with an error", async () => {
    await makePolicy(uptick, ["all"], { Deferrals: { CombinedPeriodInDays: 7 } });
    const kept = profiles();
    for (const says of [kept.says, {}]) {
      const device = await waiting(OLD);
      const seen = typesOf(await device.session(says));
      expect(seen).toEqual(["DeviceInformation", "InstallProfile", "SecurityInfo", "DeviceConfigured"]);
    }
    expect(kept.held.size).toBe(1);
  });
});
