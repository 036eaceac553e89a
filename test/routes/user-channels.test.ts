/** User channels have no part in updates: they are answered as Apple wants, and never touch the device's own channel. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandBytes, enrolDevice, rawCommand, startUptick, type Uptick } from "../support/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

describe("a user channel", () => {
  it.each([
    ["a Mac's", { UserID: "6D8A1A3C-0000-4000-8000-000000000001", UserShortName: "kim", UserLongName: "Kim Doe" }],
    ["a Shared iPad's", { UserID: "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", UserShortName: "kim@example.org" }],
  ])("%s gets 410, 200 and nothing to do; token and queue of the device stay", async (_whose, user) => {
    const device = await enrolDevice(uptick);
    await rawCommand(uptick, device.udid, commandBytes("for-the-device", { RequestType: "ProfileList" }));
    const { id } = await uptick.device(device.udid);
    const secrets = () => JSON.stringify(uptick.rows("SELECT * FROM secret WHERE owner = ? ORDER BY name", id));
    const before = secrets();
    expect((await device.checkIn({ MessageType: "UserAuthenticate", ...user })).status).toBe(410);
    const Token = randomBytes(32);
    const update = { MessageType: "TokenUpdate", Token, PushMagic: "the user's", ...user };
    expect((await device.checkIn(update)).status).toBe(200);
    for (const [status, extra] of [
      ["Idle", {}],
      ["Acknowledged", { CommandUUID: "for-the-device" }],
      ["Error", { CommandUUID: "for-the-device" }],
    ] as const) {
      const reply = await device.poll(status, { ...user, ...extra });
      expect([status, reply.status, reply.body.length]).toEqual([status, 200, 0]);
    }
    expect((await device.checkIn({ MessageType: "CheckOut", ...user })).status).toBe(200);
    expect(secrets()).toBe(before);
    expect(await uptick.device(device.udid)).toMatchObject({ enrollment: "enrolled", pushable: true });
    expect((await uptick.timeline(device.udid)).map(({ sentence: text }) => text)).toContain(
      "Sends TokenUpdate (user channel)",
    );
    expect((await device.poll()).command?.uuid).toBe("for-the-device");
  });
});
