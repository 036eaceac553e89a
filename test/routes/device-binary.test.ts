/** A device that speaks binary property lists, over the real listener. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PlistValue } from "../../src/protocol/index.ts";
import { writeBinary } from "../../src/protocol/plist/binary-writer.suite.ts";
import { CHECKIN, CONNECT, type Device, newDevice, startUptick, storyOf, type Uptick } from "../support/index.ts";

let uptick: Uptick;
let device: Device;
beforeAll(async () => {
  uptick = await startUptick();
  device = await newDevice(uptick);
});
afterAll(async () => {
  device.close();
  await uptick.close();
});

const binary = (entries: Readonly<Record<string, PlistValue>>): Buffer =>
  writeBinary(new Map<string, PlistValue>([["UDID", device.udid], ...Object.entries(entries)]));

describe("a device with binary property lists", () => {
  it("enrolls, escrows its token, takes commands and answers them; nothing of its secrets is kept in clear", async () => {
    const topic = { Topic: "com.apple.mgmt.External.test" };
    const secrets = { PushMagic: "the-magic", Token: new Uint8Array(Buffer.from("the-token-the-token-the-token-32")) };
    const said = [
      await device.put(binary({ MessageType: "Authenticate", ...topic, OSVersion: "26.6.1" }), CHECKIN),
      await device.put(binary({ MessageType: "TokenUpdate", ...topic, ...secrets }), CHECKIN),
    ];
    expect(said.map(({ status }) => status)).toEqual([200, 200]);
    const first = await device.put(binary({ Status: "Idle" }), CONNECT);
    const uuid = first.command?.uuid ?? "";
    expect(first.command?.requestType).toBe("DeviceInformation");
    const answers = new Map<string, PlistValue>([["DeviceName", "B"]]);
    const answer = { Status: "Acknowledged", CommandUUID: uuid, QueryResponses: answers };
    expect((await device.put(binary(answer), CONNECT)).status).toBe(200);

    const story = await storyOf(uptick, device.udid);
    const raws = (await Promise.all(story.map((entry) => uptick.message(device.udid, entry)))).join("\n");
    expect(raws).toContain("<key>MessageType</key>");
    expect(raws).toContain("<key>QueryResponses</key>");
    expect(raws).not.toContain("bplist");
    for (const secret of ["the-magic", Buffer.from(secrets.Token).toString("base64")])
      expect(raws).not.toContain(secret);
    expect((await uptick.device(device.udid)).name).toBe("B");
  });

  it("is told 400 for one that would fill the memory, and may go on", async () => {
    const loop = Buffer.concat([Buffer.from("bplist00"), Buffer.from([0xa1, 0, 8]), Buffer.alloc(32)]);
    loop.set([0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10], 11);
    expect((await device.put(loop, CONNECT)).status).toBe(400);
    expect((await device.put(binary({ Status: "Idle" }), CONNECT)).status).toBe(200);
  });
});
