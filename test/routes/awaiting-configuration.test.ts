/** A device in Setup Assistant waits for DeviceConfigured: it must get it soon, whatever else fails. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newDevice, startUptick, type Uptick } from "../support/index.ts";

const MINUTE = 60_000;
let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

async function waiting() {
  const device = await newDevice(uptick);
  await device.authenticate();
  await device.tokenUpdate({ AwaitingConfiguration: true });
  return device;
}

describe("a device that awaits its configuration", () => {
  it("is released by the first command it gets, before any question", async () => {
    const device = await waiting();
    const { command } = await device.poll();
    expect(command?.requestType).toBe("DeviceConfigured");
    const next = await device.poll("Acknowledged", { CommandUUID: command?.uuid ?? "" });
    expect(next.command?.requestType).toBe("DeviceInformation");
    expect((await device.session()).map(({ requestType }) => requestType)).not.toContain("DeviceConfigured");
  });

  it("is released again within a quarter of an hour when it could not take the command", async () => {
    const device = await waiting();
    const { command } = await device.poll();
    await device.poll("Error", { CommandUUID: command?.uuid ?? "", ErrorChain: [] });
    await device.session();
    await uptick.restart({ later: 16 * MINUTE });
    await expect
      .poll(async () => (await device.poll()).command?.requestType, { timeout: 5000, interval: 100 })
      .toBe("DeviceConfigured");
  });

  it("is told once more at its next Idle when it never answered", async () => {
    const device = await waiting();
    const first = (await device.poll()).command;
    const again = (await device.poll()).command;
    expect([again?.requestType, again?.uuid]).toEqual(["DeviceConfigured", first?.uuid]);
  });
});
