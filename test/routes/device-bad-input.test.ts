/**
 * What a device may send wrong, with a certificate that is good. Always: 400 (or 413), never 401; the admin reads code and
 * remedy on the device's timeline; nothing else changes.
 */
import tls from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writePlist } from "../../simulator/index.ts";
import {
  SOON,
  CHECKIN,
  CONNECT,
  type Device,
  enrolDevice,
  kindsOf,
  memoryOf,
  newProfile,
  startUptick,
  storyOf,
} from "../support/index.ts";
import type { Uptick } from "../support/index.ts";

const MIB = 1024 * 1024;
/** Devices that no case of the table uses. */
const SPARE = 10;
let uptick: Uptick;
let devices: Device[];

beforeAll(async () => {
  uptick = await startUptick();
  const profile = await newProfile(uptick, CASES.length + SPARE);
  // A device each: the server notes one unreadable message per device and minute.
  devices = await Promise.all(Array.from({ length: CASES.length + SPARE }, () => enrolDevice(uptick, { profile })));
});
afterAll(() => uptick.close());

const header = '<?xml version="1.0" encoding="UTF-8"?><plist version="1.0">';
const nested = (depth: number): string =>
  `${header}<dict><key>Status</key>${"<array>".repeat(depth)}${"</array>".repeat(depth)}</dict></plist>`;
const whole = (udid: string): string => writePlist({ MessageType: "CheckOut", Status: "Idle", UDID: udid }).toString();

interface Case {
  readonly title: string;
  readonly body: (udid: string) => Buffer | string;
  readonly type?: string;
  readonly code: string;
}

const WRONG: readonly Case[] = [
  { title: "nothing at all", body: () => "", code: "plist-invalid" },
  { title: "bytes that mean nothing", body: () => Buffer.from([0, 255, 1, 254, 60, 33]), code: "plist-invalid" },
  { title: "JSON", body: () => '{"Status":"Idle"}', code: "plist-invalid" },
  { title: "a message cut off in the middle", body: (udid) => whole(udid).slice(0, -20), code: "plist-invalid" },
  { title: "two property lists in one", body: (udid) => whole(udid) + whole(udid), code: "plist-invalid" },
  { title: "an entity that would grow", body: () => BILLION_LAUGHS, code: "plist-invalid" },
  { title: "65 levels", body: () => nested(65), code: "plist-too-large" },
  { title: "5,000 levels", body: () => nested(5000), code: "plist-too-large" },
  { title: "a list instead of a dictionary", body: () => `${header}<array/></plist>`, code: "message-invalid" },
  {
    title: "nobody's message",
    body: () => writePlist({ MessageType: "CheckOut", Status: "Idle" }),
    code: "message-invalid",
  },
  { title: "a message without its kind", body: (udid) => writePlist({ UDID: udid }), code: "message-invalid" },
];

const BILLION_LAUGHS = `<?xml version="1.0"?><!DOCTYPE plist [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><plist version="1.0"><dict><key>Status</key><string>&b;</string></dict></plist>`;

const CASES: readonly Case[] = [
  ...WRONG.map((one) => ({ ...one, title: `${one.title}, as check-in`, type: CHECKIN })),
  ...WRONG.map((one) => ({ ...one, title: `${one.title}, as report`, type: CONNECT })),
  {
    title: "a TokenUpdate without a token",
    body: (udid) => writePlist({ MessageType: "TokenUpdate", Topic: "com.apple.mgmt.x", PushMagic: "m", UDID: udid }),
    type: CHECKIN,
    code: "message-invalid",
  },
  {
    title: "an Authenticate without a topic",
    body: (udid) => writePlist({ MessageType: "Authenticate", UDID: udid }),
    type: CHECKIN,
    code: "message-invalid",
  },
  ...["text/html", "application/xml", "application/x-apple-aspen-mdm-other", "nonsense"].map(
    (type): Case => ({ title: `the content type ${JSON.stringify(type)}`, body: whole, type, code: "message-invalid" }),
  ),
  {
    title: "just over 1 MiB, as check-in",
    body: () => Buffer.alloc(MIB + 1, " "),
    type: CHECKIN,
    code: "plist-too-large",
  },
  {
    title: "just over 8 MiB, as report",
    body: () => Buffer.alloc(8 * MIB + 1, " "),
    type: CONNECT,
    code: "plist-too-large",
  },
];

describe("MDM endpoint, unreadable messages under a good certificate", () => {
  it.each(CASES.map((one, nth) => ({ ...one, nth })))("refuses $title", async ({ body, type, code, nth }) => {
    const device = devices[nth] as Device;
    const [before, kinds] = [memoryOf(uptick), await kindsOf(uptick, device.udid)];
    const reply = await device.put(body(device.udid), type ?? "");
    expect(reply.body.length).toBe(0);
    expect(reply.status).toBe(Buffer.byteLength(body(device.udid)) > MIB ? 413 : 400);
    // The note is written after the reply.
    await expect.poll(() => kindsOf(uptick, device.udid), SOON).toEqual([...kinds, "message-rejected"]);
    const [note] = (await storyOf(uptick, device.udid)).slice(-1);
    expect(note?.data).toMatchObject({
      code,
      remedy: expect.stringMatching(/\w/),
      message: expect.stringMatching(/\w/),
    });
    expect(memoryOf(uptick)).toEqual(before);
    expect((await device.poll()).status).toBe(200);
  });

  it("notes a device that repeats itself once in a minute", async () => {
    const device = spare();
    for (let nth = 0; nth < 5; nth += 1) expect((await device.put("garbage", CONNECT)).status).toBe(400);
    await device.poll("NotNow", { CommandUUID: "to-have-something-after-it" });
    const kinds = await kindsOf(uptick, device.udid);
    expect(kinds.filter((kind) => kind === "message-rejected")).toHaveLength(1);
  });
});

/** A device of which nothing has been noted yet. */
const spare = (): Device => devices.pop() as Device;

/** Says exactly these bytes on a TLS connection of its own; resolves with all that came back until it was closed. */
function talk(device: Device, said: string, end: boolean): Promise<string> {
  return new Promise((resolve) => {
    const { certificate: cert, key } = device.identity ?? {};
    const ca = [...device.profile.roots];
    const socket = tls.connect({
      host: "localhost",
      port: uptick.devicePort,
      ca,
      ...(cert && key ? { cert, key } : {}),
    });
    let heard = "";
    socket.on("secureConnect", () => (end ? socket.end(said) : socket.write(said)));
    socket.on("data", (chunk: Buffer) => {
      heard += chunk.toString("latin1");
      // The whole answer to a request that is not over: nothing more will come.
      if (!end && heard.includes("\r\n\r\n")) socket.destroy();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(heard));
  });
}

const head = (type: string, length: number): string =>
  `PUT /mdm HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n`;

describe("MDM endpoint, a Content-Length that lies", () => {
  it.each([CHECKIN, CONNECT])("takes what was named for all there is of it, as %s", async (type) => {
    const device = spare();
    const before = memoryOf(uptick);
    const heard = await talk(device, `${head(type, 40)}\r\n${whole(device.udid)}`, true);
    expect(heard).toMatch(/^HTTP\/1\.1 400 /);
    expect(heard).not.toContain(" 401 ");
    // The connection is gone by then; whose it was is known all the same.
    await expect.poll(() => kindsOf(uptick, device.udid), SOON).toContain("message-rejected");
    expect(memoryOf(uptick)).toEqual(before);
  });

  it.each([CHECKIN, CONNECT])("takes nothing from a message that ends before its time, as %s", async (type) => {
    const device = spare();
    const before = memoryOf(uptick);
    const heard = await talk(device, `${head(type, 5000)}\r\n${whole(device.udid)}`, true);
    expect(heard).not.toMatch(/ (200|401) /);
    expect(memoryOf(uptick)).toEqual(before);
    expect((await device.poll()).status).toBe(200);
  });

  it.each([
    [CHECKIN, MIB + 1],
    [CONNECT, 64 * MIB + 1],
  ])("refuses a body that is announced as too large without waiting for it, as %s", async (type, length) => {
    const device = spare();
    const before = memoryOf(uptick);
    const heard = await talk(device, `${head(type, length)}\r\n<plist>`, false);
    expect(heard).toMatch(/^HTTP\/1\.1 413 /);
    await expect.poll(() => kindsOf(uptick, device.udid), SOON).toContain("message-rejected");
    expect(memoryOf(uptick)).toEqual(before);
  });

  it.each(["Content-Length: 5", "Transfer-Encoding: chunked"])("refuses a second length: %s", async (second) => {
    const device = spare();
    const before = memoryOf(uptick);
    const body = whole(device.udid);
    const heard = await talk(device, `${head(CHECKIN, body.length)}${second}\r\n\r\n${body}`, true);
    expect(heard).toMatch(/^HTTP\/1\.1 400 /);
    expect(memoryOf(uptick)).toEqual(before);
  });

  it("refuses a body without end in pieces", async () => {
    const device = spare();
    const before = memoryOf(uptick);
    const start = `PUT /mdm HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${CHECKIN}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const chunk = `10000\r\n${" ".repeat(0x10000)}\r\n`;
    const heard = await talk(device, start + chunk.repeat(17), false);
    expect(heard).toMatch(/^HTTP\/1\.1 413 /);
    expect(memoryOf(uptick)).toEqual(before);
  });
});
