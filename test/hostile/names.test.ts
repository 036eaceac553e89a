/** Names that are no names: what the server keeps is what was said, and what people are shown can do nothing to them. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../../src/cli/index.ts";
import type { DeviceDetail } from "../../src/contract/index.ts";
import { type PlistValue, writeXmlPlist } from "../../src/protocol/index.ts";
import { writeBinary } from "../../src/protocol/plist/binary-writer.suite.ts";
import { withoutForbidden } from "../../src/protocol/plist/write-xml.ts";
import { CHECKIN, CONNECT, type Device, enrolDevice, newDevice, startUptick, type Uptick } from "../support/index.ts";

const NAMES: readonly (readonly [what: string, name: string])[] = [
  ["clears the screen and sets its title", "a\u001b[2J\u001b]0;owned\u0007b"],
  ["speaks to a terminal in one byte", "a\u009b31mb\u0090+q\u009c"],
  ["turns the direction of text", "gpj.\u202eexe\u2066\u2069\u200f"],
  ["is a script", `<script>alert("x")</script><img src=x onerror='y'>`],
  ["has several lines", "one\r\ntwo\nuptick: all devices are up to date\u2028three\u0085four"],
  ["holds a zero byte", "before\u0000after"],
  ["is 100 KB long", "n".repeat(100_000)],
  ["is of combining marks", `a${"\u0301".repeat(5000)}`],
  ["asks SQL", `'; DROP TABLE enrollment; -- %_\\`],
  ["asks a format", "%s %n ${jndi:ldap://x} {{7*7}} $(id) `id`"],
  ["is a key of every object", "__proto__"],
];
/** What a terminal obeys, but for the ends of lines. */
const OBEYED = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\u200e\u200f]/u;

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

async function cli(...argv: string[]): Promise<string> {
  const printed: string[] = [];
  const sink = { write: (text: string | Uint8Array) => printed.push(Buffer.from(text).toString()) };
  const refuse = (): Promise<never> => Promise.reject(new Error("no file is asked for"));
  const code = await runCli({
    argv,
    env: { UPTICK_TOKEN: uptick.token, UPTICK_URL: `http://127.0.0.1:${uptick.server.web.port}` },
    version: "0",
    stdout: sink,
    stderr: sink,
    fetch,
    isTty: true,
    hasColours: false,
    size: () => ({ columns: 100, rows: 40 }),
    readFile: refuse,
    modifiedAt: refuse,
    writeFile: refuse,
    readStdin: refuse,
    now: () => Date.now(),
    zone: () => "UTC",
    sleep: refuse,
  });
  const text = printed.join("");
  if (code !== 0) throw new Error(`it ended with ${code}: ${text}`);
  return text;
}

const binary = (device: Device, keys: Readonly<Record<string, PlistValue>>): Buffer =>
  writeBinary(new Map<string, PlistValue>([["UDID", device.udid], ...Object.entries(keys)]));

/** Binary, since XML can't hold all names; the small writer of these tests can't hold the longest. */
function said(device: Device, keys: Readonly<Record<string, PlistValue>>): Buffer {
  const whole = new Map<string, PlistValue>([["UDID", device.udid], ...Object.entries(keys)]);
  const xml = Buffer.from(writeXmlPlist(withoutForbidden(whole)));
  return xml.length > 50_000 ? xml : binary(device, keys);
}

/** The device says its name in both messages that hold one. */
async function named(name: string): Promise<Device> {
  const device = await newDevice(uptick);
  const keys = { Topic: device.profile.mdm.topic, MessageType: "Authenticate", OSVersion: "26.5", DeviceName: name };
  expect((await device.put(said(device, { ...keys, SerialNumber: device.serial }), CHECKIN)).status).toBe(200);
  expect((await device.tokenUpdate()).status).toBe(200);
  const asked = (await device.poll()).command;
  expect(asked?.requestType).toBe("DeviceInformation");
  const answers = new Map<string, PlistValue>([
    ["DeviceName", name],
    ["OSVersion", "26.5"],
    ["ProductName", "iPhone15,2"],
  ]);
  const answer = { Status: "Acknowledged", CommandUUID: asked?.uuid ?? "", QueryResponses: answers };
  expect((await device.put(said(device, answer), CONNECT)).status).toBe(200);
  return device;
}

describe("a device's name", () => {
  // Of a name that is no name the beginning is kept, and of a fact that is too long its length.
  it.each(NAMES)(
    "that %s is kept as it was said, as far as there is room, and printed as what it is",
    async (_what, name) => {
      const device = await named(name);
      expect((await uptick.device(device.udid)).name).toBe(name.slice(0, 1000));
      const reply = await uptick.web.request("GET", `/api/v1/devices/${device.udid}`);
      expect(reply.headers["content-type"]).toMatch(/^application\/json/);
      expect(reply.headers["x-content-type-options"]).toBe("nosniff");
      expect(reply.json<DeviceDetail>().facts).toContainEqual(
        expect.objectContaining({
          name: "DeviceName",
          value:
            name.length < 10_000
              ? name
              : `cut: ${10 + JSON.stringify(name).length} characters are too many to keep here`,
        }),
      );

      const [list, one] = [await cli("devices"), await cli("device", device.udid)];
      for (const printed of [list, one]) expect(printed).not.toMatch(OBEYED);
      const line = list.split("\n").find((text) => text.includes(device.serial));
      expect(line?.length).toBeLessThan(1000);
      // One line each, whatever the name holds.
      expect(list.trimEnd().split("\n")).toHaveLength(
        1 + Number(uptick.rows("SELECT count(*) AS n FROM enrollment")[0]?.["n"]),
      );
      // JSON on one line each: what is logged can't be mistaken for another entry.
      for (const entry of uptick.log) expect(JSON.stringify(entry)).not.toMatch(OBEYED);
      expect((await device.poll()).status).toBe(200);
    },
  );

  it("that XML can't contain is not a name there: 400, and the device can continue", async () => {
    const device = await enrolDevice(uptick);
    for (const name of ["&#0;", "&#27;[2J", "\u001b[2J", "&#xD800;", "\ufffe"]) {
      const text = `<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict><key>UDID</key><string>${device.udid}</string><key>Status</key><string>Acknowledged</string><key>CommandUUID</key><string>x</string><key>QueryResponses</key><dict><key>DeviceName</key><string>${name}</string></dict></dict></plist>`;
      expect((await device.put(text, CONNECT)).status).toBe(400);
    }
    // Half of a pair in the binary form.
    const half = binary(device, { Status: "Idle", Note: "PAIR" });
    const at = half.indexOf(Buffer.from("PAIR", "utf16le").swap16());
    half.writeUInt16BE(0xd800, at);
    expect((await device.put(half, CONNECT)).status).toBe(400);
    expect((await device.poll()).status).toBe(200);
  });
});
