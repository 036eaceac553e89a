/** What takes a device away from its user or from us does not go through the raw command API by mistake. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PlistDict } from "../../simulator/index.ts";
import {
  commandBytes,
  type Device,
  enrolDevice,
  memoryOf,
  rawCommand,
  startUptick,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
let device: Device;
beforeAll(async () => {
  uptick = await startUptick();
  device = await enrolDevice(uptick);
});
afterAll(() => uptick.close());

const ours = (): string => device.profile.identifier;
const profile = (text: string): PlistDict => ({ RequestType: "InstallProfile", Payload: Buffer.from(text) });
const DANGEROUS: readonly (readonly [string, () => PlistDict])[] = [
  ["EraseDevice", () => ({ RequestType: "EraseDevice" })],
  ["DeviceLock", () => ({ RequestType: "DeviceLock" })],
  ["ClearPasscode", () => ({ RequestType: "ClearPasscode", UnlockToken: Buffer.from("u") })],
  ["ShutDownDevice", () => ({ RequestType: "ShutDownDevice" })],
  ["RemoveProfile", () => ({ RequestType: "RemoveProfile", Identifier: ours() })],
  ["InstallProfile", () => profile(`<plist><string>${ours()}</string></plist>`)],
];

describe("a dangerous raw command", () => {
  it.each(DANGEROUS)("%s is refused with the remedy, and changes nothing", async (requestType, body) => {
    const before = memoryOf(uptick);
    for (const allow of [undefined, "yes", "RestartDevice"]) {
      const reply = await rawCommand(uptick, device.udid, commandBytes(`no-${requestType}`, body()), 0, allow);
      expect([reply.status, reply.problem().code]).toEqual([422, "command-dangerous"]);
      expect(reply.problem().detail).toContain(requestType);
    }
    expect(memoryOf(uptick)).toEqual(before);
    expect((await device.poll()).command).toBeUndefined();
  });

  it.each(DANGEROUS)("%s goes out when it is said again", async (requestType, body) => {
    const uuid = `yes-${requestType}`;
    expect((await rawCommand(uptick, device.udid, commandBytes(uuid, body()), 0, requestType)).status).toBe(202);
    expect((await device.poll()).command?.uuid).toBe(uuid);
    await device.poll("Acknowledged", { CommandUUID: uuid });
  });

  it("is asked after again without its name: nothing goes out by that", async () => {
    const bytes = commandBytes("asked-after", { RequestType: "ShutDownDevice" });
    expect((await rawCommand(uptick, device.udid, bytes, 0, "ShutDownDevice")).status).toBe(202);
    expect((await rawCommand(uptick, device.udid, bytes)).status).toBe(202);
    await device.poll();
    await device.poll("Acknowledged", { CommandUUID: "asked-after" });
    expect((await rawCommand(uptick, device.udid, bytes)).status).toBe(200);
  });

  it.each<[string, PlistDict]>([
    ["another profile removed", { RequestType: "RemoveProfile", Identifier: "org.example.wifi" }],
    ["another profile installed", profile("<plist><string>org.example.wifi</string></plist>")],
    ["a restart", { RequestType: "RestartDevice" }],
  ])("is not: %s", async (name, body) => {
    const uuid = name.replaceAll(" ", "-");
    expect((await rawCommand(uptick, device.udid, commandBytes(uuid, body))).status).toBe(202);
    await device.poll();
    await device.poll("Acknowledged", { CommandUUID: uuid });
  });
});
