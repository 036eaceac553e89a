/** A request that is under way when the server is to stop, or when its client is gone: as devices send it, and the framework's way. */
import { once } from "node:events";
import net from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type PlistDict, writePlist } from "../../simulator/index.ts";
import {
  CONNECT,
  type Device,
  enrolDevice,
  kindsOf,
  memoryOf,
  startUptick,
  type Uptick,
  type UptickOptions,
} from "../support/index.ts";
import { rawTalk } from "../support/raw-https.ts";

const WAYS = [
  ["as devices send it", CONNECT],
  ["by the framework", `${CONNECT}; way=framework`],
] as const;
const ANSWER = "HTTP/1.1 200 OK | content-length: 0 | Connection: keep-alive | Keep-Alive: timeout=75";
const LAST = "HTTP/1.1 200 OK | connection: close | content-length: 0";
const LATE =
  'HTTP/1.1 408 Request Timeout | Content-Length: 71 | Content-Type: application/json || {"error":"Request Timeout","message":"Client Timeout","statusCode":408}';

let uptick: Uptick;
let device: Device;
afterEach(() => uptick.close());

let restarted: Promise<void> | undefined;
const restart = (): void => void (restarted = uptick.restart());

async function begin(limits: UptickOptions["limits"] = {}): Promise<void> {
  uptick = await startUptick({ limits });
  device = await enrolDevice(uptick);
  device.close();
}

const request = (type: string, message: PlistDict): Buffer => {
  const body = writePlist({ UDID: device.udid, ...message });
  const head = `PUT /mdm HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
};

describe.each(WAYS)("a request that is under way, %s", (_way, type) => {
  /** One that is answered, and in the same piece of bytes the most of another: its head is read when the first answer is there. */
  const two = (message: PlistDict): [first: Buffer, rest: Buffer] => {
    const second = request(type, message);
    return [Buffer.concat([request(type, { Status: "Idle" }), second.subarray(0, -9)]), second.subarray(-9)];
  };

  it("is answered when the server is to stop, and is the last of its connection: nothing is taken of what comes after", async () => {
    await begin();
    const [first, rest] = two({ Status: "Idle" });
    const before = memoryOf(uptick);
    const more = Buffer.concat([
      rest,
      request(type, { Status: "Error", CommandUUID: "after-the-stop", ErrorChain: [] }),
    ]);
    const say = [first, 1, restart, more];
    expect(await rawTalk(uptick.devicePort, device, { say, replies: "all" })).toEqual([ANSWER, LAST, "closed"]);
    await restarted;
    expect(memoryOf(uptick)).toEqual(before);
  });

  it("holds no stop where its rest does not come", async () => {
    await begin({ stop: 100 });
    const [first] = two({ Status: "Idle" });
    const say = [first, 1, restart];
    expect(await rawTalk(uptick.devicePort, device, { say, replies: "all" })).toEqual([ANSWER, "closed"]);
    await restarted;
  });

  it("is closed in its time where its rest does not come", async () => {
    await begin({ headers: 200, request: 200, look: 50 });
    const say = [request(type, { Status: "Idle" }).subarray(0, -9)];
    expect(await rawTalk(uptick.devicePort, device, { say, replies: "all" })).toEqual([LATE, "closed"]);
  });

  it("is nothing where its client is gone in the middle of it", async () => {
    await begin();
    const before = [memoryOf(uptick), await kindsOf(uptick, device.udid)];
    const [first] = two({ Status: "Error", CommandUUID: "never-said", ErrorChain: [] });
    await rawTalk(uptick.devicePort, device, { say: [first, 1, "end"], replies: "all" });
    expect((await device.poll()).status).toBe(200);
    expect([memoryOf(uptick), await kindsOf(uptick, device.udid)]).toEqual(before);
  });
});

describe("a stop", () => {
  it("waits for no connection that says nothing, before or after the handshake", async () => {
    await begin({ stop: 100 });
    const silent = net.connect(uptick.devicePort, "127.0.0.1").on("error", () => undefined);
    const gone = once(silent.resume(), "close");
    expect(await rawTalk(uptick.devicePort, device, { say: [restart], replies: "all" })).toEqual(["closed"]);
    await Promise.all([gone, restarted]);
    expect((await device.poll()).status).toBe(200);
  });
});
