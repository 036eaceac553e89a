/** An admin takes back what was sent through the raw command API: whole while it waits, as far as that goes afterwards. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  commandBytes,
  type Device,
  enrolDevice,
  kindsOf,
  makePlan,
  NOTHING_IN_PROGRESS,
  rawCommand,
  SOON,
  startUptick,
  stopPlan,
  typesOf,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
let device: Device;
beforeAll(async () => {
  uptick = await startUptick();
});
beforeEach(async () => {
  device = await enrolDevice(uptick);
});
afterAll(() => uptick.close());

const ERASE = { RequestType: "EraseDevice" };
const erase = (uuid: string) => rawCommand(uptick, device.serial, commandBytes(uuid, ERASE), 0, "EraseDevice");
const withdraw = (uuid: string, ref = device.serial) =>
  uptick.web.request("POST", `/api/v1/devices/${ref}/commands/${uuid}/withdraw`, {
    headers: { accept: "application/json" },
  });
const outstanding = async () => (await uptick.device(device.udid)).outstanding.map(({ commandUuid: uuid }) => uuid);

describe("a command of the raw command API", () => {
  it("is withdrawn while it waits: the device never hears of it, who asks is told, and a second time changes nothing", async () => {
    expect((await erase("e-1")).status).toBe(202);
    const waits = rawCommand(uptick, device.serial, commandBytes("e-1", ERASE), 20, "EraseDevice");
    for (let nth = 0; nth < 2; nth += 1) {
      const reply = await withdraw("e-1");
      expect([reply.status, reply.json()]).toEqual([
        200,
        {
          kind: "closed",
          commandUuid: "e-1",
          reason: "withdrawn",
          requestType: "EraseDevice",
          createdBy: "token:first",
        },
      ]);
    }
    const told = await waits;
    expect([told.status, told.problem().code]).toEqual([410, "command-closed"]);
    expect(typesOf(await device.session())).not.toContain("EraseDevice");
    expect(await outstanding()).toEqual([]);
    expect((await kindsOf(uptick, device.udid)).filter((kind) => kind === "command-closed")).toHaveLength(1);
  });

  it("is withdrawn after NotNow as well, since the device has not taken it", async () => {
    await rawCommand(uptick, device.serial, commandBytes("l-1", { RequestType: "ProfileList" }));
    expect((await device.poll()).command?.uuid).toBe("l-1");
    await device.poll("NotNow", { CommandUUID: "l-1" });
    expect((await withdraw("l-1")).json()).toMatchObject({ reason: "withdrawn" });
    expect((await device.poll()).command).toBeUndefined();
  });

  it("can't be recalled once it was delivered: the reply says so, it is not sent again, and a late answer is stored", async () => {
    await rawCommand(uptick, device.serial, commandBytes("l-2", { RequestType: "ProfileList" }));
    expect((await device.poll()).command?.uuid).toBe("l-2");
    expect((await withdraw("l-2")).json()).toMatchObject({ kind: "closed", reason: "answer-lost" });
    expect((await device.poll()).command).toBeUndefined();
    expect((await device.poll("Acknowledged", { CommandUUID: "l-2", ProfileList: [] })).status).toBe(200);
    expect(await kindsOf(uptick, device.udid)).toContain("answer-late");
  });

  it("is left as it is when it has been answered", async () => {
    await rawCommand(uptick, device.serial, commandBytes("l-3", { RequestType: "ProfileList" }));
    await device.poll();
    await device.poll("Acknowledged", { CommandUUID: "l-3", ProfileList: [] });
    expect((await withdraw("l-3")).json()).toMatchObject({ kind: "answered", status: "Acknowledged" });
  });

  it("makes room for another update command", async () => {
    const update = (uuid: string) =>
      rawCommand(
        uptick,
        device.serial,
        commandBytes(uuid, {
          RequestType: "ScheduleOSUpdate",
          Updates: [{ InstallAction: "Default", ProductVersion: "26.6.1" }],
        }),
      );
    expect((await update("u-1")).status).toBe(202);
    expect((await update("u-2")).status).toBe(409);
    await withdraw("u-1");
    expect((await update("u-2")).status).toBe(202);
    expect(await outstanding()).toEqual(["u-2"]);
  });

  it("stays withdrawn over a restart", async () => {
    await erase("e-2");
    await withdraw("e-2");
    await uptick.restart();
    expect(await device.session()).toEqual([]);
  });
});

describe("what is no admin's to withdraw", () => {
  it("is a plan's command: its plan is to be stopped", async () => {
    const { id } = await makePlan(uptick, [device.udid]);
    await expect
      .poll(async () => {
        await device.session({ OSUpdateStatus: NOTHING_IN_PROGRESS, ScheduleOSUpdate: undefined });
        return (await uptick.device(device.udid)).outstanding.map(({ requestType }) => requestType);
      }, SOON)
      .toContain("ScheduleOSUpdate");
    const [uuid = ""] = await outstanding();
    const reply = await withdraw(uuid);
    expect([reply.status, reply.problem().code]).toEqual([409, "command-not-raw"]);
    expect(await outstanding()).toContain(uuid);
    await stopPlan(uptick, id);
  });

  it.each([
    ["a command that is not there", () => withdraw("none"), "command-unknown"],
    [
      "another device's",
      async () => (await erase("e-3"), withdraw("e-3", (await enrolDevice(uptick)).serial)),
      "command-unknown",
    ],
    ["a device that is not there", () => withdraw("none", "NOBODY"), "device-unknown"],
  ])("is %s", async (_what, say, code) => {
    const reply = await say();
    expect([reply.status, reply.problem().code]).toEqual([404, code]);
  });
});
