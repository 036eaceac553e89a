/** What a device says that we don't know is kept and shown, never a crash. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Real, writePlist } from "../../simulator/index.ts";
import {
  msOf,
  CONNECT,
  commandBytes,
  type Device,
  enrolDevice,
  IPHONE,
  makePlan,
  memoryOf,
  NOTHING_IN_PROGRESS,
  rawCommand,
  result,
  startUptick,
  storyOf,
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

const question = { RequestType: "ProfileList" };

describe("guarantee 9: what we do not know", () => {
  it("as Status of an answer closes the command and is shown as it came, with its bytes", async () => {
    await rawCommand(uptick, device.udid, commandBytes("odd", question));
    await device.poll();
    const reply = await device.poll("Postponed", { CommandUUID: "odd", Until: "the moon is full" });
    expect([reply.status, reply.body.length]).toEqual([200, 0]);
    const [last] = (await storyOf(uptick, device.udid)).slice(-1);
    expect(last).toMatchObject({ kind: "answer", data: { status: "Postponed" } });
    expect(await uptick.message(device.udid, last)).toContain("moon");
    expect(last?.sentence).toContain("Postponed");
    const answer = await rawCommand(uptick, device.udid, commandBytes("odd", question));
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining("the moon is full")]);
  });

  it("as Status of a job's command leaves the job with a reason that names it and a next action", async () => {
    await makePlan(uptick, [device.udid]);
    await device.session({
      OSUpdateStatus: NOTHING_IN_PROGRESS,
      ScheduleOSUpdate: ({ uuid }) => ({ Status: "Postponed", CommandUUID: uuid }),
    });
    const { job, outstanding } = await uptick.device(device.udid);
    expect(outstanding.map(({ requestType }) => requestType)).not.toContain("ScheduleOSUpdate");
    expect(job).toMatchObject({
      finishedAt: null,
      next: { dueAt: expect.any(String) },
      verdict: { reason: expect.any(String) },
    });
    expect((await storyOf(uptick, device.udid)).some(({ sentence: text }) => text.includes("Postponed"))).toBe(true);
  });

  it("as status of an update is shown in the verdict and asked about later", async () => {
    await makePlan(uptick, [device.udid]);
    await device.session({
      OSUpdateStatus: NOTHING_IN_PROGRESS,
      ScheduleOSUpdate: result("Teleport", "UpdateAvailable"),
    });
    const { job } = await uptick.device(device.udid);
    expect(job).toMatchObject({ finishedAt: null, next: { action: "look-again" } });
    const entries = (await storyOf(uptick, device.udid)).filter(({ data }) => Object(data).purpose === "download");
    const answer = await uptick.message(
      device.udid,
      entries.findLast(({ kind }) => kind === "answer"),
    );
    expect(answer).toContain("Teleport");
    expect(answer).toContain("UpdateAvailable");
  });

  it("as fact is kept with its age, whatever its type", async () => {
    device.facts = { ...IPHONE };
    await rawCommand(
      uptick,
      device.udid,
      commandBytes("facts", { RequestType: "DeviceInformation", Queries: ["OSVersion"] }),
    );
    const { command } = await device.poll();
    const date = new Date(Date.UTC(2026, 7, 1));
    const odd = {
      Mood: "fine",
      Weight: new Real(1.5),
      Since: date,
      Parts: [1, { Deep: true }],
      Blob: Buffer.from("x"),
    };
    await device.poll("Acknowledged", {
      CommandUUID: command?.uuid ?? "",
      QueryResponses: { ...device.facts, ...odd, __proto__: null } as never,
    });
    const { facts } = await uptick.device(device.udid);
    const fact = (wanted: string): unknown => facts.find(({ name }) => name === wanted)?.value;
    expect(["Mood", "Weight", "Since", "Parts", "Blob"].map(fact)).toEqual([
      "fine",
      1.5,
      "2026-08-01T00:00:00.000Z",
      [1, { Deep: true }],
      "[data 1 bytes]",
    ]);
    expect(facts.every(({ reportedAt }) => msOf(reportedAt) > 0)).toBe(true);
  });

  it("as check-in message is answered 200, kept and shown, and changes nothing", async () => {
    const before = memoryOf(uptick);
    const reply = await device.checkIn({ MessageType: "TeaTime", Kettle: "hot", Sugar: 2 });
    expect([reply.status, reply.body.length]).toEqual([200, 0]);
    const [last] = (await storyOf(uptick, device.udid)).slice(-1);
    expect(last).toMatchObject({ kind: "check-in-other" });
    expect(await uptick.message(device.udid, last)).toContain("Kettle");
    expect(last?.sentence).toContain("TeaTime");
    expect(memoryOf(uptick)).toEqual(before);
  });

  it("as key of a known message is kept beside what is known", async () => {
    await device.tokenUpdate({ FavouriteColour: "green" });
    const [last] = (await storyOf(uptick, device.udid)).filter(({ kind }) => kind === "token-update").slice(-1);
    expect(await uptick.message(device.udid, last)).toContain("FavouriteColour");
    expect(await uptick.device(device.udid)).toMatchObject({ enrollment: "enrolled", pushable: true });
  });

  it("as type of a known key never stops a poll", async () => {
    await rawCommand(uptick, device.udid, commandBytes("types", question));
    await device.poll();
    for (const odd of [{ CommandUUID: 7 }, { ErrorChain: 7 }, { ErrorChain: [7, { ErrorCode: "x" }] }, { UserID: 7 }]) {
      const report = { UDID: device.udid, Status: "Error", ...odd };
      expect((await device.put(writePlist(report), CONNECT)).status).toBe(200);
    }
    expect((await device.poll("Acknowledged", { CommandUUID: "types" })).status).toBe(200);
    expect((await uptick.device(device.udid)).outstanding).toEqual([]);
  });

  it("as platform and model is enrolled, shown, and refused by plans with a reason", async () => {
    const facts = { OSVersion: "3.1", BuildVersion: "1A1", ProductName: "HoloLamp1,1", IsSupervised: true };
    const lamp = await enrolDevice(uptick, { facts });
    expect(await uptick.device(lamp.udid)).toMatchObject({
      productName: "HoloLamp1,1",
      platform: null,
      osVersion: "3.1",
    });
    await makePlan(uptick, [lamp.udid]);
    expect((await uptick.device(lamp.udid)).job).toMatchObject({
      state: "refused",
      verdict: { remedy: expect.any(String) },
    });
  });
});
