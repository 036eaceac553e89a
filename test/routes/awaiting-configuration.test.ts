/** A device in Setup Assistant waits for DeviceConfigured: it has what it is to have by then, or ten minutes have passed. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { declarative, type DeviceOptions, IPHONE, newDevice, startUptick, type Uptick } from "../support/index.ts";

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
const kinds = (commands: readonly { readonly requestType: string }[]): string[] =>
  commands.map(({ requestType }) => requestType);

describe("a device that awaits its configuration", () => {
  it("is released when it has answered what must be known, in the same session", async () => {
    const device = await waiting(OLD);
    expect(kinds(await device.session())).toEqual(["DeviceInformation", "SecurityInfo", "DeviceConfigured"]);
    expect(await device.session()).toEqual([]);
  });

  it("is released when it has fetched its declarations and reported, not before", async () => {
    const device = await waiting({ refusesDeclarations: false });
    const its = declarative(device);
    const first = await device.session({ DeclarativeManagement: {} });
    expect(kinds(first)).toEqual(["DeviceInformation", "SecurityInfo", "DeclarativeManagement"]);
    expect(await its.sync()).toBe(true);
    expect(kinds(await device.session())).toEqual([]);
    await its.report({}, { full: true, declarations: true });
    expect(kinds(await device.session())).toEqual(["DeviceConfigured"]);
  });

  it("is released where it refuses declarative management", async () => {
    const device = await waiting();
    expect(kinds(await device.session()).at(-1)).toBe("DeviceConfigured");
  });

  it("is released after ten minutes whatever it has not done, and again within a quarter of an hour", async () => {
    const device = await waiting(OLD);
    const first = (await device.poll()).command;
    expect(first?.requestType).toBe("DeviceInformation");
    await uptick.restart({ later: 9 * MINUTE });
    expect((await device.poll()).command?.uuid).toBe(first?.uuid);
    await uptick.restart({ later: 2 * MINUTE });
    await expect
      .poll(async () => (await device.poll()).command?.requestType, { timeout: 5000, interval: 100 })
      .toBe("DeviceConfigured");
    await device.session({ DeviceConfigured: { Status: "Error", ErrorChain: [] } });
    expect(await device.session()).toEqual([]);
    await uptick.restart({ later: 16 * MINUTE });
    await expect
      .poll(async () => (await device.poll()).command?.requestType, { timeout: 5000, interval: 100 })
      .toBe("DeviceConfigured");
  });

  it("is told once more at its next Idle when it never answered", async () => {
    const device = await waiting(OLD);
    await device.session({ DeviceConfigured: undefined });
    const first = (await device.poll()).command;
    const again = (await device.poll()).command;
    expect([again?.requestType, again?.uuid]).toEqual(["DeviceConfigured", first?.uuid]);
  });
});
