/** A user enrollment is asked only what Apple allows there: after enrollment, daily, and by an admin's command. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { list, writePlist } from "../../simulator/index.ts";
import {
  CHECKIN,
  commandBytes,
  CONNECT,
  type Device,
  enrolDevice,
  newDevice,
  rawCommand,
  type Received,
  SOON,
  startUptick,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

/** Source: mdm/commands/information.device.yaml, `userenrollment: mode: forbidden`. */
const FORBIDDEN = [
  "SerialNumber",
  "AwaitingConfiguration",
  "OSUpdateSettings",
  "SoftwareUpdateDeviceID",
  "SoftwareUpdateSettings",
];

const queriesOf = (command: Received | undefined): readonly unknown[] =>
  command?.requestType === "DeviceInformation" ? (list(command.body, "Queries") ?? []) : [];

/** It names itself by its EnrollmentID, and has neither UDID nor serial number. */
async function enrolUser(facts: Device["facts"]): Promise<Device> {
  const device = await newDevice(uptick, { facts });
  const EnrollmentID = device.udid;
  const { Topic, token, magic } = { Topic: device.profile.mdm.topic, ...device.secrets };
  for (const message of [
    { MessageType: "Authenticate", ...facts },
    { MessageType: "TokenUpdate", Token: token, PushMagic: magic },
  ]) {
    const reply = await device.put(writePlist({ EnrollmentID, Topic, ...message }), CHECKIN);
    expect(reply.status).toBe(200);
  }
  return device;
}

/** All it is asked in a session; it acknowledges everything and says only its version. */
async function asked(device: Device): Promise<Received[]> {
  const say = (keys: Parameters<typeof writePlist>[0]) =>
    device.put(writePlist({ EnrollmentID: device.udid, ...keys }), CONNECT);
  const seen: Received[] = [];
  let { command } = await say({ Status: "Idle" });
  while (command !== undefined && seen.length < 10) {
    seen.push(command);
    const answers = { QueryResponses: { OSVersion: "26.5" }, SecurityInfo: {} };
    ({ command } = await say({ Status: "Acknowledged", CommandUUID: command.uuid, ...answers }));
  }
  return seen;
}

describe("a user enrollment", () => {
  it.each([
    ["an iPhone", { OSVersion: "26.5", BuildVersion: "23F77", ProductName: "iPhone15,2" }],
    ["a Mac", { OSVersion: "26.5", BuildVersion: "25F70", ProductName: "Mac14,2" }],
    ["a device of a kind we don't know", { OSVersion: "1.0", BuildVersion: "1A1", ProductName: "Gadget1,1" }],
  ])("of %s is asked only what Apple allows there, then and a day later", async (_whose, facts) => {
    const device = await enrolUser(facts);
    expect(await uptick.device(device.udid)).toMatchObject({ userEnrollment: true });
    const first = await asked(device);
    await uptick.restart({ later: 25 * 3_600_000 });
    await expect
      .poll(async () => (await uptick.device(device.udid)).outstanding.length, SOON)
      .toBeGreaterThanOrEqual(2);
    for (const commands of [first, await asked(device)]) {
      const queries = commands.flatMap(queriesOf);
      expect(queries).toEqual(expect.arrayContaining(["OSVersion", "BuildVersion", "ProductName"]));
      expect(queries.filter((query) => FORBIDDEN.some((name) => name === query))).toEqual([]);
    }
  });

  it("is not asked it by an admin either, who is told which query the rule is about", async () => {
    const facts = { OSVersion: "26.5", BuildVersion: "25F70", ProductName: "Mac14,2" };
    const device = await enrolUser(facts);
    await asked(device);
    const command = (uuid: string, ...Queries: string[]) =>
      rawCommand(uptick, device.udid, commandBytes(uuid, { RequestType: "DeviceInformation", Queries }));
    const refused = await command("serial", "OSVersion", "SerialNumber");
    expect([refused.status, refused.problem().code]).toEqual([422, "command-not-allowed"]);
    expect(refused.problem().detail).toContain("Queries[1]: SerialNumber is forbidden in a user enrollment");
    expect((await command("version", "OSVersion")).status).toBe(202);
  });
});

describe("a device enrollment", () => {
  it("is asked for its serial number", async () => {
    const device = await enrolDevice(uptick);
    await uptick.restart({ later: 25 * 3_600_000 });
    await expect
      .poll(async () => (await uptick.device(device.udid)).outstanding.length, SOON)
      .toBeGreaterThanOrEqual(2);
    expect((await device.session()).flatMap(queriesOf)).toContain("SerialNumber");
  });
});
