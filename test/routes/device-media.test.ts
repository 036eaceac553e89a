/** Messages of a device behind something that drops their Content-Type, or says it twice. */
import { request } from "node:https";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writePlist } from "../../simulator/index.ts";
import {
  CHECKIN,
  commandBytes,
  CONNECT,
  type Device,
  enrolDevice,
  kindsOf,
  rawCommand,
  startUptick,
  storyOf,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
let device: Device;
beforeAll(async () => {
  uptick = await startUptick();
  device = await enrolDevice(uptick);
});
afterAll(() => uptick.close());

/** "none": no line at all. */
const NAMELESS = ["none", ""] as const;
const idle = (udid: string): Buffer => writePlist({ UDID: udid, Status: "Idle" });
const APPS = { RequestType: "InstalledApplicationList" };

it.each(NAMELESS)("a report without a content type (%j) is read, and gets its command", async (type) => {
  const uuid = `apps-${type}`;
  await rawCommand(uptick, device.udid, commandBytes(uuid, APPS));
  const reply = await put(idle(device.udid), type);
  expect([reply.status, reply.text]).toEqual([200, expect.stringContaining(`<string>${uuid}</string>`)]);
  const Large = Buffer.alloc(1024 * 1024, 7);
  const answer = writePlist({ UDID: device.udid, Status: "Acknowledged", CommandUUID: uuid, Large });
  expect((await put(answer, type)).status).toBe(200);
  const said = await rawCommand(uptick, device.udid, commandBytes(uuid, APPS));
  expect([said.status, said.text]).toEqual([200, expect.stringContaining("<key>Large</key>")]);
});

it.each(NAMELESS)("a check-in message without a content type (%j) is read", async (type) => {
  const { token: Token, magic: PushMagic } = device.secrets;
  const Topic = device.profile.mdm.topic;
  const before = await kindsOf(uptick, device.udid);
  const message = writePlist({ MessageType: "TokenUpdate", Topic, UDID: device.udid, Token, PushMagic });
  expect(await put(message, type)).toEqual({ status: 200, text: "" });
  expect(await kindsOf(uptick, device.udid)).toEqual([...before, "token-update"]);
});

it.each<[what: string, body: () => Buffer | string, types: string | string[], code: string]>([
  ["no property list and no content type", () => "garbage", "none", "plist-invalid"],
  ["JSON and no content type", () => '{"Status":"Idle"}', "none", "plist-invalid"],
  ["nothing and no content type", () => "", "none", "plist-invalid"],
  ["a property list that is neither, and no content type", () => writePlist({ A: "b" }), "none", "message-invalid"],
  ["a check-in message that is too large, and no content type", () => largeCheckIn(), "none", "message-invalid"],
  ["a content type twice", () => idle(device.udid), [CONNECT, CHECKIN], "message-invalid"],
  ["the same content type twice", () => idle(device.udid), [CONNECT, CONNECT], "message-invalid"],
  ["a content type and an empty one", () => idle(device.udid), [CONNECT, ""], "message-invalid"],
])("%s is a 400 that the admin can read", async (_what, body, types, code) => {
  // One message of a device is noted in a minute.
  const other = await enrolDevice(uptick);
  expect(await put(body(), types, other)).toEqual({ status: 400, text: "" });
  await expect.poll(async () => (await storyOf(uptick, other.udid)).at(-1)?.data).toMatchObject({ code });
});

const largeCheckIn = (): Buffer =>
  writePlist({ MessageType: "CheckOut", UDID: device.udid, Large: Buffer.alloc(1024 * 1024) });

const tlsOf = ({ identity }: Device): { cert: string; key: string } => ({
  cert: identity?.certificate ?? "",
  key: identity?.key ?? "",
});

/** The device's message over its mutual TLS, with content types of the test's. */
function put(body: Buffer | string, types: string | string[], sender = device) {
  const headers: Record<string, string | string[]> = types === "none" ? {} : { "content-type": types };
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const sent = request(
      {
        host: "localhost",
        port: uptick.devicePort,
        path: "/mdm",
        method: "PUT",
        ca: uptick.server.caPem,
        ...tlsOf(sender),
        agent: false,
        headers,
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }));
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}
