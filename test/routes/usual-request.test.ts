/** The usual request is answered without the framework: with the answer that the framework gives to the same. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PlistDict, writePlist } from "../../simulator/index.ts";
import { FREE_BYTES } from "../../src/http/body/index.ts";
import { CHECKIN, CONNECT, type Device, enrolDevice, newDevice, startUptick, type Uptick } from "../support/index.ts";

let uptick: Uptick;
let device: Device;
let stranger: Device;

beforeAll(async () => {
  uptick = await startUptick();
  device = await enrolDevice(uptick);
  stranger = await newDevice(uptick, { identity: "none" });
});
afterAll(() => uptick.close());

/** A parameter that no device sends: it means nothing, and makes the request an unusual one. */
const unusual = (contentType: string): string => `${contentType}; way=framework`;

const checkIn = (message: PlistDict): Buffer =>
  writePlist({ Topic: device.profile.mdm.topic, UDID: device.udid, ...message });
const report = (message: PlistDict): Buffer => writePlist({ UDID: device.udid, ...message });
const declarative = (Endpoint: string): Buffer => checkIn({ MessageType: "DeclarativeManagement", Endpoint });

/** A report of exactly so many bytes. */
function reportOf(bytes: number): Buffer {
  const size = (n: number): Buffer => report({ Status: "Idle", Padding: "x".repeat(n) });
  return size(bytes - size(0).length);
}

const CASES: readonly (readonly [what: string, status: number, type: string, body: () => Buffer])[] = [
  ["Idle, nothing to do", 200, CONNECT, () => report({ Status: "Idle" })],
  ["Idle by the shorter content type", 200, "application/x-apple-aspen-mdm", () => report({ Status: "Idle" })],
  ["an answer that nobody asked for", 200, CONNECT, () => report({ Status: "Acknowledged", CommandUUID: "never" })],
  ["GetBootstrapToken", 200, CHECKIN, () => checkIn({ MessageType: "GetBootstrapToken" })],
  ["UserAuthenticate", 410, CHECKIN, () => checkIn({ MessageType: "UserAuthenticate", UserID: "u" })],
  ["declarations: tokens", 200, CHECKIN, () => declarative("tokens")],
  ["a report that is no property list", 400, CONNECT, () => Buffer.from("<plist")],
  ["a check-in without a type", 400, CHECKIN, () => checkIn({})],
  ["a check-in as a report", 400, CONNECT, () => checkIn({ MessageType: "TokenUpdate" })],
  ["the largest that is not counted", 200, CONNECT, () => reportOf(FREE_BYTES)],
  ["one byte more", 200, CONNECT, () => reportOf(FREE_BYTES + 1)],
];

describe("the usual request", () => {
  it.each(CASES)("is answered as the framework answers it: %s", async (_what, status, type, body) => {
    const [direct, framework] = [await device.put(body(), type), await device.put(body(), unusual(type))];
    expect(direct.status).toBe(status);
    const { date: _at, ...headers } = direct.headers;
    const { date: _then, ...expected } = framework.headers;
    expect([direct.status, headers, direct.body.toString()]).toEqual([
      framework.status,
      expected,
      framework.body.toString(),
    ]);
  });

  it("is refused as the framework refuses it, where no certificate was shown", async () => {
    const body = report({ Status: "Idle" });
    const [direct, framework] = [await stranger.put(body, CONNECT), await stranger.put(body, unusual(CONNECT))];
    expect([direct.status, direct.body.length]).toEqual([403, 0]);
    expect([framework.status, framework.body.length]).toEqual([403, 0]);
  });

  it("is answered with 503 where the store fails, and taken when it is mended", async () => {
    const mend = await uptick.fail("write");
    const body = (): Buffer => report({ Status: "Acknowledged", CommandUUID: "kept" });
    expect([(await device.put(body(), CONNECT)).status, (await device.put(body(), unusual(CONNECT))).status]).toEqual([
      503, 503,
    ]);
    await mend();
    uptick.takeErrors();
    expect((await device.put(body(), CONNECT)).status).toBe(200);
  });
});
