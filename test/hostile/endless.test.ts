/** Answers that are larger than is ever read: the device gets past them, and only what it was handed out last is ended. */
import tls from "node:tls";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  CHECKIN,
  commandBytes,
  CONNECT,
  type Device,
  enrolDevice,
  rawCommand,
  startUptick,
  storyOf,
  type Uptick,
} from "../support/index.ts";

const TOO_LARGE = 64 * 1024 * 1024 + 1;
let uptick: Uptick;
let device: Device;
beforeAll(async () => {
  uptick = await startUptick();
});
beforeEach(async () => {
  device = await enrolDevice(uptick);
  for (const uuid of ["first", "second"])
    await rawCommand(uptick, device.udid, commandBytes(uuid, { RequestType: "ProfileList" }));
  if ((await device.poll()).command?.uuid !== "first") throw new Error("it was handed another command");
});
afterAll(() => uptick.close());

/** The status that a body is answered with of which nothing but its beginning comes. */
function announce(type = CONNECT, proved = true): Promise<number> {
  return new Promise((resolve, reject) => {
    const { certificate = "", key = "" } = device.identity ?? {};
    const identity = proved ? { cert: certificate, key } : {};
    const ca = [...device.profile.roots];
    const socket = tls.connect({ host: "localhost", port: uptick.devicePort, ca, ...identity });
    const head = `PUT /mdm HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nContent-Length: ${TOO_LARGE}\r\n\r\n<plist>`;
    socket.on("secureConnect", () => socket.write(head));
    socket.on("data", (part: Buffer) => {
      resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(part.toString("latin1"))?.[1]));
      socket.destroy();
    });
    socket.on("error", reject);
  });
}
const times = async (n: number, say: () => Promise<number>): Promise<number[]> => {
  const said: number[] = [];
  for (let nth = 0; nth < n; nth += 1) said.push(await say());
  return said;
};
const outstanding = async (): Promise<string[]> =>
  (await uptick.device(device.udid)).outstanding.map(({ commandUuid: uuid }) => uuid);

describe("an answer of more than 64 MiB", () => {
  it("ends its command at the third time, with the reason where the admin looks, and the device gets the next", async () => {
    expect(await times(3, announce)).toEqual([413, 413, 200]);
    expect(await outstanding()).toEqual(["second"]);
    const entry = (await storyOf(uptick, device.udid)).find(({ kind }) => kind === "answer-unreadable");
    expect(entry?.data).toMatchObject({ uuid: "first", code: "plist-too-large" });
    // The 200 did not reach it: it says the same again, and what it was not given is not ended.
    expect(await times(3, announce)).toEqual([200, 200, 200]);
    expect(await outstanding()).toEqual(["second"]);
    expect((await device.poll()).command?.uuid).toBe("second");
  });

  it("ends nothing when the device continues without help", async () => {
    for (let nth = 0; nth < 3; nth += 1) {
      expect(await times(2, announce)).toEqual([413, 413]);
      expect((await device.poll()).command?.uuid).toBe("first");
    }
    expect(await outstanding()).toEqual(["first", "second"]);
  });

  it("ends nothing as a check-in, or from a sender without proof", async () => {
    expect(await times(4, () => announce(CHECKIN))).toEqual([413, 413, 413, 413]);
    expect(await times(4, () => announce(CONNECT, false))).toEqual([413, 413, 413, 413]);
    expect(await outstanding()).toEqual(["first", "second"]);
  });
});
